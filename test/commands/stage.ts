import { COMMANDS } from '../../commands/index.ts';
import { createFrontDoor } from '../../src/chat/dispatch.ts';
import { createButtonNumbers } from '../../src/chat/console/buttons.ts';
import { replyLines } from '../../src/chat/console/send.ts';
import type { Role } from '../../src/domain/team.ts';
import { ROLES } from '../../src/domain/team.ts';
import { unreachable } from '../../src/domain/unreachable.ts';
import type { AnyCommand, Option } from '../../src/ports/command.ts';
import type { FrontDoor, Request } from '../../src/ports/chat.ts';
import type { Message } from '../../src/ports/message.ts';
import type { Plan } from '../../src/ports/plan.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { openStore } from '../../src/store/store.ts';
import { temporarySqlite } from '../support/engines.ts';
import { MAYA, NOW, planFor } from '../support/plan.ts';

export const TEAM = 'night-market';

/** Who asks in the sweeps: one person of each role, a member without any, and somebody who is not listed. */
export const SPEAKERS = [...ROLES, 'member', 'public'] as const;
export type Speaker = (typeof SPEAKERS)[number];

export type Stage = AsyncDisposable & {
  readonly engine: Engine;
  readonly store: Store;
  readonly door: FrontDoor;
  readonly faults: () => readonly unknown[]; // what was logged as an error since the last look
  readonly ask: (speaker: Speaker, ask: Request['ask'], channel?: string) => ReturnType<FrontDoor['run']>;
  readonly rows: () => Promise<Readonly<Record<string, readonly unknown[]>>>; // every row of every table
};

const PERSON: Readonly<Record<Role | 'member', string>> = {
  founder: 'maya',
  producer: 'priya',
  host: 'hugo',
  'ops-lead': 'olga',
  fulfilment: 'finn',
  support: 'sam',
  member: 'nia',
};

/** A team on a real SQLite store with its drop live, everything going the way it goes in earnest. */
export async function openStage(overrides: Partial<Record<keyof Plan, unknown>> = {}): Promise<Stage> {
  const { engine, remove } = temporarySqlite();
  const store = openStore(engine);
  const plan = planFor(TEAM, {
    milestones: [{ name: 'Rehearsal', due: '2027-01-27', owner: 'producer' }],
    policy: POLICY,
    ...overrides,
  });
  // Nia has no role; Zoe is whom the sweeps give and take things from.
  const nia = { name: 'Nia', roles: [], accounts: { console: `nia@${TEAM}` } };
  const zoe = { name: 'Zoe', roles: [], accounts: { console: `zoe@${TEAM}` } };
  await store.importPlan({ plan: { ...plan, people: { ...plan.people, nia, zoe } }, by: null, nowMs: NOW });
  const faults: unknown[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_event: string, fields?: object) => void faults.push(fields),
  };
  let requests = 0;
  let nowMs = NOW;
  const clock = { now: () => (nowMs += 1_000) };
  const door = createFrontDoor({ store, commands: COMMANDS, clock, log });
  const started = await store.team(TEAM).drops.start({ asked: null, place: null, key: 'start', by: MAYA, nowMs: NOW });
  if (started.kind !== 'done') throw new Error(`the drop did not start: ${started.kind}`);
  return {
    engine,
    store,
    door,
    faults: () => faults.splice(0),
    ask(speaker, ask, channel = `${TEAM}-team`) {
      requests += 1;
      const accountId = speaker === 'public' ? 'a-fan' : `${PERSON[speaker]}@${TEAM}`;
      const account = { platform: 'console', accountId } as const;
      return door.run({ teamId: TEAM, account, place: { platform: 'console', channel }, requestKey: `r${requests}`, ask });
    },
    rows: () => everyRow(engine),
    [Symbol.asyncDispose]: remove,
  };
}

const POLICY = {
  window_days: 30,
  condition: 'unworn, with tags',
  refund_method: 'original-payment',
  refund_within_days: 5,
  who_pays: 'seller-if-faulty',
  restrictions: ['final-sale pins'],
  faulty: 'We replace it from the reserve at once.',
};

async function everyRow(engine: Engine): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const tables = Object.entries(engine.tables);
  return engine.read(async (db) => {
    const found: Record<string, readonly unknown[]> = {};
    for (const [name, table] of tables) found[name] = await db.select().from(table);
    return found;
  });
}

/** A reply as the console draws it. */
export function drawn(
  reply: { readonly message: Message; readonly buttonIds: readonly string[] },
  width: number,
): readonly string[] {
  const screen = { now: () => NOW, width: () => width, numbers: createButtonNumbers(), zone: 'America/New_York', locale: 'en' };
  return replyLines(reply, screen);
}

/** Input for every option of a command: the given words for what is suggested, the longest text elsewhere. */
export function inputFor(
  { options }: AnyCommand,
  known: Readonly<Record<string, string>>,
  which: 'all' | 'required',
): Readonly<Record<string, string | number>> {
  const entries = Object.entries(options).filter(([, option]) => which === 'all' || option.required);
  return Object.fromEntries(entries.map(([name, option]) => [name, valueFor(option, known)]));
}

function valueFor(option: Option, known: Readonly<Record<string, string>>): string | number {
  switch (option.kind) {
    case 'text':
      return (
        (option.suggest === null ? undefined : known[option.suggest]) ?? 'words '.repeat(100).slice(0, option.charsMax).trim()
      );
    case 'whole':
      return Math.min(option.max, Math.max(option.min, 3));
    case 'choice':
      return option.choices[0] ?? '';
    case 'duration':
      return option.minMs;
    case 'day':
      return '2027-01-25';
    default:
      return unreachable(option);
  }
}
