import type { Destinations, PlatformName, Show } from '../support/show.ts';

/** Something that goes wrong with a platform in the middle of a show. */
export type PlatformFault = {
  readonly name: string;
  readonly begin: (show: Show) => void | Promise<void>;
  /** What puts it right again. */
  readonly end?: (show: Show) => void | Promise<void>;
  readonly typedOn: PlatformName; // where the team pauses and looks meanwhile
  readonly health: readonly RegExp[]; // what /showcaller health says there
  readonly told?: RegExp; // what the team's channel there shows by itself
  readonly deadEnds?: Destinations; // where posts are given up
  readonly gone?: Destinations; // channels there are no more
  readonly complains?: true; // the fake has something to say about it that is the fault itself
};

const POST = 'POST /channels/:id/messages';
const CHANNELS = ['team', 'alerts', 'host', 'community'] as const;

/** Every fault of the two platforms that a show is played through. */
export const PLATFORM_FAULTS: readonly PlatformFault[] = [
  {
    name: 'Slack asks every channel to wait, three times over',
    begin({ slack, cast }) {
      const waits = { kind: 'rate-limited', retryAfterSeconds: 30 } as const;
      for (const name of CHANNELS) {
        slack.weather.next('chat.postMessage', waits, { channel: cast.slack.channels[name], times: 3 });
      }
    },
    typedOn: 'discord',
    health: [/needs a look: \d+ posts waiting/, /the alerts channel on Slack held until .*Slack asked us to slow down/],
    told: /Slack takes no messages/,
  },
  {
    name: 'Discord asks the whole bot to wait',
    begin: ({ discord }) =>
      discord.weather({ kind: 'rate-limited', retryAfterSeconds: 40, scope: 'global' }, { route: POST, times: 2 }),
    typedOn: 'slack',
    health: [/needs a look: \d+ posts waiting/, /the alerts channel on Discord: held until .*Discord asks us to wait/],
    told: /Discord takes no messages/,
  },
  {
    name: 'Slack fails with 503 twenty times',
    begin: ({ slack }) => slack.weather.next('chat.postMessage', { kind: 'status', status: 503 }, { times: 20 }),
    typedOn: 'discord',
    health: [/Posts \d+ waiting/],
  },
  {
    name: 'Discord fails with 502 twenty times',
    begin: ({ discord }) => discord.weather({ kind: 'status', status: 502 }, { route: POST, times: 20 }),
    typedOn: 'slack',
    health: [/Posts: \d+ waiting/],
  },
  {
    name: 'Slack takes ten messages and answers none',
    begin: ({ slack }) => slack.weather.next('chat.postMessage', { kind: 'accept-then-hang' }, { times: 10 }),
    typedOn: 'discord',
    health: [/Posts/],
  },
  {
    name: 'Slack takes ten messages and breaks the connection instead of an answer',
    begin: ({ slack }) => slack.weather.next('chat.postMessage', { kind: 'accept-then-lost' }, { times: 10 }),
    typedOn: 'discord',
    health: [/Posts/],
  },
  {
    name: 'Discord takes ten messages and answers none',
    begin: ({ discord }) => discord.weather({ kind: 'accept-then-hang' }, { route: POST, times: 10 }),
    typedOn: 'slack',
    health: [/Posts/],
  },
  {
    name: 'Discord breaks ten connections before it takes anything',
    begin: ({ discord }) => discord.weather({ kind: 'lost' }, { route: POST, times: 10 }),
    typedOn: 'slack',
    health: [/Posts/],
  },
  {
    name: 'the Slack bot token is revoked, and given back',
    begin: ({ slack }) => slack.revokeToken('bot'),
    end: ({ slack }) => slack.restoreToken('bot'),
    typedOn: 'discord',
    health: [/SLACK_BOT_TOKEN/],
    told: /Slack takes no messages[\s\S]*SLACK_BOT_TOKEN/,
  },
  {
    name: 'the Slack app token is revoked, and given back: posts go on',
    begin: ({ slack }) => slack.revokeToken('app'),
    end: ({ slack }) => slack.restoreToken('app'),
    typedOn: 'discord',
    health: [/no connection to Slack/],
    told: /Slack/,
  },
  {
    name: 'the Discord token is revoked, and given back',
    begin: ({ discord }) => discord.revokeToken(),
    end: ({ discord }) => discord.restoreToken(),
    typedOn: 'slack',
    health: [/no connection to Discord/, /DISCORD_TOKEN/],
    told: /Discord takes no messages/,
  },
  {
    name: 'the Slack alerts channel is deleted',
    begin: ({ slack, cast }) => slack.deleteChannel(cast.slack.channels.alerts),
    typedOn: 'slack',
    health: [/posts could not be delivered/, /Slack knows no such channel/],
    told: /could not be shown in the alerts channel on Slack/,
    deadEnds: ['slack:alerts'],
    gone: ['slack:alerts'],
  },
  {
    name: 'the Discord alerts channel is deleted',
    begin: ({ discord, cast }) => discord.deleteChannel(cast.discord.channels.alerts),
    typedOn: 'discord',
    health: [/posts could not be delivered/, /The channel does not exist any more/],
    told: /could not be shown in the alerts channel on Discord/,
    deadEnds: ['discord:alerts'],
    gone: ['discord:alerts'],
  },
  {
    name: 'the Slack host channel is archived',
    begin: ({ slack, cast }) => slack.archiveChannel(cast.slack.channels.host),
    typedOn: 'slack',
    health: [/could not be delivered/, /This channel is archived/],
    told: /could not be shown in the host channel on Slack/,
    deadEnds: ['slack:host'],
  },
  {
    name: 'the bot is kicked from a Slack channel, and invited back',
    begin({ slack, cast }) {
      slack.revokeScopes('chat:write.public');
      slack.kickBot(cast.slack.channels.alerts);
    },
    end: ({ slack, cast }) => slack.inviteBot(cast.slack.channels.alerts),
    typedOn: 'slack',
    health: [/could not be delivered/, /not in this channel: type \/invite @Showcaller/],
    told: /could not be shown in the alerts channel on Slack/,
    deadEnds: ['slack:alerts'],
  },
  {
    name: 'the bot is kicked from the Discord server, and invited back',
    begin: ({ discord }) => discord.kickBot(),
    end: ({ discord }) => discord.inviteBot(),
    typedOn: 'slack',
    health: [/could not be delivered/, /The bot is not in the server\. Invite it again/],
    told: /could not be shown in the alerts channel on Discord/,
    deadEnds: ['discord:team', 'discord:alerts', 'discord:host', 'discord:community'],
  },
  {
    name: 'Slack takes the scope to write away, and gives it back',
    begin: ({ slack }) => slack.revokeScopes('chat:write'),
    end: ({ slack }) => slack.grantScopes('chat:write'),
    typedOn: 'discord',
    health: [/lacks the scope chat\\*:write: put in the newest manifest/],
    told: /could not be shown in the alerts channel on Slack/,
    deadEnds: ['slack:team', 'slack:alerts', 'slack:host', 'slack:community'],
  },
  {
    name: 'Discord takes away the right to write in a channel, and gives it back',
    begin: ({ discord, cast }) => discord.takePermission(cast.discord.channels.alerts, 'SEND_MESSAGES'),
    end: ({ discord, cast }) => discord.givePermission(cast.discord.channels.alerts, 'SEND_MESSAGES'),
    typedOn: 'discord',
    health: [/could not be delivered/, /Give it Send Messages/],
    told: /could not be shown in the alerts channel on Discord/,
    deadEnds: ['discord:alerts'],
  },
  {
    name: 'Discord hides a channel from the bot, and shows it again',
    begin: ({ discord, cast }) => discord.takePermission(cast.discord.channels.alerts, 'VIEW_CHANNEL'),
    end: ({ discord, cast }) => discord.givePermission(cast.discord.channels.alerts, 'VIEW_CHANNEL'),
    typedOn: 'discord',
    health: [/could not be delivered/, /permission View Channel/],
    told: /could not be shown in the alerts channel on Discord/,
    deadEnds: ['discord:alerts'],
  },
  {
    name: 'Discord closes the history of a channel',
    begin: ({ discord, cast }) => discord.takePermission(cast.discord.channels.alerts, 'READ_MESSAGE_HISTORY'),
    typedOn: 'discord',
    health: [/Posts/],
  },
  {
    name: 'both platforms deliver every act twice',
    begin({ slack, discord }) {
      slack.deliverTwice(true);
      discord.deliverTwice(true);
    },
    typedOn: 'discord',
    health: [/Showcaller is well/],
  },
  {
    name: 'the Slack socket is cut in the middle of a frame',
    begin: ({ slack }) => slack.cutMidFrame(),
    typedOn: 'slack',
    health: [/Showcaller is well/],
  },
  {
    name: 'the Discord gateway is cut in the middle of a frame',
    begin: ({ discord }) => discord.cutMidFrame('INTERACTION_CREATE'),
    typedOn: 'discord',
    health: [/Showcaller is well/],
  },
];
