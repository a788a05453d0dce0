import { defineCommand, text, type CommandContext } from '../src/ports/command.ts';
import type { DropAnswer } from '../src/ports/store/drops.ts';
import { dropAnswer, dropList as listWords, dropShow as showWords, noDrop } from '../src/words/drop.ts';
import { afterShowReport } from '../src/words/report.ts';

const NAME_CHARS_MAX = 100;
const drop = text('Which drop; left out: the current one', { charsMax: NAME_CHARS_MAX, required: false, suggest: 'drop' });

export const dropList = defineCommand({
  name: 'drop list',
  summary: 'Every drop with its stream time and state',
  may: 'drop.see',
  options: {},
  async run(_, { store, place, nowMs, telling }) {
    const drops = await store.drops.list();
    const current = await store.drops.current({ place, nowMs });
    return listWords({ drops, currentId: current?.id ?? null }, telling);
  },
});

export const dropShow = defineCommand({
  name: 'drop show',
  summary: 'One drop: its stream, its decisions, who owns them and what is open',
  may: 'drop.see',
  options: { drop },
  async run({ drop: asked = null }, { store, place, nowMs, telling }) {
    const found = await store.drops.find({ asked, place, nowMs });
    if (found.kind === 'no-such-drop') return asked === null ? noDrop() : dropAnswer({ verb: 'use', answer: found });
    const decisions = await store.drops.decisions({ dropId: found.drop.id, nowMs });
    return showWords({ drop: found.drop, decisions }, telling);
  },
});

export const dropUse = defineCommand({
  name: 'drop use',
  summary: 'Choose the drop that commands in this channel mean',
  may: 'drop.see',
  options: { drop: text('Which drop', { charsMax: NAME_CHARS_MAX, suggest: 'drop' }) },
  async run({ drop: asked }, context) {
    const answer = await context.store.drops.use({ ...asking(context), asked, place: context.place });
    return dropAnswer({ verb: 'use', answer });
  },
});

export const dropStart = defineCommand({
  name: 'drop start',
  summary: 'Go live: alerts ring at once, the host is told',
  may: 'drop.run',
  options: { drop },
  async run({ drop: asked = null }, context) {
    const answer = await context.store.drops.start({ ...asking(context), asked, place: context.place });
    return dropAnswer({ verb: 'start', answer });
  },
});

export const dropEnd = defineCommand({
  name: 'drop end',
  summary: 'End the show, and see what happened',
  may: 'drop.run',
  options: { drop },
  async run({ drop: asked = null }, context) {
    const { store, nowMs, telling } = context;
    const answer: DropAnswer = await store.drops.end({ ...asking(context), asked, place: context.place });
    if (answer.kind !== 'done') return dropAnswer({ verb: 'end', answer });
    return afterShowReport(await store.drops.report({ dropId: answer.drop.id, nowMs }), telling);
  },
});

function asking({ requestKey, actor, nowMs }: CommandContext) {
  if (actor === null) throw new Error('only members run drops'); // the dispatcher has refused everybody else
  return { key: requestKey, by: actor, nowMs };
}
