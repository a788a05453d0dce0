import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { discordSender } from '../../src/chat/discord/send.ts';
import { slackSender } from '../../src/chat/slack/send.ts';
import { backupInto, restoreInto } from '../../src/store/copy/backup.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { openStore } from '../../src/store/store.ts';
import { openHouse } from '../../src/verbs/house.ts';
import { startCourier } from '../../src/jobs/courier.ts';
import type { FakeDiscord } from '../fakes/discord/types.ts';
import type { FakeSlack } from '../fakes/slack/types.ts';
import { bootPglite, temporarySqlite } from '../support/engines.ts';
import { onAirPlan, openPlatforms, TEAM, type Cast } from '../support/on-air.ts';
import { temporaryPostgres } from '../support/real-postgres.ts';
import { rememberingLog } from '../support/web.ts';

let slack: FakeSlack;
let discord: FakeDiscord;
let cast: Cast;
beforeEach(async () => {
  ({ slack, discord, cast } = await openPlatforms());
});
afterEach(async () => {
  await Promise.all([slack.stop(), discord.stop()]);
});

type Opened = { readonly engine: Engine; readonly close: () => Promise<void> };
const serverUrl = process.env.TEST_DATABASE_URL;
const ENGINES: readonly (readonly [name: string, open: () => Promise<Opened>])[] = [
  [
    'SQLite',
    async () => {
      const { engine, remove } = temporarySqlite();
      return { engine, close: remove };
    },
  ],
  [
    'PGlite',
    async () => {
      const engine = await bootPglite();
      return { engine, close: engine.close };
    },
  ],
  ...(serverUrl === undefined ? [] : [['a PostgreSQL server', () => temporaryPostgres(serverUrl)] as const]),
];

const clock = { now: () => Date.now() };

/** Delivers everything that waits, to both platforms. */
async function deliver(engine: Engine): Promise<void> {
  const server = { timeoutMs: 2_000, clock, log: rememberingLog() };
  const senders = new Map([
    ['slack', slackSender({ token: slack.botToken, apiUrl: slack.apiUrl, ...server })],
    ['discord', discordSender({ token: discord.token, apiUrl: discord.apiUrl, ...server })],
  ]);
  const { courierNeeds } = openHouse({ store: openStore(engine), clock, log: rememberingLog(), senders });
  const courier = startCourier(courierNeeds);
  await courier.drain();
  await courier.stop();
}

/** How many messages each channel shows, on Slack and on Discord. */
function shown(): Readonly<Record<string, readonly number[]>> {
  const names = Object.keys(cast.slack.channels) as (keyof Cast['slack']['channels'])[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      [slack.messages(cast.slack.channels[name]).length, discord.messages(cast.discord.channels[name]).length],
    ]),
  );
}

describe.each(ENGINES)('on %s', (_name, open) => {
  test('a backup older than what was posted, restored: nothing is posted or rung again, and what is new goes out', async () => {
    const source = await open();
    const ground = temporarySqlite(); // only for its folder
    const backup = `${ground.file}.backup`;
    const store = openStore(source.engine);
    await store.importPlan({ plan: onAirPlan(cast), by: null, nowMs: clock.now() });
    const by = { personId: 'priya', place: { platform: 'slack', channel: cast.slack.channels.team } } as const;
    const ask = { scope: null, reason: 'misprint', forMs: null, by };
    await store.team(TEAM).promotion.pause({ ...ask, key: 'pause', nowMs: clock.now() });
    // The backup has the pause and its posts, none of them sent.
    expect((await backupInto(source.engine, backup, () => undefined)).kind).toBe('copied');
    await deliver(source.engine);
    const before = shown();
    const rung = [...slack.notifications, ...discord.notifications].length;
    expect([before, rung]).toEqual([{ team: [2, 2], alerts: [1, 1], host: [2, 2], community: [1, 1] }, 1]);

    const target = await open();
    const restored = await restoreInto(target.engine, { from: backup, nowMs: clock.now(), onProgress: () => undefined });
    expect(restored.kind).toBe('copied');
    await deliver(target.engine);
    expect(shown()).toEqual(before);
    expect([...slack.notifications, ...discord.notifications]).toHaveLength(rung);

    // The cards are known again, so the end of the pause edits them and rings anew.
    const team = openStore(target.engine).team(TEAM);
    await team.promotion.resume({
      scope: null,
      overrideReason: 'all well',
      key: 'resume',
      by: { ...by, personId: 'maya' },
      nowMs: clock.now(),
    });
    await deliver(target.engine);
    expect(shown()).toEqual({ team: [3, 3], alerts: [1, 1], host: [3, 3], community: [1, 1] });
    await Promise.all([source.close(), target.close()]);
    await ground.remove();
  });
});
