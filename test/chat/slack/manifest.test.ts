import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { COMMANDS } from '../../../commands/index.ts';
import { RESERVED_COMMANDS } from '../../../src/chat/slack/limits.ts';
import { SCOPES, slackManifest } from '../../../src/chat/slack/manifest.ts';
import { SAMPLE_COMMANDS } from './door.ts';

// Slack's own bounds on a manifest; it refuses keys it does not know.
const Manifest = z.strictObject({
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().max(140).optional(),
    long_description: z.string().min(175).max(4_000).optional(),
    background_color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/u)
      .optional(),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: z.string().min(1).max(80), always_online: z.boolean() }),
    shortcuts: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(24),
          type: z.enum(['message', 'global']),
          callback_id: z.string().min(1).max(255),
          description: z.string().min(1).max(150),
        }),
      )
      .max(10),
    slash_commands: z
      .array(
        z.strictObject({
          command: z
            .string()
            .min(2)
            .max(32)
            .regex(/^\/[a-z0-9_-]+$/u),
          description: z.string().min(1).max(2_000),
          usage_hint: z.string().min(1).max(1_000).optional(),
          url: z.string().max(3_000).optional(),
          should_escape: z.boolean().optional(),
        }),
      )
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({
      request_url: z.url().max(3_500).optional(),
      bot_events: z.array(z.string()).max(100),
    }),
    interactivity: z.strictObject({
      is_enabled: z.boolean(),
      request_url: z.url().max(3_500).optional(),
      message_menu_options_url: z.url().max(3_500).optional(),
    }),
    org_deploy_enabled: z.literal(false),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.literal(false),
  }),
});

describe('the manifest', () => {
  test('of the real commands is one Slack takes', () => {
    const manifest = slackManifest(COMMANDS);
    expect(Manifest.parse(manifest)).toEqual(manifest);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    const named = manifest.features.slash_commands.map(({ command }) => command.slice(1));
    expect(named.filter((name) => RESERVED_COMMANDS.includes(name))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
    // Every command can be typed: by its first word, or after /showcaller.
    const words = [...new Set(COMMANDS.map(({ name }) => name.split(' ')[0]))];
    expect(words.filter((word) => !named.includes(String(word)))).toEqual([]);
    expect(named).toContain('showcaller');
  });

  test('of an app that is sent requests names one address everywhere, and no socket', () => {
    const manifest = slackManifest(COMMANDS, 'https://drops.example.com');
    const url = 'https://drops.example.com/slack/events';
    expect(Manifest.parse(manifest)).toEqual(manifest);
    expect(new Set(manifest.features.slash_commands.map((one) => one.url))).toEqual(new Set([url]));
    expect(manifest.settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { is_enabled: true, request_url: url, message_menu_options_url: url },
      event_subscriptions: { request_url: url, bot_events: ['app_home_opened'] },
    });
  });

  test('has one slash command for each first word, and says how it goes on', () => {
    const { features, oauth_config } = slackManifest(SAMPLE_COMMANDS);
    expect(features.slash_commands).toEqual([
      { command: '/stock', description: 'What is left to sell', usage_hint: '[sku]', should_escape: false },
      {
        command: '/milestone',
        description: 'Add a dated step with one owner',
        usage_hint: 'add <name> <day> [owner]',
        should_escape: false,
      },
      { command: '/help', description: 'What can be typed', should_escape: false },
      {
        command: '/showcaller',
        description: 'How Showcaller is doing; or any command after its name, where another app took it',
        usage_hint: 'health | stock …',
        should_escape: false,
      },
    ]);
    expect(features.shortcuts).toEqual([
      {
        name: 'Add to timeline',
        type: 'message',
        callback_id: 'command:milestone add',
        description: 'Add a dated step with one owner',
      },
    ]);
    expect(oauth_config.scopes.bot).toEqual(Object.keys(SCOPES));
  });
});
