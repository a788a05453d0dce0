import { vi } from 'vitest';
import type { AnyCommand } from '../../../src/ports/command.ts';
import { choice, day, defineCommand, text, whole } from '../../../src/ports/command.ts';
import type { Ask, BeforePress, FormAsk, FrontDoor, Reply, Request, SuggestAsk } from '../../../src/ports/chat.ts';
import type { Log } from '../../../src/ports/log.ts';
import { say } from '../../../src/ports/message.ts';
import type { Button, Message } from '../../../src/ports/message.ts';
import { discordSender } from '../../../src/chat/discord/send.ts';
import { connectDiscord } from '../../../src/chat/discord/connect.ts';
import type { Delivery } from '../../../src/ports/post.ts';
import { startFakeDiscord } from '../../fakes/discord/index.ts';
import type { FakeDiscord, FakeDiscordSettings } from '../../fakes/discord/types.ts';

const run = (): Promise<Message> => Promise.resolve(say('done'));

/** A few commands of every kind of option. */
export const COMMANDS: readonly AnyCommand[] = [
  defineCommand({
    name: 'stock',
    summary: 'What is left to sell',
    may: 'stock.see',
    options: { sku: text('Which item; left out: all', { charsMax: 64, required: false, suggest: 'sku' }) },
    run,
  }),
  defineCommand({
    name: 'inventory receive',
    summary: 'Units that came in',
    may: 'stock.adjust',
    options: {
      note: text('A note', { charsMax: 300, required: false }),
      sku: text('Which item', { charsMax: 64 }),
      units: whole('How many', { min: 1, max: 500 }),
    },
    run,
  }),
  defineCommand({
    name: 'milestone add',
    summary: 'Add a dated step with one owner',
    may: 'milestone.manage',
    options: {
      name: text('What is to be done', { charsMax: 100 }),
      day: day('The day it is due'),
      kind: choice('What kind', ['quality', 'freight'], { required: false }),
    },
    shortcut: { label: 'Add to timeline', fills: 'name' },
    run,
  }),
  defineCommand({
    name: 'alert dismiss',
    summary: 'Say why an alert needs nothing',
    may: 'alert.acknowledge',
    options: { alert: text('Which alert', { charsMax: 100 }), reason: text('Why', { charsMax: 300 }) },
    run,
  }),
];

export const button = (label: string, style: Button['style'] = 'plain'): Button => ({
  label,
  style,
  call: { name: 'stock', input: {} },
  confirm: null,
});

/** A front door that records what it is asked. What it answers can be set. */
export function recordingDoor(answer: (request: Request) => Partial<Reply> | Promise<Partial<Reply>> = () => ({})) {
  const requests: Request[] = [];
  const suggested: SuggestAsk[] = [];
  const buttons = new Map<string, BeforePress>();
  const slow = { until: Promise.resolve() }; // what `beforePress` waits for
  const commandOf = (name: string): AnyCommand | undefined => COMMANDS.find((command) => command.name === name);

  function formFor(ask: Ask): FormAsk | null {
    if (ask.kind !== 'typed' && ask.kind !== 'form') return null;
    const command = commandOf(ask.name);
    if (command === undefined) return null;
    const missing = Object.entries(command.options).filter(([name, { required }]) => required && ask.input[name] === undefined);
    const input = ask.input as FormAsk['input'];
    return missing.length === 0 ? null : { command, input, missing: missing.map(([name]) => name) };
  }

  const door: FrontDoor = {
    commands: COMMANDS,
    teamOf: async ({ workspaceId }) => `team-${workspaceId}`,
    formFor,
    beforePress: async ({ buttonId }) => {
      await slow.until;
      return buttons.get(buttonId) ?? { kind: 'nothing' };
    },
    formFaults: (_, input) => (input['day'] === 'soon' ? { day: 'day is a day such as 2027-01-29; “soon” is not.' } : null),
    run: async (request) => {
      requests.push(request);
      return {
        message: say('It is done.'),
        buttonIds: [],
        form: null,
        telling: { zone: 'UTC', locale: 'en' },
        ...(await answer(request)),
      };
    },
    suggest: async (ask) => {
      suggested.push(ask);
      return [{ value: 'HOODIE-M', label: 'HOODIE-M · 46 left' }];
    },
  };
  return { door, requests, suggested, buttons, slow };
}

/** A log that keeps its event names and fields. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (event: string, fields: unknown = {}): void =>
      void lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}

/** A fake Discord with a person, a channel and Showcaller connected to it; all closed at the end. */
export async function onStage(settings: FakeDiscordSettings & { answer?: Parameters<typeof recordingDoor>[0] } = {}) {
  const discord = await startFakeDiscord(settings);
  const recorded = recordingDoor(settings.answer);
  const log = keptLog();
  const clock = { now: () => Date.now() };
  const channel = discord.addChannel({ name: 'alerts' });
  const user = discord.addUser({ name: 'Finn', permissions: ['MANAGE_EVENTS'] });
  const needs = { token: discord.token, apiUrl: discord.apiUrl, timeoutMs: 2_000, clock };
  const connection = await connectDiscord({ ...needs, guildId: discord.guildId, door: recorded.door, log });
  return {
    ...recorded,
    discord,
    log,
    channel,
    user,
    connection,
    sender: discordSender(needs),
    [Symbol.asyncDispose]: async () => {
      await connection.close();
      await discord.stop();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof onStage>>;

/** Resolves when the commands are registered. */
export function registered({ discord }: { readonly discord: FakeDiscord }): Promise<void> {
  return discord.until(() => discord.commands().length > 0);
}

/** A delivery of a card to a channel. */
export function deliveryTo(address: string, more: Partial<Delivery> = {}): Delivery {
  return {
    postId: 'AbCdEfGhIjKlMnOpQrStUv',
    address,
    message: say(
      'Hoodie, medium is low',
      { kind: 'text', text: 'Hoodie, medium is low' },
      { kind: 'buttons', buttons: [button('Acknowledge')] },
    ),
    buttonIds: ['v1ack'],
    kind: 'card',
    broadcast: false,
    remoteId: null,
    replyToRemoteId: null,
    pings: [],
    createdAtMs: Date.now(),
    repostCount: 0,
    zone: 'America/New_York',
    locale: 'en',
    ...more,
  };
}

/** Looks again and again until the condition holds; throws after `withinMs`. */
export async function until(condition: () => boolean, withinMs = 5_000): Promise<void> {
  await vi.waitUntil(condition, { timeout: withinMs, interval: 5 });
}
