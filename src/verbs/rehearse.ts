import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeardFacts } from '../domain/order.ts';
import { dayAtMs, dayOf, wallToMs } from '../domain/time.ts';
import type { Plan } from '../ports/plan.ts';
import type { AfterShow } from '../ports/store/drops.ts';
import { openSqlite } from '../store/engine/sqlite.ts';
import { openStore } from '../store/store.ts';
import { tickTeams } from '../jobs/ticks.ts';
import { createShow, type Show } from './show.ts';
import { openHouse, type House } from './house.ts';
import type { Log } from '../ports/log.ts';
import type { Sender } from '../ports/post.ts';
import type { TeamStore } from '../ports/store.ts';

/** A rehearsal under way: a real store in a temporary file, real posts, a clock that only the show moves. */
export type Rehearsal = {
  readonly team: TeamStore;
  readonly house: House;
  readonly show: Pick<Show, 'nowMs' | 'ordersPlayed' | 'orderCount' | 'endsAtMs'>;
  /** When the show is about to begin: rehearsals skip to here. */
  readonly opensAtMs: number;
  readonly playTo: (toMs: number) => Promise<void>;
  readonly report: () => Promise<AfterShow>;
  readonly close: () => Promise<void>;
};

const BEFORE_MS = 60_000;
const TEASERS_MS = 30 * 60_000; // announcements this long before the stream belong to the show

/** When the day begins, when the show does, and when the drop goes live. */
export function timesOf(
  plan: Plan,
  orders: readonly HeardFacts[],
): { readonly startMs: number; readonly opensAtMs: number; readonly liveAtMs: number } {
  const { zone, stream } = plan.drop;
  const streamMs = wallToMs(stream, zone);
  const firstMs = orders[0]?.facts.version.eventAtMs ?? streamMs;
  const liveAtMs = Math.min(streamMs, firstMs);
  const teasers = plan.announcements.map(({ at }) => wallToMs(at, zone)).filter((atMs) => atMs > liveAtMs - TEASERS_MS);
  const opensAtMs = Math.min(liveAtMs, ...teasers) - BEFORE_MS;
  // The morning of the day: the digest and the reminders of nine o'clock are part of it.
  const morningMs = dayAtMs(dayOf(liveAtMs, plan.team.zone), '08:59', plan.team.zone);
  return { startMs: Math.min(morningMs, opensAtMs), opensAtMs, liveAtMs };
}

/** Prepares a rehearsal of a plan with its orders. Nothing of it is kept, and nothing leaves the process but through `sender`. */
export async function openRehearsal(
  { plan, orders }: { readonly plan: Plan; readonly orders: readonly HeardFacts[] },
  needs: { readonly sender: (nowMs: () => number) => Sender; readonly log: Log },
): Promise<Rehearsal> {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-rehearsal-'));
  const store = openStore(openSqlite(join(folder, 'showcaller.db')));
  const { startMs, opensAtMs, liveAtMs } = timesOf(plan, orders);
  const team = store.team(plan.team.id);
  await store.importPlan({ plan, by: null, nowMs: startMs });

  const clock = { now: (): number => show.nowMs() };
  const house = openHouse({ store, clock, log: needs.log, senders: new Map([['console', needs.sender(clock.now)]]) });
  const show = createShow({
    orders,
    startMs,
    record: team.orders.recordAll,
    tick: (nowMs) => tickTeams({ store, log: needs.log }, nowMs),
    deliver: (nowMs) => house.courier.deliverDue(nowMs),
  });

  let live = false;
  async function playTo(toMs: number): Promise<void> {
    if (!live && toMs >= liveAtMs) {
      live = true;
      await show.playTo(liveAtMs - 1);
      await goLive(team, plan, show.nowMs());
    }
    await show.playTo(toMs);
  }

  return {
    team,
    house,
    show,
    opensAtMs,
    playTo,
    report: () => team.drops.report({ dropId: plan.drop.id, nowMs: show.nowMs() }),
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The producer starts the drop, as on the night. */
async function goLive(team: TeamStore, plan: Plan, nowMs: number): Promise<void> {
  const holds = (role: string) => Object.entries(plan.people).find(([, { roles }]) => roles.some((held) => held === role))?.[0];
  const personId = holds('producer') ?? holds('founder') ?? '';
  const place = { platform: 'console', channel: plan.channels.team?.console ?? 'team' } as const;
  await team.drops.start({ asked: plan.drop.id, place, key: 'rehearsal:start', by: { personId, place }, nowMs });
}
