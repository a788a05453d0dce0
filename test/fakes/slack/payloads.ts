import { messageJson } from './chat-methods.ts';
import type { Channel, Json, Pressable, PrivateAnswer, ShownMessage, ShownView } from './types.ts';
import { viewJson } from './view-methods.ts';
import type { World } from './world.ts';

/** What Slack tells an app about what people do, in Slack's own shapes. */
export function createPayloads(world: World) {
  const { ids } = world;
  const team = { id: ids.workspaceId, domain: ids.domain };

  const shared = () => ({
    token: ids.verificationToken,
    api_app_id: ids.appId,
    team,
    enterprise: null,
    is_enterprise_install: false,
  });
  const teamOf = (userId: string): string =>
    world.users.get(userId)?.stranger === true ? ids.otherWorkspaceId : ids.workspaceId;

  function userJson(userId: string): Json {
    const name = world.users.get(userId)?.name.toLowerCase() ?? userId;
    return { id: userId, username: name, name, team_id: teamOf(userId) };
  }

  function channelName(channel: Channel | undefined): string {
    if (channel?.kind === 'private') return 'privategroup';
    return channel?.name ?? '';
  }

  const channelJson = (channelId: string): Json => ({ id: channelId, name: channelName(world.channels.get(channelId)) });

  const slash = (asked: {
    readonly userId: string;
    readonly channelId: string;
    readonly command: string;
    readonly text: string;
    readonly triggerId: string;
    readonly responseUrl: string;
  }): Json => ({
    token: ids.verificationToken,
    team_id: ids.workspaceId,
    team_domain: ids.domain,
    channel_id: asked.channelId,
    channel_name: channelName(world.channels.get(asked.channelId)),
    user_id: asked.userId,
    user_name: world.users.get(asked.userId)?.name.toLowerCase() ?? asked.userId,
    command: asked.command,
    text: asked.text,
    api_app_id: ids.appId,
    is_enterprise_install: 'false',
    response_url: asked.responseUrl,
    trigger_id: asked.triggerId,
  });

  /** Slack does not send a private answer's content back: only where it stood. */
  function place(where: ShownMessage | PrivateAnswer): Json {
    const ts = where.kind === 'message' ? where.ts : where.id;
    return {
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: where.channelId,
        is_ephemeral: where.kind === 'private',
        ...(where.threadTs === null ? {} : { thread_ts: where.threadTs }),
      },
      channel: channelJson(where.channelId),
      ...(where.kind === 'message' ? { message: messageJson(where, { world }) } : {}),
      state: { values: {} },
    };
  }

  const press = (pressed: {
    readonly userId: string;
    readonly where: Pressable;
    readonly action: Json;
    readonly triggerId: string;
    readonly responseUrl: string | null;
    readonly values: Json;
  }): Json => ({
    type: 'block_actions',
    user: userJson(pressed.userId),
    ...shared(),
    ...(pressed.where.kind === 'view'
      ? { container: { type: 'view', view_id: pressed.where.id }, view: viewJson(pressed.where, { world }, pressed.values) }
      : place(pressed.where)),
    trigger_id: pressed.triggerId,
    ...(pressed.responseUrl === null ? {} : { response_url: pressed.responseUrl }),
    actions: [{ ...pressed.action, action_ts: world.nextTs() }],
  });

  const submission = (view: ShownView, values: Json, triggerId: string): Json => ({
    type: 'view_submission',
    user: userJson(view.userId),
    ...shared(),
    trigger_id: triggerId,
    view: viewJson(view, { world }, values),
    response_urls: [],
  });

  const closed = (view: ShownView): Json => ({
    type: 'view_closed',
    user: userJson(view.userId),
    ...shared(),
    view: viewJson(view, { world }),
    is_cleared: false,
  });

  const suggestion = (
    view: ShownView,
    asked: { readonly blockId: string; readonly actionId: string; readonly typed: string },
  ): Json => ({
    type: 'block_suggestion',
    user: userJson(view.userId),
    ...shared(),
    container: { type: 'view', view_id: view.id },
    action_id: asked.actionId,
    block_id: asked.blockId,
    value: asked.typed,
    view: viewJson(view, { world }),
  });

  const messageShortcut = (asked: {
    readonly userId: string;
    readonly message: ShownMessage;
    readonly callbackId: string;
    readonly triggerId: string;
    readonly responseUrl: string;
  }): Json => ({
    type: 'message_action',
    ...shared(),
    action_ts: world.nextTs(),
    user: userJson(asked.userId),
    channel: channelJson(asked.message.channelId),
    callback_id: asked.callbackId,
    trigger_id: asked.triggerId,
    response_url: asked.responseUrl,
    message_ts: asked.message.ts,
    message: messageJson(asked.message, { world }),
  });

  function event(event: Json): Json {
    return {
      token: ids.verificationToken,
      team_id: ids.workspaceId,
      context_team_id: ids.workspaceId,
      context_enterprise_id: null,
      api_app_id: ids.appId,
      event: { ...event, event_ts: world.nextTs() },
      type: 'event_callback',
      event_id: world.nextId('Ev'),
      event_time: Math.floor(world.now() / 1000),
      authorizations: [
        { enterprise_id: null, team_id: ids.workspaceId, user_id: ids.botUserId, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event_context: world.nextId('4-'),
    };
  }

  function homeOpened(userId: string, channelId: string): Json {
    const home = world.homes.get(userId);
    return event({
      type: 'app_home_opened',
      user: userId,
      channel: channelId,
      tab: 'home',
      ...(home === undefined ? {} : { view: viewJson(home, { world }) }),
    });
  }

  return { slash, press, submission, closed, suggestion, messageShortcut, homeOpened };
}
