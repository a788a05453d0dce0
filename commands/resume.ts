import { defineCommand, text } from '../src/ports/command.ts';
import { everythingOr } from '../src/words/pause.ts';
import { promotionIsTheTeams, resumeAnswer } from '../src/words/pause-answer.ts';

export const resume = defineCommand({
  name: 'resume',
  summary: 'Let promotion run again, once nothing it covers is oversold',
  may: 'promotion.resume',
  options: {
    what: text('Which item, or all; left out: everything', { charsMax: 64, required: false, suggest: 'sku' }),
    override: text('Why it may run although its cause stands', { charsMax: 300, required: false }),
  },
  async run({ what, override = null }, { store, actor, requestKey, nowMs, telling }) {
    if (actor === null) return promotionIsTheTeams();
    const scope = everythingOr(what);
    const answer = await store.promotion.resume({ scope, overrideReason: override, key: requestKey, by: actor, nowMs });
    return resumeAnswer(answer, { what: scope ?? 'all' }, telling);
  },
});
