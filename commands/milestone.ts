import { type Owner, ownerFrom } from '../src/domain/milestone.ts';
import { type Actor, mayDo } from '../src/domain/team.ts';
import { type CommandContext, day, defineCommand, duration, text } from '../src/ports/command.ts';
import type { Message } from '../src/ports/message.ts';
import type { MilestoneAnswer } from '../src/ports/store/milestones.ts';
import { milestoneAnswer, type MilestoneVerb, noSuchOwner } from '../src/words/milestone.ts';
import { showTimeline } from './timeline.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const milestone = text('Which milestone: its id, or the start of its name', { charsMax: 100, suggest: 'milestone' });

export const milestoneList = defineCommand({
  name: 'milestone list',
  summary: 'Milestones with the ids that commands call them by',
  may: 'timeline.see',
  options: { drop: text('Which drop; left out: the current one', { charsMax: 100, required: false, suggest: 'drop' }) },
  run: ({ drop }, context) => showTimeline({ asked: drop ?? null, withIds: true }, context),
});

export const milestoneAdd = defineCommand({
  name: 'milestone add',
  summary: 'Add a dated step with one owner',
  may: 'milestone.manage',
  shortcut: { label: 'Add to timeline', fills: 'name' },
  options: {
    name: text('What is to be done', { charsMax: 100 }),
    day: day('The day it is due'),
    owner: text('Its owner: a person or a role; left out: you', { charsMax: 60, required: false, suggest: 'person' }),
  },
  async run({ name, day: dueDay, owner }, context) {
    const mine = { ownerPersonId: null, ownerRole: null };
    const found = owner === undefined ? mine : await ownerNamed(owner, context);
    if (!('ownerRole' in found)) return found;
    const { store, place, nowMs } = context;
    const drop = await store.drops.current({ place, nowMs });
    return answered(
      'add',
      await store.milestones.add({ ...asking(context), ...found, dropId: drop?.id ?? null, name, dueDay }),
      context,
    );
  },
});

export const milestoneDone = defineCommand({
  name: 'milestone done',
  summary: 'Mark a milestone done',
  may: 'milestone.own',
  options: { milestone },
  async run({ milestone: asked }, context) {
    return answered('done', await context.store.milestones.done({ ...asking(context), ...managing(context), asked }), context);
  },
});

export const milestoneMove = defineCommand({
  name: 'milestone move',
  summary: 'Give a milestone another day, and say why',
  may: 'milestone.own',
  options: { milestone, day: day('The new day'), reason: text('Why', { charsMax: 300 }) },
  async run({ milestone: asked, day: dueDay, reason }, context) {
    const ask = { ...asking(context), ...managing(context), asked, dueDay, reason };
    return answered('move', await context.store.milestones.move(ask), context);
  },
});

export const milestoneAssign = defineCommand({
  name: 'milestone assign',
  summary: 'Give a milestone another owner',
  may: 'milestone.manage',
  options: { milestone, owner: text('A person or a role', { charsMax: 60, suggest: 'person' }) },
  async run({ milestone: asked, owner }, context) {
    const found = await ownerNamed(owner, context);
    if (!('ownerRole' in found)) return found;
    return answered('assign', await context.store.milestones.assign({ ...asking(context), ...found, asked }), context);
  },
});

export const milestoneSnooze = defineCommand({
  name: 'milestone snooze',
  summary: 'Hold a milestone’s reminders for a while; a day unless you say for:',
  may: 'milestone.own',
  options: { milestone, for: duration('How long', { minMs: 5 * MINUTE_MS, maxMs: 30 * DAY_MS }) },
  async run({ milestone: asked, for: forMs = DAY_MS }, context) {
    const ask = { ...asking(context), ...managing(context), asked, forMs };
    return answered('snooze', await context.store.milestones.snooze(ask), context);
  },
});

export const milestoneReopen = defineCommand({
  name: 'milestone reopen',
  summary: 'Take back that a milestone is done',
  may: 'milestone.own',
  options: { milestone },
  async run({ milestone: asked }, context) {
    return answered(
      'reopen',
      await context.store.milestones.reopen({ ...asking(context), ...managing(context), asked }),
      context,
    );
  },
});

function asking({ requestKey, actor, nowMs }: CommandContext): {
  readonly key: string;
  readonly by: Actor;
  readonly nowMs: number;
} {
  if (actor === null) throw new Error('only members keep milestones'); // the dispatcher has refused everybody else
  return { key: requestKey, by: actor, nowMs };
}

function managing({ may }: CommandContext): { readonly mayManage: boolean } {
  return { mayManage: may('milestone.manage') };
}

async function ownerNamed(owner: string, { store }: CommandContext): Promise<Owner | Message> {
  const { members } = await store.team.view();
  return (
    ownerFrom(owner, members) ??
    noSuchOwner(
      owner,
      members.map(({ name }) => name),
    )
  );
}

async function answered(
  verb: MilestoneVerb,
  answer: MilestoneAnswer,
  { store, nowMs, telling }: CommandContext,
): Promise<Message> {
  const dropId = 'milestone' in answer ? answer.milestone.dropId : null;
  const drop = (await store.drops.list()).find(({ id }) => id === dropId) ?? null;
  const managers = answer.kind === 'not-yours' ? await managersOf(store, answer.milestone.dropId) : [];
  return milestoneAnswer({ verb, answer, drop, managers, nowMs }, telling);
}

async function managersOf(store: CommandContext['store'], dropId: string): Promise<readonly string[]> {
  const { members, edits } = await store.team.view();
  const action = 'milestone.manage';
  return members
    .filter((member) => mayDo({ caller: { kind: 'member', member }, action, edits, dropId }).kind === 'may')
    .map(({ personId }) => personId);
}
