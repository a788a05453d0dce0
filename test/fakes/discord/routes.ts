import { isBody, listOf, textOf } from './shape.ts';
import { aboutCommands } from './command-routes.ts';
import { isEmptyMessage, messageFaults } from './limits.ts';
import { edit, fullMessage, makeMessage, post } from './post.ts';
import { mustBeFine, refusals } from './refusal.ts';
import { done, guildOf, ok, raise } from './route.ts';
import { PERMISSIONS } from './types.ts';
import { visibleChannels, wireApplication, wireChannel, wireGuild, wireMember, wireRole, wireUser } from './wire.ts';
import type { Answer, Asked, Route, RouteNeeds } from './route.ts';
import type { Channel, KeptMessage, World } from './world.ts';
import type { Body, Permission } from './types.ts';

const NONCE_LIVES_MS = 5 * 60_000;

/** Everything this Discord answers. */
export function createRoutes(needs: RouteNeeds): readonly Route[] {
  return [
    ...aboutItself(needs),
    ...aboutGuilds(needs),
    ...aboutMessages(needs),
    ...aboutCommands(needs),
    ...aboutInteractions(needs),
  ];
}

function aboutItself({ world, gatewayUrl, openDirect }: RouteNeeds): readonly Route[] {
  const limits = { total: 1_000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 };
  const application = (): Answer => ok(wireApplication(world));
  return [
    { route: 'GET /gateway', auth: 'none', handle: () => ok({ url: gatewayUrl() }) },
    { route: 'GET /gateway/bot', auth: 'bot', handle: () => ok({ url: gatewayUrl(), shards: 1, session_start_limit: limits }) },
    {
      route: 'GET /users/@me',
      auth: 'bot',
      handle: () => ok({ ...wireUser(world.bot), verified: true, mfa_enabled: false, locale: 'en-US' }),
    },
    {
      route: 'GET /users/:user',
      auth: 'bot',
      handle: ({ params }) => ok(wireUser(world.people.get(params['user'] ?? '') ?? raise(refusals.unknownUser()))),
    },
    { route: 'GET /applications/@me', auth: 'bot', handle: application },
    { route: 'GET /oauth2/applications/@me', auth: 'bot', handle: application },
    {
      route: 'POST /users/@me/channels',
      auth: 'bot',
      handle: ({ body }) => {
        const user = world.people.get(isBody(body) ? textOf(body['recipient_id']) : '') ?? raise(refusals.unknownUser());
        return ok(wireChannel(world, openDirect(user.id)));
      },
    },
    {
      route: 'GET /users/@me/guilds',
      auth: 'bot',
      query: ['limit', 'before', 'after', 'with_counts'],
      handle: () =>
        ok(
          [...world.guilds.values()]
            .filter(({ hasBot }) => hasBot)
            .map(({ id, name }) => ({
              id,
              name,
              icon: null,
              owner: false,
              permissions: String(world.guildPermissions(world.bot, id)),
              features: [],
            })),
        ),
    },
  ];
}

function aboutGuilds({ world }: RouteNeeds): readonly Route[] {
  return [
    {
      route: 'GET /guilds/:guild',
      auth: 'bot',
      query: ['with_counts'],
      handle: (asked) => ok(wireGuild(world, guildOf(world, asked))),
    },
    {
      route: 'GET /guilds/:guild/channels',
      auth: 'bot',
      handle: (asked) => ok(visibleChannels(world, guildOf(world, asked), false).map((one) => wireChannel(world, one))),
    },
    {
      route: 'GET /guilds/:guild/threads/active',
      auth: 'bot',
      handle: (asked) =>
        ok({ threads: visibleChannels(world, guildOf(world, asked), true).map((one) => wireChannel(world, one)), members: [] }),
    },
    {
      route: 'GET /guilds/:guild/roles',
      auth: 'bot',
      handle: (asked) => {
        const { id } = guildOf(world, asked);
        return ok([...world.roles.values()].filter(({ guildId }) => guildId === id).map(wireRole));
      },
    },
    {
      route: 'GET /guilds/:guild/members/:user',
      auth: 'bot',
      handle: (asked) => {
        guildOf(world, asked);
        return ok(wireMember(world.people.get(asked.params['user'] ?? '') ?? raise(refusals.unknownMember())));
      },
    },
  ];
}

