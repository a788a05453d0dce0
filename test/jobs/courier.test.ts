import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliverDue, startCourier } from '../../src/jobs/courier.ts';
import type { CourierNeeds } from '../../src/jobs/courier.ts';
import { say } from '../../src/ports/message.ts';
import type { Lane, PostFacts, Sender } from '../../src/ports/post.ts';
import { late } from '../../src/words/late.ts';
import { pingsOf } from '../../src/words/ping.ts';
import { desire } from '../../src/store/posts/desire.ts';
import { openStore } from '../../src/store/store.ts';
import { temporarySqlite } from '../support/engines.ts';
import { NOW, seeded } from '../support/plan.ts';
import { recordingPlatform } from '../support/recording-sender.ts';

const STILL = (): number => 0; // delivering takes no time here
const TEAM = 'night-market';
const address = (channel: string): string => `${TEAM}-${channel}`;

let opened: ReturnType<typeof temporarySqlite>;
let store: ReturnType<typeof openStore>;
let platform: ReturnType<typeof recordingPlatform>;
let logged: string[];
let nowMs: number;

beforeEach(async () => {
  opened = temporarySqlite();
  store = openStore(opened.engine);
  platform = recordingPlatform();
  logged = [];
  nowMs = NOW;
  await seeded({ engine: opened.engine, store, teamId: TEAM });
});
afterEach(() => opened.remove());

function needs(more: Partial<CourierNeeds> = {}): CourierNeeds {
  const line = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const told = [fields['kind'], fields['attempt'], fields['reason']].flatMap((one) =>
      one === undefined ? [] : [JSON.stringify(one)],
    );
    logged.push(`${event} ${told.join(' ').replaceAll('"', '')}`);
  };
  return {
    courier: store.courier,
    senders: new Map([['console', platform.sender]]),
    words: (facts) => say(facts.kind === 'live' ? facts.dropName : facts.kind),
    pingsOf,
    late,
    keepButtons: (teamId, calls, atMs) => store.team(teamId).buttons.keep(calls, atMs),
    clock: { now: () => nowMs },
    log: { info: line, warn: line, error: line },
    worker: 'this process',
    ...more,
  };
}

async function want(key: string, channel: string, { says = key, lane = 1 }: { says?: string; lane?: Lane } = {}): Promise<void> {
  const facts: PostFacts = { kind: 'live', dropName: says, state: 'live', atMs: NOW, byPersonId: 'maya' };
  await opened.engine.write(TEAM, (tx) => desire(tx, { key, destinationId: `console:${address(channel)}`, facts, lane, nowMs }));
}

const texts = (channel: string): readonly (readonly string[])[] => platform.channel(address(channel)).map((one) => one.texts);

describe('what an attempt comes to', () => {
  test('a post is posted once, and edited where it stands', async () => {
    await want('card', 'team', { says: 'one' });
    await deliverDue(needs(), NOW, STILL);
    nowMs = NOW + 5_000;
    await want('card', 'team', { says: 'two' });
    await deliverDue(needs(), nowMs, STILL);
    await deliverDue(needs(), nowMs, STILL);
    expect(texts('team')).toEqual([['one', 'two']]);
    expect(logged).toEqual(['post.sent live 1', 'post.sent live 1']);
  });

  test('an answer that was lost is looked for: the message is not doubled', async () => {
    platform.meets(address('team'), { kind: 'crash' });
    await want('card', 'team');
    await deliverDue(needs(), NOW, STILL);
    expect(logged).toEqual(['post.retry live 1 Error: the connection broke']);
    await deliverDue(needs(), NOW + 1_000, STILL);
    expect(platform.channel(address('team'))).toHaveLength(1);
    expect(platform.calls).toEqual([`${address('team')} post card`, `${address('team')} look`, `${address('team')} edit card`]);
  });

  test('a message that never arrived is looked for and then posted', async () => {
    platform.meets(address('team'), { kind: 'lost' });
    await want('card', 'team');
    await deliverDue(needs(), NOW, STILL);
    await deliverDue(needs(), NOW + 999, STILL);
    expect(platform.calls).toHaveLength(1);
    await deliverDue(needs(), NOW + 1_000, STILL);
    expect(texts('team')).toEqual([['card']]);
  });

  test('a rate limit in one channel holds up no critical post of another', async () => {
    platform.meets(address('team'), { kind: 'retry', afterMs: 30_000, hold: 'destination', reason: '429' });
    await want('routine', 'team', { lane: 2 });
    await want('stop', 'host', { lane: 0 });
    await deliverDue(needs(), NOW, STILL);
    expect(texts('host')).toEqual([['stop']]);
    expect(texts('team')).toEqual([]);
    await deliverDue(needs(), NOW + 30_000, STILL);
    expect(texts('team')).toEqual([['routine']]);
  });

  test('a rate limit of the whole platform holds all of it, and no other', async () => {
    platform.meets(address('team'), { kind: 'retry', afterMs: 30_000, hold: 'platform', reason: '429' });
    await want('one', 'team');
    await deliverDue(needs(), NOW, STILL);
    await want('two', 'host');
    await deliverDue(needs(), NOW + 1, STILL);
    expect(texts('host')).toEqual([]);
    expect(await store.courier.nextDueMs(NOW + 1)).toBe(NOW + 30_000);
    await deliverDue(needs(), NOW + 30_000, STILL);
    expect([texts('host'), texts('team')]).toEqual([[['two']], [['one']]]);
  });

  test('a message somebody deleted is posted anew once', async () => {
    await want('card', 'team', { says: 'one' });
    await deliverDue(needs(), NOW, STILL);
    for (const says of ['two', 'three']) {
      platform.remove(address('team'), platform.channel(address('team'))[0]?.remoteId ?? '');
      nowMs += 5_000;
      await want('card', 'team', { says });
      await deliverDue(needs(), nowMs, STILL);
    }
    expect(texts('team')).toEqual([]);
    expect(platform.calls.filter((call) => call.includes(' post '))).toEqual([
      `${address('team')} post one`,
      `${address('team')} post two`,
    ]);
  });

  test('a dead post is said so in the log and in the health of the team', async () => {
    platform.meets(address('team'), { kind: 'dead', reason: 'channel not found' });
    await want('card', 'team');
    await deliverDue(needs(), NOW, STILL);
    expect(logged).toEqual(['post.dead live 1 channel not found', 'post.sent notice 1']);
    const { dead } = await store.team(TEAM).posts.health(NOW);
    expect(dead).toMatchObject([
      { where: { platform: 'console', address: address('team'), purposes: ['team'] }, reason: 'channel not found' },
    ]);
  });

  test('a platform that is not connected holds its posts, and says why', async () => {
    await want('card', 'team');
    await deliverDue(needs({ senders: new Map() }), NOW, STILL);
    expect(logged).toEqual(['post.retry live 1 Showcaller is not connected to console']);
    await deliverDue(needs(), NOW + 60_000, STILL);
    expect(texts('team')).toEqual([['card (60 s late)']]);
  });

  test('words that fail hold up only their own post', async () => {
    await want('broken', 'team');
    await want('fine', 'host');
    const words: CourierNeeds['words'] = (facts) => {
      if (facts.kind === 'live' && facts.dropName === 'broken') throw new Error('no words');
      return say('fine');
    };
    await deliverDue(needs({ words }), NOW, STILL);
    expect(texts('host')).toEqual([['fine']]);
    expect(logged.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['post.retry live 1 Error: no words', 'post.sent live 1']);
  });
});

