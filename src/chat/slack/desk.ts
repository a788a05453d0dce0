import type { FormAsk, FrontDoor, Reply, Request } from '../../ports/chat.ts';
import type { Log } from '../../ports/log.ts';
import { refuse, type Message } from '../../ports/message.ts';
import type { Answering } from './answer.ts';
import { formErrors, proposals } from './form.ts';
import type { Envelope } from './frame.ts';
import { SUGGEST_WITHIN_MS, TRIGGER_USED_WITHIN_MS } from './limits.ts';
import type { Asked, ButtonAsked, CommandAsked, FormAsked, HomeOpened, SuggestionAsked } from './parse.ts';
import { parseUnread } from './parse.ts';
import { within } from './sleep.ts';

/** Tells Slack that a request was heard; for some kinds, with what it should show at once. */
export type Acknowledge = (payload?: object) => Promise<void>;

/** What people ask, from its acknowledgement to its answer. Nothing here throws. */
export type Desk = {
  readonly command: (asked: CommandAsked | ButtonAsked, acknowledge: Acknowledge) => Promise<void>;
  readonly form: (asked: FormAsked, acknowledge: Acknowledge) => Promise<void>;
  readonly suggestion: (asked: SuggestionAsked, acknowledge: Acknowledge) => Promise<void>;
  readonly home: (opened: HomeOpened, acknowledge: Acknowledge) => Promise<void>;
  /** What is none of our business. */
  readonly passed: (acknowledge: Acknowledge) => Promise<void>;
  /** What cannot be read: whoever did it is told, where it says who that was. */
  readonly unread: (what: string, envelope: Envelope, acknowledge: Acknowledge) => Promise<void>;
  /** Resolves when everything begun has been answered. */
  readonly settled: () => Promise<void>;
};

export type DeskNeeds = {
  readonly door: FrontDoor;
  readonly answering: Answering;
  readonly log: Log;
  readonly workspaceOf: (named: string | null) => string | null; // what a request names, else the one we are connected to
};

const KEYS_MAX = 1_000;

/** Acknowledges first, then works, then answers: once, however often Slack delivers. */
export function createDesk({ door, answering, log, workspaceOf }: DeskNeeds): Desk {
  const isNew = createMemory();
  const { guarded, settled } = createWork(log);
  const { teamOf, run, before } = createAsking(door, workspaceOf);

  async function tell(asked: Asked, reply: Reply): Promise<void> {
    if (!asked.inHome) return answering.say(asked, reply);
    const home = await run({ ...asked, requestKey: `${asked.requestKey}:home` }, HOME);
    await answering.showHome(asked.userId, home, reply);
  }

  async function tellUnread(what: string, envelope: Envelope, acknowledge: Acknowledge): Promise<void> {
    log.warn('slack.request_unread', { what });
    await acknowledged(acknowledge, log);
    // Somebody who types is not talked to meanwhile.
    const asked = what === 'suggestion' ? null : parseUnread(envelope);
    if (asked !== null && isNew(asked.requestKey)) await answering.say(asked, plainReply(refuse(UNREAD)));
  }

  return {
    command: (asked, acknowledge) =>
      guarded(asked.ask.kind, async () => {
        await acknowledged(acknowledge, log);
        if (!isNew(asked.requestKey)) return;
        const { form, instead } = await before(asked);
        if (instead !== null) return tell(asked, plainReply(instead));
        if (form !== null && (await answering.openForm(asked, form))) return;
        const reply = await run(asked, asked.ask);
        if (form === null && reply.form !== null && (await answering.openForm(asked, reply.form))) return;
        await tell(asked, reply);
      }),
    form: (asked, acknowledge) =>
      guarded('form', async () => {
        const faults = door.formFaults(asked.ask.name, asked.ask.input);
        if (faults !== null && asked.fields.length > 0) {
          const errors = formErrors(faults, asked.fields);
          return acknowledged(() => acknowledge({ response_action: 'errors', errors }), log);
        }
        await acknowledged(acknowledge, log);
        if (isNew(asked.requestKey)) await tell(asked, await run(asked, asked.ask));
      }),
    suggestion: (asked, acknowledge) =>
      guarded('suggestion', async () => {
        const { command, option, typed } = asked;
        const looking = teamOf(asked).then((teamId) => door.suggest({ teamId, ...speaker(asked), command, option, typed }));
        // Proposals that cannot be made are no reason to stop somebody typing.
        const found = await within(looking, SUGGEST_WITHIN_MS).catch(() => null);
        await acknowledged(() => acknowledge({ options: proposals(found ?? [], typed) }), log);
      }),
    home: (opened, acknowledge) =>
      guarded('home', async () => {
        await acknowledged(acknowledge, log);
        if (!isNew(opened.requestKey)) return;
        const { userId } = opened;
        const home = await run({ ...opened, channel: userId }, HOME);
        await answering.showHome(userId, home, null);
      }),
    passed: (acknowledge) => guarded('passed', () => acknowledged(acknowledge, log)),
    unread: (what, envelope, acknowledge) => guarded('unread', () => tellUnread(what, envelope, acknowledge)),
    settled,
  };
}

