import { defineCommand, duration, text } from '../src/ports/command.ts';
import { everythingOr } from '../src/words/pause.ts';
import { pauseAnswer, promotionIsTheTeams } from '../src/words/pause-answer.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const pause = defineCommand({
  name: 'pause',
  summary: 'Stop promotion everywhere at once: everything, or one item',
  may: 'promotion.pause',
  options: {
    what: text('Which item, or all; left out: everything', { charsMax: 64, required: false, suggest: 'sku' }),
    reason: text('Why, for the team', { charsMax: 300, required: false }),
    for: duration('How long; left out: until somebody resumes', { minMs: MINUTE_MS, maxMs: 30 * DAY_MS }),
  },
  async run({ what, reason = null, for: forMs = null }, { store, actor, requestKey, nowMs, telling }) {
    if (actor === null) return promotionIsTheTeams();
    const scope = everythingOr(what);
    const answer = await store.promotion.pause({ scope, reason, forMs, key: requestKey, by: actor, nowMs });
    return pauseAnswer(answer, { reason }, telling);
  },
});