describe('the running courier', () => {
  test('what a dead process was sending is taken over at once, looked for, and not doubled', async () => {
    await want('arrived', 'team');
    await want('not sent', 'host');
    const dead = await store.courier.claim({ worker: 'dead', leaseMs: 30_000, limit: 10, nowMs: NOW });
    expect(dead).toHaveLength(2);
    const arrived = dead.find(({ key }) => key === 'arrived');
    await platform.sender.deliver({
      postId: arrived?.id ?? '',
      address: address('team'),
      message: say('arrived'),
      buttonIds: [],
      kind: 'card',
      broadcast: false,
      remoteId: null,
      replyToRemoteId: null,
      pings: [],
      createdAtMs: NOW,
      repostCount: 0,
      zone: 'UTC',
      locale: 'en',
    });
    const courier = startCourier(needs());
    await courier.drain();
    await courier.stop();
    expect(texts('team')).toEqual([['arrived', 'arrived']]);
    expect(texts('host')).toEqual([['not sent']]);
  });

  test('a slow post keeps neither another channel nor a critical post of its own waiting; stop waits for it', async () => {
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    let begun = (): void => undefined;
    const slowBegun = new Promise<void>((resolve) => (begun = resolve));
    const arrivals: string[] = [];
    let arrived = (): void => undefined;
    const others = new Promise<void>((resolve) => (arrived = resolve));
    const sender: Sender = {
      ...platform.sender,
      async deliver(delivery) {
        if (delivery.message.summary === 'slow') {
          begun();
          await slow;
        } else arrivals.push(delivery.message.summary);
        if (arrivals.length === 2) arrived();
        return platform.sender.deliver(delivery);
      },
    };
    await want('slow', 'team', { lane: 1 });
    const courier = startCourier(needs({ senders: new Map([['console', sender]]) }));
    opened.engine.onPosts(courier.wake);
    await slowBegun;
    await want('stop', 'team', { lane: 0 });
    await want('elsewhere', 'host', { lane: 2 });
    await others;
    expect(arrivals.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['elsewhere', 'stop']);
    const stopped = courier.stop();
    release();
    await stopped;
    expect(
      texts('team')
        .flat()
        .toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual(['slow', 'stop']);
    await want('after', 'team');
    expect(texts('team')).toHaveLength(2);
  });

  test('forty changes while one edit is on its way end on the newest', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const sender: Sender = {
      ...platform.sender,
      async deliver(delivery) {
        await held;
        return platform.sender.deliver(delivery);
      },
    };
    await want('card', 'team', { says: '0' });
    const courier = startCourier(needs({ senders: new Map([['console', sender]]) }));
    for (let n = 1; n <= 40; n += 1) await want('card', 'team', { says: String(n) });
    release();
    await courier.drain();
    nowMs += 60_000;
    await courier.drain();
    await courier.stop();
    const [shown] = texts('team');
    expect(shown?.at(-1)).toBe('40');
    expect(shown?.length).toBeLessThanOrEqual(2);
  });
});