const UNREAD =
  'Slack sent this in a way that Showcaller cannot read, so nothing was done. Please try again, or type the command.';

function plainReply(message: Message): Reply {
  return { message, buttonIds: [], form: null, telling: { zone: 'UTC', locale: 'en' } };
}

/** What the front door is asked on somebody's behalf. */
function createAsking(door: FrontDoor, workspaceOf: DeskNeeds['workspaceOf']) {
  async function teamOf(asked: { readonly workspaceId: string | null }): Promise<string | null> {
    const id = workspaceOf(asked.workspaceId);
    return id === null ? null : door.teamOf({ platform: 'slack', workspaceId: id });
  }

  async function run(
    asked: Pick<Asked, 'workspaceId' | 'userId' | 'channel' | 'requestKey'>,
    ask: Request['ask'],
  ): Promise<Reply> {
    return door.run({ teamId: await teamOf(asked), ...speaker(asked), requestKey: asked.requestKey, ask });
  }

  /** The form to open first, or what to say instead of doing anything. */
  async function before(asked: CommandAsked | ButtonAsked): Promise<{ form: FormAsk | null; instead: Message | null }> {
    const { ask } = asked;
    if (ask.kind !== 'button') return { form: door.formFor(ask), instead: null };
    const looking = teamOf(asked).then((teamId) => door.beforePress({ teamId, buttonId: ask.buttonId }));
    // A form opened too late does not open; then the press is answered with words instead.
    const found = await within(looking, TRIGGER_USED_WITHIN_MS).catch(() => null);
    // A question is asked by Slack itself, before it sends the press.
    return {
      form: found?.kind === 'form' ? found.form : null,
      instead: found?.kind === 'failed' ? found.message : null,
    };
  }

  return { teamOf, run, before };
}

/** Whether a key is seen for the first time, as far as the newest `KEYS_MAX` are remembered. */
function createMemory(): (requestKey: string) => boolean {
  const seen = new Set<string>(); // oldest first
  return (requestKey) => {
    if (seen.has(requestKey)) return false;
    seen.add(requestKey);
    const [oldest] = seen;
    if (seen.size > KEYS_MAX && oldest !== undefined) seen.delete(oldest);
    return true;
  };
}

/** Work that is waited for at the end, and whose faults are logged here, once. */
function createWork(log: Log) {
  const going = new Set<Promise<void>>();
  return {
    guarded: (what: string, work: () => Promise<void>): Promise<void> => {
      const done = work()
        .catch((fault: unknown) =>
          log.error('slack.request_failed', { what, fault: fault instanceof Error ? fault.name : 'unknown' }),
        )
        .finally(() => going.delete(done));
      going.add(done);
      return done;
    },
    settled: async (): Promise<void> => {
      await Promise.all(going);
    },
  };
}

const HOME = { kind: 'typed', name: 'home', input: {} } as const;

function speaker({ userId, channel }: Pick<Asked, 'userId' | 'channel'>): Pick<Request, 'account' | 'place'> {
  return { account: { platform: 'slack', accountId: userId }, place: { platform: 'slack', channel } };
}

/** The work goes on even if Slack was not told: it will deliver again, and the answer goes another way. */
async function acknowledged(acknowledge: Acknowledge, log: Log): Promise<void> {
  try {
    await acknowledge();
  } catch {
    log.warn('slack.not_acknowledged');
  }
}
