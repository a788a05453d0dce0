import { Client, DiscordAPIError, Events, GatewayIntentBits, HTTPError, Options, RateLimitError, REST } from 'discord.js';
import { startFakeDiscord } from './index.ts';
import type { Interaction } from 'discord.js';
import type { FakeDiscord } from './index.ts';

export const RECEIVE = {
  name: 'inventory',
  description: 'Stock',
  contexts: [0],
  default_member_permissions: null,
  options: [
    {
      type: 1,
      name: 'receive',
      description: 'Take units in',
      options: [
        { type: 3, name: 'sku', description: 'Which item', required: true, autocomplete: true, max_length: 40 },
        { type: 4, name: 'units', description: 'How many', required: true, min_value: 1, max_value: 100 },
        { type: 3, name: 'why', description: 'Why', choices: [{ name: 'New', value: 'new' }] },
      ],
    },
  ],
};
export const STOCK = { name: 'stock', description: 'What is left' };
export const TIMELINE = { type: 3, name: 'Add to timeline' };

/** A fake with one person, one channel and a clock that stands still, and the real SDK pointed at it. */
export type Stage = {
  readonly discord: FakeDiscord;
  readonly maya: string;
  readonly channel: string;
  readonly clock: { nowMs: number };
  readonly faults: unknown[]; // what an interaction's listener threw
  readonly connect: (onInteraction?: (interaction: Interaction) => Promise<unknown>) => Promise<Client<true>>;
  readonly rest: (options?: ConstructorParameters<typeof REST>[0]) => REST;
  readonly post: (body: unknown, where?: string, by?: REST) => Promise<{ id: string }>;
  readonly register: (commands?: readonly unknown[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

/** Starts a stage for one test. */
export async function openStage(): Promise<Stage> {
  const clock = { nowMs: Date.UTC(2027, 0, 15, 12) };
  const discord = await startFakeDiscord({ now: () => clock.nowMs, heartbeatMs: 60, patienceMs: 1_000 });
  const maya = discord.addUser({ name: 'maya' });
  const channel = discord.addChannel({ name: 'alerts' });
  const clients: Client[] = [];
  const faults: unknown[] = [];
  const rest: Stage['rest'] = (options = {}) =>
    new REST({ api: discord.apiUrl, retries: 0, timeout: 2_000, rejectOnRateLimit: () => true, ...options }).setToken(
      discord.token,
    );
  return {
    discord,
    maya,
    channel,
    clock,
    faults,
    rest,
    async connect(onInteraction = async () => undefined) {
      const client = new Client({
        intents: [GatewayIntentBits.Guilds],
        rest: { api: discord.apiUrl, retries: 0 },
        makeCache: Options.cacheWithLimits({ MessageManager: 0 }),
      });
      clients.push(client);
      client.on(
        Events.InteractionCreate,
        (interaction) => void onInteraction(interaction).catch((fault: unknown) => faults.push(fault)),
      );
      client.on(Events.Error, () => undefined);
      client.on(Events.ShardError, () => undefined);
      const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
      await client.login(discord.token);
      await ready;
      return client as Client<true>;
    },
    post: (body, where = channel, by = rest()) => by.post(`/channels/${where}/messages`, { body }) as Promise<{ id: string }>,
    register: (commands = [RECEIVE, STOCK, TIMELINE]) =>
      rest().put(`/applications/${discord.applicationId}/commands`, { body: commands }),
    async close() {
      await Promise.all(clients.map((client) => client.destroy()));
      await discord.stop();
    },
  };
}

/** What came of a request, as data: 'fine', [status, code], a limit, or the name of a broken line. */
export async function codeOf(asking: Promise<unknown>): Promise<unknown> {
  try {
    await asking;
    return 'fine';
  } catch (fault) {
    if (fault instanceof DiscordAPIError) return [fault.status, fault.code];
    if (fault instanceof HTTPError) return [fault.status];
    if (fault instanceof RateLimitError) return ['limited', fault.global, fault.scope];
    const { code, name } = fault as Error & { code?: unknown };
    return typeof code === 'string' ? code : name;
  }
}
