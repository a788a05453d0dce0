import type { AnyCommand } from '../../ports/command.ts';
import { usage } from '../../words/usage.ts';
import { cut } from './escape.ts';
import { MANIFEST, RESERVED_COMMANDS, SLACK_PATH } from './limits.ts';
import { SHORTCUT_CALLBACK } from './parse.ts';

/** What the app asks a workspace for, and why it needs each. */
export const SCOPES: Readonly<Record<string, string>> = {
  commands: 'Slash commands such as /stock and /pause, and shortcuts on messages.',
  'chat:write': 'Posting cards and pings, editing them as things change, and answering people in private.',
  'chat:write.public': 'Posting in public channels without being invited to each one first.',
  'channels:read': 'The doctor looks whether each bound public channel exists and is not archived.',
  'groups:read': 'The same for private channels Showcaller was invited to.',
  'channels:history': 'After a crash, looking whether a message had already arrived, so that nobody is pinged twice.',
  'groups:history': 'The same in private channels Showcaller was invited to.',
};

/** What Slack is given to make the app: paste it at https://api.slack.com/apps under “From an app manifest”. */
export type SlackManifest = {
  readonly display_information: { readonly name: string; readonly description: string; readonly background_color: string };
  readonly features: {
    readonly app_home: {
      readonly home_tab_enabled: boolean;
      readonly messages_tab_enabled: boolean;
      readonly messages_tab_read_only_enabled: boolean;
    };
    readonly bot_user: { readonly display_name: string; readonly always_online: boolean };
    readonly shortcuts: readonly {
      readonly name: string;
      readonly type: 'message';
      readonly callback_id: string;
      readonly description: string;
    }[];
    readonly slash_commands: readonly {
      readonly command: string;
      readonly url?: string; // over HTTP; Socket Mode has none
      readonly description: string;
      readonly usage_hint?: string;
      readonly should_escape: boolean;
    }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: {
    readonly event_subscriptions: { readonly request_url?: string; readonly bot_events: readonly string[] };
    readonly interactivity: {
      readonly is_enabled: boolean;
      readonly request_url?: string;
      readonly message_menu_options_url?: string;
    };
    readonly org_deploy_enabled: boolean;
    readonly socket_mode_enabled: boolean;
    readonly token_rotation_enabled: boolean;
  };
};

/**
 * The app's manifest, made from the commands: one slash command for each first word, and /showcaller for all of them. `publicUrl` is the
 * address Slack sends to; null: it sends over Socket Mode.
 */
export function slackManifest(commands: readonly AnyCommand[], publicUrl: string | null = null): SlackManifest {
  const requestUrl = publicUrl === null ? null : new URL(SLACK_PATH, publicUrl).href;
  const sentTo = requestUrl === null ? {} : { request_url: requestUrl };
  return {
    display_information: {
      name: 'Showcaller',
      description: 'The stage manager of your drops: stock, alerts, milestones, pause.',
      background_color: '#1d1b26',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'Showcaller', always_online: true },
      shortcuts: shortcutsOf(commands),
      slash_commands: slashCommands(commands).map((one) => (requestUrl === null ? one : { ...one, url: requestUrl })),
    },
    oauth_config: { scopes: { bot: Object.keys(SCOPES) } },
    settings: {
      event_subscriptions: { ...sentTo, bot_events: ['app_home_opened'] },
      interactivity: {
        is_enabled: true,
        ...sentTo,
        ...(requestUrl === null ? {} : { message_menu_options_url: requestUrl }), // proposals while somebody types
      },
      org_deploy_enabled: false,
      socket_mode_enabled: requestUrl === null,
      token_rotation_enabled: false,
    },
  };
}

const UMBRELLA = 'showcaller';

function slashCommands(commands: readonly AnyCommand[]): SlackManifest['features']['slash_commands'] {
  const words = [...new Set(commands.map(({ name }) => firstWord(name)))];
  const own = words.filter((word) => word !== UMBRELLA && !RESERVED_COMMANDS.includes(word));
  const told = own.slice(0, MANIFEST.commandsMax - 1).map((word) => {
    const group = commands.filter(({ name }) => firstWord(name) === word);
    return slash(word, descriptionOf(group), hintOf(word, group));
  });
  return [
    ...told,
    slash(UMBRELLA, 'How Showcaller is doing; or any command after its name, where another app took it', 'health | stock …'),
  ];
}

function slash(word: string, description: string, hint: string) {
  return {
    command: `/${word}`,
    description: cut(description, MANIFEST.descriptionChars),
    ...(hint === '' ? {} : { usage_hint: cut(hint, MANIFEST.usageChars) }),
    should_escape: false, // names are typed as words; Slack would turn them into ids nobody else here knows
  };
}

function descriptionOf(group: readonly AnyCommand[]): string {
  const [only] = group;
  return group.length === 1 && only !== undefined
    ? only.summary
    : group.map(({ name, summary }) => `${verbOf(name)}: ${summary}`).join('. ');
}

function hintOf(word: string, group: readonly AnyCommand[]): string {
  const [only] = group;
  if (group.length === 1 && only !== undefined) return usage(only).slice(`/${word}`.length).trim();
  return group.map(({ name }) => verbOf(name)).join(' | ');
}

function shortcutsOf(commands: readonly AnyCommand[]): SlackManifest['features']['shortcuts'] {
  return commands
    .flatMap(({ name, summary, shortcut }) =>
      shortcut === undefined
        ? []
        : [{ name: shortcut.label, type: 'message' as const, callback_id: `${SHORTCUT_CALLBACK}${name}`, description: summary }],
    )
    .slice(0, MANIFEST.shortcutsMax);
}

function firstWord(name: string): string {
  return name.split(' ')[0] ?? name;
}

function verbOf(name: string): string {
  return name.slice(firstWord(name).length).trim();
}
