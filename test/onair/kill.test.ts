import { spawn } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import type { FakeDiscord } from '../fakes/discord/types.ts';
import type { FakeSlack } from '../fakes/slack/types.ts';
import { temporarySqlite } from '../support/engines.ts';
import { onAirPlan, openPlatforms, TEAM, type Cast } from '../support/on-air.ts';

const CHILD = new URL('courier-child.ts', import.meta.url).pathname;
// After the claim, when the platform has the message and has not answered, when it has answered, and when that is written down.
const STEPS = ['claimed', 'arrived', 'answered', 'settled'] as const;

let slack: FakeSlack;
let discord: FakeDiscord;
let cast: Cast;
let ground: ReturnType<typeof temporarySqlite>;

beforeEach(async () => {
  ({ slack, discord, cast } = await openPlatforms());
  ground = temporarySqlite();
  const store = openStore(ground.engine);
  const nowMs = Date.now();
  await store.importPlan({ plan: onAirPlan(cast), by: null, nowMs });
  const team = store.team(TEAM);
  const by = { personId: 'priya', place: { platform: 'slack', channel: cast.slack.channels.team } } as const;
  // A card, and a ring that answers it, in the team and host channels of both platforms.
  await team.promotion.pause({ scope: null, reason: 'misprint', forMs: null, key: 'pause', by, nowMs });
});
afterEach(async () => {
  await Promise.all([slack.stop(), discord.stop()]);
  await ground.remove();
});

/** Runs the courier in a process of its own; resolves with the signal that ended it. */
function courier(more: Readonly<Record<string, string>> = {}): { ended: Promise<string | null>; kill: () => void } {
  const env = {
    ...process.env,
    DATABASE_FILE: ground.file,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    ...more,
  };
  const child = spawn(process.execPath, [CHILD], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return {
    ended: new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))),
    kill: () => child.kill('SIGKILL'),
  };
}

/** Lets a courier die at a step; resolves with the signal that ended it. */
async function killAt(step: (typeof STEPS)[number], platform: 'slack' | 'discord'): Promise<string | null> {
  if (step !== 'arrived') return courier({ CRASH_AT: step, CRASH_ON: platform }).ended;
  const channel = cast[platform].channels.team;
  if (platform === 'slack') slack.weather.next('chat.postMessage', { kind: 'accept-then-hang' }, { channel });
  else discord.weather({ kind: 'accept-then-hang' }, { route: 'POST /channels/:id/messages', channel });
  const running = courier();
  if (platform === 'slack') await slack.until('the message', () => slack.messages(channel).length > 0);
  else await discord.until(() => discord.messages(channel).length > 0);
  running.kill();
  return running.ended;
}

test.each(STEPS.flatMap((step) => (['slack', 'discord'] as const).map((platform) => [step, platform] as const)))(
  'kill -9 when it was %s on %s: after a restart everything is there exactly once',
  async (step, platform) => {
    expect(await killAt(step, platform)).toBe('SIGKILL');
    expect(await courier().ended).toBeNull();
    const counts = Object.entries(cast.slack.channels).map(([name, id]) => [
      name,
      slack.messages(id).length,
      discord.messages(cast.discord.channels[name as keyof Cast['discord']['channels']]).length,
    ]);
    expect(counts).toEqual([
      ['team', 2, 2],
      ['alerts', 1, 1],
      ['host', 2, 2],
      ['community', 1, 1],
    ]);
    // Priya is producer and host: the ring of the one pause reaches her once, whatever was killed.
    const rung = [...slack.notifications, ...discord.notifications].map(({ userId }) => userId);
    expect(rung).toEqual([cast.slack.people.priya]);
    const receipts = await openStore(ground.engine).team(TEAM).promotion.standing(Date.now());
    expect(receipts[0]?.receipts.map(({ state }) => state)).toEqual(Array.from({ length: 9 }, () => 'confirmed'));
  },
);
