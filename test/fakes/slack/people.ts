import { fieldNamed, optionOf, stateOf, textOf, type Field } from './fields.ts';
import type { Lifetimes } from './lifetimes.ts';
import { proposalFaults } from './limits.ts';
import { directWith } from './chat-methods.ts';
import { createPayloads } from './payloads.ts';
import type { Acknowledged, Envelope } from './socket.ts';
import type { Act, Json, People, Pressable, PressHow, PrivateAnswer, Proposal, ShownView, Submitted } from './types.ts';
import { show, viewRefused } from './view-methods.ts';
import type { World } from './world.ts';

const SUGGEST_FROM_DEFAULT = 3; // characters typed before Slack asks for proposals, unless the app says otherwise
const UNHEARD: Acknowledged = { acked: false, afterMs: null, payload: {} };

type Found = { readonly block: Json; readonly element: Json };

/** Every element of a message or view that a person can act on. */
function elementsOf(where: Pressable): readonly Found[] {
  const blocks = (where.kind === 'view' ? where.view['blocks'] : where.blocks) as readonly Json[];
  return blocks.flatMap((block): Found[] => {
    if (block['type'] === 'actions') return (block['elements'] as Json[]).map((element) => ({ block, element }));
    if (block['type'] === 'section' && block['accessory'] !== undefined) return [{ block, element: block['accessory'] as Json }];
    if (block['type'] === 'card') return ((block['actions'] as Json[] | undefined) ?? []).map((element) => ({ block, element }));
    return [];
  });
}

function elementNamed(where: Pressable, what: string): Found {
  const all = elementsOf(where);
  const found =
    all.find(({ element }) => textOf(element['text']) === what) ??
    all.find(
      ({ element }) => element['action_id'] === what || element['value'] === what || textOf(element['placeholder']) === what,
    );
  if (found !== undefined) return found;
  const names = all.map(({ element }) => textOf(element['text']) || String(element['action_id']));
  throw new Error(`Nothing here is called ${what}. There are: ${names.join(', ')}`);
}

/** The entry of `actions` that Slack sends for an element. */
function actionOf({ block, element }: Found, choose: string | undefined): Json {
  const { type, action_id, text, value, style, url, confirm, placeholder } = element;
  const given = { text, value, style, url, confirm, placeholder };
  const action = {
    type,
    action_id,
    block_id: block['block_id'],
    ...Object.fromEntries(Object.entries(given).filter(([, one]) => one !== undefined)),
  };
  switch (type) {
    case 'button':
      return action;
    case 'datepicker':
      return { ...action, selected_date: choose ?? null };
    case 'timepicker':
      return { ...action, selected_time: choose ?? null };
    default: {
      const { text: label, value: chosenValue } = optionOf(element, choose ?? '');
      return { ...action, selected_option: { text: label, value: chosenValue } };
    }
  }
}

/** How what people do reaches the app. */
export type Way = { readonly deliver: (envelope: Envelope) => Promise<Acknowledged> };

