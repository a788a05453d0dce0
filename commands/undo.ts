import { defineCommand, text } from '../src/ports/command.ts';
import { promotionIsTheTeams, resumeAnswer } from '../src/words/pause-answer.ts';

export const undo = defineCommand({
  name: 'undo',
  summary: 'Take back your own pause, within 30 seconds of it',
  may: 'promotion.pause',
  options: { pause: text('Which pause; left out: your newest', { charsMax: 40, required: false }) },
  async run({ pause }, { store, actor, requestKey, nowMs, telling }) {
    if (actor === null) return promotionIsTheTeams();
    const standing = await store.promotion.standing(nowMs);
    const mine = standing.filter((facts) => facts.pause.byPersonId === actor.personId);
    const pauseId = pause ?? (mine.at(-1) ?? standing.at(-1))?.pause.id;
    if (pauseId === undefined) return resumeAnswer({ kind: 'nothing-paused' }, { what: null }, telling);
    return resumeAnswer(await store.promotion.undo({ pauseId, key: requestKey, by: actor, nowMs }), { what: null }, telling);
  },
});
