// Delivers what waits in a database and ends. With CRASH_AT it dies by SIGKILL at that step of the courier, at its first post to CRASH_ON.
import { discordSender } from '../../src/chat/discord/send.ts';
import { slackSender } from '../../src/chat/slack/send.ts';
import { startCourier } from '../../src/jobs/courier.ts';
import type { Sender } from '../../src/ports/post.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { openHouse } from '../../src/verbs/house.ts';

const env = (name: string): string => process.env[name] ?? '';
const step = env('CRASH_AT');

function dieAt(where: string, platform: string): void {
  if (step === where && platform === env('CRASH_ON')) process.kill(process.pid, 'SIGKILL');
}

function deadly(platform: string, sender: Sender): Sender {
  return {
    ...sender,
    async deliver(delivery) {
      dieAt('claimed', platform);
      const sent = await sender.deliver(delivery);
      dieAt('answered', platform);
      return sent;
    },
  };
}

const engine = openSqlite(env('DATABASE_FILE'));
const store = openStore(engine);
const clock = { now: () => Date.now() };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const server = { timeoutMs: 2_000, clock };
const senders = new Map([
  ['slack', deadly('slack', slackSender({ token: env('SLACK_BOT_TOKEN'), apiUrl: env('SLACK_API_URL'), ...server }))],
  ['discord', deadly('discord', discordSender({ token: env('DISCORD_TOKEN'), apiUrl: env('DISCORD_API_URL'), ...server }))],
]);
const { courierNeeds } = openHouse({ store, clock, log, senders });
const courier = startCourier({
  ...courierNeeds,
  courier: {
    ...store.courier,
    async settle(ask) {
      const settled = await store.courier.settle(ask);
      dieAt('settled', ask.post.destination.platform);
      return settled;
    },
  },
});
engine.onPosts(courier.wake);
await courier.drain();
await courier.stop();
await store.close();