/** What people do, and what they see of it. */
export function createPeople({
  world,
  lifetimes,
  way,
  commands,
}: {
  readonly world: World;
  readonly lifetimes: Lifetimes;
  readonly way: Way;
  readonly commands: readonly string[] | null; // null: any
}): People {
  const payloads = createPayloads(world);

  /** Turns an acknowledgement into what the person sees; `since` is how much they had been given before. */
  function act(
    of: { userId: string; triggerId: string; responseUrl: string | null; confirm?: Json | null; since: number },
    ack: Acknowledged,
  ): Act {
    const answers = (): readonly PrivateAnswer[] =>
      world.givings
        .slice(of.since)
        .filter(
          (giving) =>
            giving.userId === of.userId &&
            (of.responseUrl === null || giving.responseUrl === null || giving.responseUrl === of.responseUrl),
        )
        .map((giving) => world.privates.get(giving.answerId))
        .filter((answer) => answer !== undefined);
    return {
      acked: ack.acked,
      ackedAfterMs: ack.afterMs,
      ackPayload: ack.payload,
      triggerId: of.triggerId,
      responseUrl: of.responseUrl,
      confirm: of.confirm ?? null,
      answer: (nth = 1) => world.until(`private answer ${nth} to ${of.userId}`, () => answers()[nth - 1]),
      view: () =>
        world.until(`a view for ${of.userId}`, () =>
          [...world.views.values()].find((shown) => world.openedBy.get(shown.id) === of.triggerId),
        ),
    };
  }

  async function slash(userId: string, channelId: string, line: string): Promise<Act> {
    const [command = '', ...rest] = line.trim().split(' ');
    if (commands !== null && !commands.includes(command))
      throw new Error(`Slack's client says: ${command} is not a valid command`);
    const triggerId = lifetimes.trigger(userId);
    const responseUrl = lifetimes.responseUrl('commands', { userId, channelId, source: null });
    const since = world.givings.length;
    const payload = payloads.slash({ userId, channelId, command, text: rest.join(' ').trim(), triggerId, responseUrl });
    const ack = world.granted.has('commands')
      ? await way.deliver({ type: 'slash_commands', payload, acceptsResponse: true })
      : UNHEARD;
    if (typeof ack.payload['text'] === 'string') {
      const blocks = (ack.payload['blocks'] as Json[] | undefined) ?? [];
      world.whisper({ userId, channelId, threadTs: null, text: ack.payload['text'], blocks, via: 'ack' }, { responseUrl });
    }
    return act({ userId, triggerId, responseUrl, since }, ack);
  }

  async function press(userId: string, where: Pressable, what: string, { decline = false, choose }: PressHow = {}): Promise<Act> {
    const found = elementNamed(where, what);
    const confirm = (found.element['confirm'] as Json | undefined) ?? null;
    const triggerId = lifetimes.trigger(userId);
    const since = world.givings.length;
    const responseUrl =
      where.kind === 'view' ? null : lifetimes.responseUrl('actions', { userId, channelId: where.channelId, source: where });
    const of = { userId, triggerId, responseUrl, confirm, since };
    if (decline) return act(of, UNHEARD);
    const values = where.kind === 'view' ? await stateOf(where, {}, { propose, complete: false }) : {};
    const payload = payloads.press({ userId, where, action: actionOf(found, choose), triggerId, responseUrl, values });
    return act(of, await way.deliver({ type: 'interactive', payload, acceptsResponse: false }));

    function propose(): Promise<readonly Proposal[]> {
      return Promise.resolve([]);
    }
  }

  async function proposals(view: ShownView, field: Field, typed: string): Promise<readonly Proposal[]> {
    if (typed.length < Number(field.element['min_query_length'] ?? SUGGEST_FROM_DEFAULT)) return [];
    const payload = payloads.suggestion(view, { ...field, typed });
    const ack = await way.deliver({ type: 'interactive', payload, acceptsResponse: true });
    const faults = ack.acked ? proposalFaults(ack.payload) : [];
    if (faults.length > 0) world.complain('block_suggestion', faults.join('; '));
    if (!ack.acked || faults.length > 0) return [];
    return (ack.payload['options'] as Json[]).map((option) => ({
      label: textOf(option['text']),
      value: String(option['value']),
    }));
  }

  /** Shows what the acknowledgement of a submission says. */
  function afterSubmit(view: ShownView, ack: Acknowledged): Pick<Submitted, 'errors' | 'next'> {
    const {
      response_action: what,
      errors = {},
      view: next,
    } = ack.payload as { response_action?: string; errors?: Record<string, string>; view?: Json };
    const room = { world };
    if (!ack.acked) return { errors: {}, next: view }; // it stays open: "We had some trouble connecting"
    if (what === 'errors') {
      const unknown = Object.keys(errors).filter(
        (blockId) => !(view.view['blocks'] as Json[]).some((one) => one['block_id'] === blockId && one['type'] === 'input'),
      );
      if (unknown.length > 0 || Object.keys(errors).length === 0)
        world.complain('view_submission', `errors for no input: ${unknown.join(', ')}`);
      world.views.set(view.id, { ...view, errors });
      return { errors, next: view };
    }
    if (what === 'update' || what === 'push') {
      if (viewRefused(next, 'modal', room, 'view_submission') !== null) return { errors: {}, next: view };
      return {
        errors: {},
        next: show(next as Json, { userId: view.userId, type: 'modal', before: what === 'update' ? view : undefined }, room),
      };
    }
    if (what !== undefined && what !== 'clear') world.complain('view_submission', `unknown response_action ${what}`);
    for (const shown of world.views.values())
      if (shown.id === view.id || (what === 'clear' && shown.userId === view.userId)) world.views.delete(shown.id);
    return { errors: {}, next: null };
  }

  async function submit(given: ShownView, values: Readonly<Record<string, string>>): Promise<Submitted> {
    const view = world.views.get(given.id);
    if (view === undefined) throw new Error(`The view ${given.id} is not open any more`);
    const state = await stateOf(view, values, { propose: (field, typed) => proposals(view, field, typed), complete: true });
    const triggerId = lifetimes.trigger(view.userId);
    const since = world.givings.length;
    const payload = payloads.submission(view, state, triggerId);
    const ack = await way.deliver({ type: 'interactive', payload, acceptsResponse: true });
    const after = afterSubmit(view, ack);
    world.tell();
    return { ...act({ userId: view.userId, triggerId, responseUrl: null, since }, ack), ...after };
  }

  return {
    slash,
    press,
    submit,
    async close(view) {
      world.views.delete(view.id);
      world.tell();
      if (view.view['notify_on_close'] === true)
        await way.deliver({ type: 'interactive', payload: payloads.closed(view), acceptsResponse: false });
    },
    options: (view, field, typed) => proposals(view, fieldNamed(view, field), typed),
    async messageShortcut(userId, message, callbackId) {
      const triggerId = lifetimes.trigger(userId);
      const responseUrl = lifetimes.responseUrl('app', { userId, channelId: message.channelId, source: null });
      const since = world.givings.length;
      const payload = payloads.messageShortcut({ userId, message, callbackId, triggerId, responseUrl });
      const ack = await way.deliver({ type: 'interactive', payload, acceptsResponse: false });
      return act({ userId, triggerId, responseUrl, since }, ack);
    },
    async openHome(userId) {
      const since = world.givings.length;
      const payload = payloads.homeOpened(userId, directWith(userId, { world }).id);
      const ack = await way.deliver({ type: 'events_api', payload, acceptsResponse: false });
      return act({ userId, triggerId: '', responseUrl: null, since }, ack);
    },
    say: (userId, channelId, text, { threadTs = null } = {}) =>
      world.post({ userId, channelId, text, blocks: [], threadTs, broadcast: false, metadata: null, names: false }),
  };
}
