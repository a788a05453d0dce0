import { viewFaults } from './limits.ts';
import { fail, given, json, method, type Answer, type Method, type Room } from './method.ts';
import type { Json, ShownView } from './types.ts';

/** A view as Slack sends it back and puts it into payloads, with `values` as its state. */
export function viewJson(shown: ShownView, { world: { ids } }: Pick<Room, 'world'>, values: Json = {}): Json {
  const { view } = shown;
  return {
    id: shown.id,
    team_id: ids.workspaceId,
    type: shown.type,
    blocks: view['blocks'],
    private_metadata: view['private_metadata'] ?? '',
    callback_id: view['callback_id'] ?? '',
    state: { values },
    hash: shown.hash,
    title: view['title'] ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: view['clear_on_close'] ?? false,
    notify_on_close: view['notify_on_close'] ?? false,
    close: view['close'] ?? null,
    submit: view['submit'] ?? null,
    previous_view_id: null,
    root_view_id: shown.id,
    app_id: ids.appId,
    external_id: view['external_id'] ?? '',
    app_installed_team_id: ids.workspaceId,
    bot_id: ids.botId,
  };
}

/** What Slack refuses in a view; null when it takes it. */
export function viewRefused(
  view: unknown,
  type: ShownView['type'],
  { world }: Pick<Room, 'world'>,
  where: string,
): Answer | null {
  const faults = viewFaults(view);
  if (faults.length === 0 && (view as Json)['type'] !== type)
    faults.push(`[ERROR] a ${type} view is expected [json-pointer:/view/type]`);
  if (faults.length === 0) return null;
  world.complain(where, faults.join('; '));
  return fail('invalid_arguments', { response_metadata: { messages: faults } });
}

/** Shows a view to a person: a new one, or `before` with another content. */
export function show(
  view: Json,
  to: { readonly userId: string; readonly type: ShownView['type']; readonly before?: ShownView | undefined },
  { world }: Pick<Room, 'world'>,
): ShownView {
  const { before } = to;
  const shown: ShownView = {
    kind: 'view',
    id: before?.id ?? world.nextId('V'),
    userId: to.userId,
    type: to.type,
    view: { ...view, blocks: world.named(view['blocks'] as Json[]) },
    hash: `${Math.floor(world.now() / 1000)}.${world.nextId('h')}`,
    errors: {},
    updateCount: before === undefined ? 0 : before.updateCount + 1,
  };
  if (to.type === 'home') world.homes.set(to.userId, shown);
  else world.views.set(shown.id, shown);
  world.tell();
  return shown;
}

const open = method({
  scopes: [],
  args: { trigger_id: given, view: json },
  run({ trigger_id, view }, room) {
    const refused = viewRefused(view, 'modal', room, 'views.open');
    if (refused !== null) return refused;
    const spent = room.lifetimes.spend(trigger_id);
    if ('error' in spent) {
      room.world.complain('views.open', spent.error);
      return fail(spent.error);
    }
    const shown = show(view as Json, { userId: spent.userId, type: 'modal' }, room);
    room.world.openedBy.set(shown.id, trigger_id);
    room.world.tell();
    return { ok: true, view: viewJson(shown, room) };
  },
});

const update = method({
  scopes: [],
  args: { view: json, view_id: given.optional(), external_id: given.optional(), hash: given.optional() },
  run({ view, view_id, external_id, hash }, room) {
    const known = [...room.world.views.values()];
    const before = known.find((shown) =>
      view_id === undefined ? shown.view['external_id'] === external_id : shown.id === view_id,
    );
    if (before === undefined) return fail('not_found');
    if (hash !== undefined && hash !== before.hash) return fail('hash_conflict');
    const refused = viewRefused(view, 'modal', room, 'views.update');
    if (refused !== null) return refused;
    return { ok: true, view: viewJson(show(view as Json, { userId: before.userId, type: 'modal', before }, room), room) };
  },
});

const publish = method({
  scopes: [],
  args: { user_id: given, view: json, hash: given.optional() },
  run({ user_id, view, hash }, room) {
    if (!room.world.users.has(user_id)) return fail('user_not_found');
    const before = room.world.homes.get(user_id);
    if (hash !== undefined && hash !== before?.hash) return fail('hash_conflict');
    const refused = viewRefused(view, 'home', room, 'views.publish');
    if (refused !== null) return refused;
    return { ok: true, view: viewJson(show(view as Json, { userId: user_id, type: 'home', before }, room), room) };
  },
});

export const VIEW_METHODS: Readonly<Record<string, Method>> = {
  'views.open': open,
  'views.update': update,
  'views.publish': publish,
};
