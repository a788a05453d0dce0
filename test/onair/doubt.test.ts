import { afterEach, beforeEach, expect, test } from 'vitest';
import { goOnAir, type OnAir } from '../support/on-air.ts';

let air: OnAir;
beforeEach(async () => {
  air = await goOnAir({ timeoutMs: 400 });
});
afterEach(() => air[Symbol.asyncDispose]());

const MESSY = ['accept-then-hang', 'lost', 'status'] as const;

test.each(MESSY)('a post that met “%s” on both platforms arrives exactly once on each', async (kind) => {
  const { slack, discord, cast, team } = air;
  if (kind === 'status') {
    slack.weather.next('chat.postMessage', { kind, status: 503 }, { channel: cast.slack.channels.team });
    discord.weather({ kind, status: 503 }, { route: 'POST /channels/:id/messages', channel: cast.discord.channels.team });
  } else {
    slack.weather.next('chat.postMessage', { kind }, { channel: cast.slack.channels.team });
    discord.weather({ kind }, { route: 'POST /channels/:id/messages', channel: cast.discord.channels.team });
  }
  const by = { personId: 'priya', place: { platform: 'slack', channel: cast.slack.channels.team } } as const;
  await team.drops.start({ asked: null, place: by.place, key: 'start', by, nowMs: Date.now() });
  const settled = async () => (await team.posts.health(Date.now() + 600_000)).waitingCount === 0;
  const endsMs = Date.now() + 15_000;
  while (!(await settled()) && Date.now() < endsMs) await new Promise((resume) => setTimeout(resume, 50));
  for (const name of ['team', 'host'] as const) {
    expect([name, slack.messages(cast.slack.channels[name]).length]).toEqual([name, 1]);
    expect([name, discord.messages(cast.discord.channels[name]).length]).toEqual([name, 1]);
  }
  // The message that arrived although nobody heard of it was found, not posted again.
  const posts = slack.calls.filter(
    ({ method, args }) => method === 'chat.postMessage' && args['channel'] === cast.slack.channels.team,
  );
  expect(posts).toHaveLength(kind === 'accept-then-hang' ? 1 : 2);
});