/** The channel asked for, if the bot may see it and do all of this there. */
function channelFor(world: World, id: string, permissions: readonly Permission[] = []): Channel {
  const channel = world.channels.get(id);
  if (channel === undefined) throw refusals.unknownChannel();
  if (channel.guildId === null) return channel;
  const bits = world.permissionsIn(world.bot, channel);
  if (world.guilds.get(channel.guildId)?.hasBot !== true || (bits & PERMISSIONS.VIEW_CHANNEL) === 0n)
    throw refusals.missingAccess();
  if (permissions.some((one) => (bits & PERMISSIONS[one]) === 0n)) throw refusals.missingPermissions();
  return channel;
}

function messageIn(channel: Channel, id: string): KeptMessage {
  return channel.messages.find((one) => one.id === id) ?? raise(refusals.unknownMessage());
}

// Who reads a channel later does not get the nonce back.
function seenLater(channel: Channel, { nonce: _nonce, ...message }: KeptMessage): Body {
  return fullMessage(channel, message);
}

function aboutMessages({ world }: RouteNeeds): readonly Route[] {
  const nonces = new Map<string, { readonly message: KeptMessage; readonly atMs: number }>();

  function create({ params, body }: Asked): Answer {
    const channel = channelFor(world, params['channel'] ?? '');
    mustBeFine(world, 'message', messageFaults(body));
    const given = isBody(body) ? body : {};
    const speaking: Permission = channel.parentId === null ? 'SEND_MESSAGES' : 'SEND_MESSAGES_IN_THREADS';
    const asking: Permission[] = [speaking];
    if (listOf(given['embeds']).length > 0) asking.push('EMBED_LINKS');
    if (listOf(given['attachments']).length > 0) asking.push('ATTACH_FILES');
    const reference = isBody(given['message_reference']) ? given['message_reference'] : null;
    if (reference !== null) asking.push('READ_MESSAGE_HISTORY'); // a reply quotes what came before
    channelFor(world, channel.id, asking);
    const isThere = channel.messages.some(({ id }) => id === reference?.['message_id']);
    if (reference !== null && !isThere && reference['fail_if_not_exists'] !== false) {
      // No complaint: the message answered may have been deleted just now.
      throw refusals.badBody([{ path: 'message_reference', code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' }]);
    }
    const key = String(given['nonce']);
    const before = given['enforce_nonce'] === true ? nonces.get(key) : undefined;
    if (before !== undefined && world.now() - before.atMs < NONCE_LIVES_MS) return ok(fullMessage(channel, before.message));
    const { message_reference: _left, ...plain } = given;
    const message = makeMessage(world, channel, world.bot, reference !== null && !isThere ? plain : given);
    post(world, channel, world.bot, message, given['allowed_mentions']);
    if (given['nonce'] !== undefined) nonces.set(key, { message, atMs: world.now() });
    return ok(fullMessage(channel, message));
  }

  function change({ params, body }: Asked): Answer {
    const channel = channelFor(world, params['channel'] ?? '');
    const message = messageIn(channel, params['message'] ?? '');
    mustBeFine(world, 'edit', messageFaults(body, 'edit'));
    if (message.author.id !== world.bot.id) throw refusals.notTheAuthor();
    const given = isBody(body) ? body : {};
    if (isEmptyMessage({ ...message, ...given }))
      mustBeFine(world, 'edit', [{ path: '', code: 'MESSAGE_EMPTY', message: 'Cannot send an empty message' }]);
    edit(world, message, given);
    world.dispatch('MESSAGE_UPDATE', fullMessage(channel, message));
    return ok(fullMessage(channel, message));
  }

  function read({ params, query }: Asked): Answer {
    const channel = channelFor(world, params['channel'] ?? '');
    // Without it Discord answers with nothing instead of refusing.
    if (!world.can(world.bot, channel, 'READ_MESSAGE_HISTORY')) return ok([]);
    const limit = Number(query['limit'] ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
      mustBeFine(world, 'messages', [
        { path: 'limit', code: 'NUMBER_TYPE_MAX', message: 'int value should be between 1 and 100.' },
      ]);
    }
    const { before, after, around } = query;
    const newest = channel.messages.toReversed();
    const id = (message: KeptMessage): bigint => BigInt(message.id);
    if (after !== undefined) {
      const later = channel.messages.filter((one) => id(one) > BigInt(after)).slice(0, limit);
      return ok(later.toReversed().map((one) => seenLater(channel, one)));
    }
    const at = around === undefined ? -1 : newest.findIndex((one) => id(one) <= BigInt(around));
    const chosen =
      at >= 0
        ? newest.slice(Math.max(0, at - Math.floor(limit / 2)))
        : newest.filter((one) => before === undefined || id(one) < BigInt(before));
    return ok(chosen.slice(0, limit).map((one) => seenLater(channel, one)));
  }

  return [
    {
      route: 'GET /channels/:channel',
      auth: 'bot',
      handle: ({ params }) => ok(wireChannel(world, channelFor(world, params['channel'] ?? ''))),
    },
    { route: 'GET /channels/:channel/messages', auth: 'bot', query: ['limit', 'before', 'after', 'around'], handle: read },
    { route: 'POST /channels/:channel/messages', auth: 'bot', handle: create },
    {
      route: 'GET /channels/:channel/messages/:message',
      auth: 'bot',
      handle: ({ params }) => {
        const channel = channelFor(world, params['channel'] ?? '', ['READ_MESSAGE_HISTORY']);
        return ok(seenLater(channel, messageIn(channel, params['message'] ?? '')));
      },
    },
    { route: 'PATCH /channels/:channel/messages/:message', auth: 'bot', handle: change },
    {
      route: 'DELETE /channels/:channel/messages/:message',
      auth: 'bot',
      handle: ({ params }) => {
        const channel = channelFor(world, params['channel'] ?? '');
        const message = messageIn(channel, params['message'] ?? '');
        if (message.author.id !== world.bot.id) channelFor(world, channel.id, ['MANAGE_MESSAGES']);
        channel.messages.splice(channel.messages.indexOf(message), 1);
        world.dispatch('MESSAGE_DELETE', { id: message.id, channel_id: channel.id, guild_id: channel.guildId });
        return done;
      },
    },
    {
      route: 'POST /channels/:channel/typing',
      auth: 'bot',
      handle: ({ params }) => {
        channelFor(world, params['channel'] ?? '', ['SEND_MESSAGES']);
        return done;
      },
    },
  ];
}

function aboutInteractions({ interactions }: RouteNeeds): readonly Route[] {
  const base = '/webhooks/:application/:token';
  const ids = ({ params }: Asked): [string, string] => [params['application'] ?? '', params['token'] ?? ''];
  const query = ['wait', 'thread_id', 'with_components'];
  return [
    {
      route: 'POST /interactions/:interaction/:token/callback',
      auth: 'none',
      query: ['with_response'],
      handle: ({ params, query: asked, body }) =>
        interactions.respond(params['interaction'] ?? '', params['token'] ?? '', body, asked['with_response'] === 'true'),
    },
    { route: `POST ${base}`, auth: 'none', query, handle: (asked) => ok(interactions.followUp(...ids(asked), asked.body)) },
    {
      route: `GET ${base}/messages/:message`,
      auth: 'none',
      query,
      handle: (asked) => ok(interactions.getAnswer(...ids(asked), asked.params['message'] ?? '')),
    },
    {
      route: `PATCH ${base}/messages/:message`,
      auth: 'none',
      query,
      handle: (asked) => ok(interactions.editAnswer(...ids(asked), asked.params['message'] ?? '', asked.body)),
    },
    {
      route: `DELETE ${base}/messages/:message`,
      auth: 'none',
      query,
      handle: (asked) => {
        interactions.removeAnswer(...ids(asked), asked.params['message'] ?? '');
        return done;
      },
    },
  ];
}
