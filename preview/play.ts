import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeardFacts } from '../src/domain/order.ts';
import { tickTeams } from '../src/jobs/ticks.ts';
import type { Ask, FrontDoor, Reply } from '../src/ports/chat.ts';
import type { Log } from '../src/ports/log.ts';
import type { Plan } from '../src/ports/plan.ts';
import type { Delivery, Sender } from '../src/ports/post.ts';
import { openSqlite } from '../src/store/engine/sqlite.ts';
import { openStore } from '../src/store/store.ts';
import { openHouse } from '../src/verbs/house.ts';
import { timesOf } from '../src/verbs/rehearse.ts';
import { createShow } from '../src/verbs/show.ts';
import { ACCOUNTS, CHANNELS, DRAWN, onBothPlatforms, type Drawn } from './cast.ts';
import type { Post } from './exhibit.ts';

/** Somebody of the sample at one platform's client, in one channel. */
export type Seat = { readonly platform: Drawn; readonly who: string; readonly channel: string };

/** A show under way on both platforms, whose time only `playTo` moves. */
export type Stage = {
  readonly door: FrontDoor;
  readonly telling: { readonly zone: string; readonly locale: string };
  readonly liveAtMs: number;
  readonly endsAtMs: number;
  readonly nowMs: () => number;
  readonly playTo: (toMs: number) => Promise<void>;
  /** Asks the front door as a platform would, and lets what came of it be posted. */
  readonly ask: (seat: Seat, ask: Ask) => Promise<Reply>;
  /** What a channel shows, oldest first. */
  readonly posts: (platform: Drawn, purpose: string) => readonly Post[];
  readonly close: () => Promise<void>;
};

/** Opens a show of a plan with its orders, on two platforms in memory. */
export async function openStage(
  { plan: given, orders }: { readonly plan: Plan; readonly orders: readonly HeardFacts[] },
  log: Log,
): Promise<Stage> {
  const plan = onBothPlatforms(given);
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-preview-'));
  const store = openStore(openSqlite(join(folder, 'showcaller.db')));
  const { startMs, liveAtMs } = timesOf(plan, orders);
  await store.importPlan({ plan, by: null, nowMs: startMs });
  const team = store.team(plan.team.id);
  const now = (): number => show.nowMs();
  const wall = createWall(now);
  const senders = new Map(DRAWN.map((platform) => [platform, wall.sender(platform)]));
  const house = openHouse({ store, clock: { now }, log, senders });
  const show = createShow({
    orders,
    startMs,
    record: team.orders.recordAll,
    tick: (nowMs) => tickTeams({ store, log }, nowMs),
    deliver: (nowMs) => house.courier.deliverDue(nowMs),
  });
  let askedCount = 0;

  return {
    door: house.door,
    telling: { zone: plan.drop.zone, locale: plan.team.locale },
    liveAtMs,
    endsAtMs: show.endsAtMs,
    nowMs: show.nowMs,
    playTo: show.playTo,
    async ask({ platform, who, channel }, ask) {
      askedCount += 1;
      const account = { platform, accountId: ACCOUNTS[platform][who] ?? who };
      const place = { platform, channel: CHANNELS[platform][channel] ?? channel };
      const reply = await house.door.run({ teamId: plan.team.id, account, place, requestKey: `preview:${askedCount}`, ask });
      await show.playTo(show.nowMs());
      return reply;
    },
    posts: (platform, purpose) => wall.posts(platform, CHANNELS[platform][purpose] ?? ''),
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Remembers of every message how it came and how it stands. */
function createWall(now: () => number) {
  const shown = new Map<string, Post & { readonly platform: Drawn }>();
  let messageCount = 0;

  function put(platform: Drawn, delivery: Delivery): string {
    const moment = { delivery, atMs: now() };
    const remoteId = delivery.remoteId ?? `m${(messageCount += 1)}`;
    const before = shown.get(remoteId);
    const next =
      before === undefined ? { platform, first: moment, editCount: 0 } : { ...before, editCount: before.editCount + 1 };
    shown.set(remoteId, { ...next, last: moment });
    return remoteId;
  }

  return {
    sender: (platform: Drawn): Sender => ({
      deliver: (delivery) => Promise.resolve({ kind: 'sent', remoteId: put(platform, delivery) }),
      find: () => Promise.resolve(null),
    }),
    posts: (platform: Drawn, address: string): readonly Post[] =>
      [...shown.values()].filter((post) => post.platform === platform && post.first.delivery.address === address),
  };
}
