import { unreachable } from '../domain/unreachable.ts';
import { LANES } from '../ports/post.ts';
import type { ClaimedPost, Delivery, Ping, PostFacts, Recipient, Sender, Sent } from '../ports/post.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Mention, Message, Telling } from '../ports/message.ts';
import type { ButtonToKeep, CourierStore, Homes } from '../ports/store/posts.ts';

/** What the courier works with. `worker` names this process among those that share the database. */
export type CourierNeeds = {
  readonly courier: CourierStore;
  readonly senders: ReadonlyMap<string, Sender>; // by platform
  readonly words: (facts: PostFacts, telling: Telling) => Message;
  readonly pingsOf: (mentions: readonly Mention[], recipients: readonly Recipient[]) => readonly Ping[];
  readonly late: (message: Message, lateMs: number) => Message;
  readonly keepButtons: (teamId: string, buttons: readonly ButtonToKeep[], nowMs: number) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: string;
  readonly homes?: () => Homes; // not given: every post is ours
};

export type Courier = {
  /** Something may be due: called after each commit that wrote posts. */
  readonly wake: () => void;
  /** Resolves when nothing is in flight and nothing more is due now. */
  readonly drain: () => Promise<void>;
  /** Takes no more and resolves when what is in flight has been settled. */
  readonly stop: () => Promise<void>;
};

const LEASE_MS = 30_000; // three times the longest platform call
const IN_FLIGHT_MAX = 64;
const CRITICAL_KEPT = 16; // of these, so that many slow routine posts never keep a pause waiting
const LOOK_AGAIN_MS = 1_000; // at the latest, whatever wakes us
const NOT_CONNECTED_MS = 60_000;
const PASSES_MAX = 1_000;

/** Delivers posts as they fall due, different destinations side by side, until stopped. Never throws. */
export function startCourier(needs: CourierNeeds): Courier {
  const { courier, clock, log, worker, homes = () => ({}) } = needs;
  const inFlight = new Set<Promise<void>>();
  let pumping: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  let tookOver = false;
  let stopped = false;

  function wake(): void {
    if (stopped) return;
    again = true;
    pumping ??= pump().finally(() => {
      pumping = null;
      if (again) wake(); // woken between the last look and now
    });
  }

  async function pump(): Promise<void> {
    clearTimeout(timer);
    let delayMs = LOOK_AGAIN_MS;
    try {
      if (!tookOver) await courier.takeOver(worker);
      tookOver = true;
      while (again) {
        again = false;
        await takeSome();
      }
      const nextMs = await courier.nextDueMs(clock.now());
      const untilNextMs = nextMs === null ? LOOK_AGAIN_MS : nextMs - clock.now();
      // What is due and was not taken waits for something in flight, whose end wakes us.
      if (untilNextMs > 0) delayMs = Math.min(LOOK_AGAIN_MS, untilNextMs);
    } catch (fault) {
      again = false;
      log.error('courier.failed', { fault: describe(fault) });
    }
    if (!stopped) timer = setTimeout(wake, delayMs);
  }

  async function takeSome(): Promise<void> {
    const room = IN_FLIGHT_MAX - inFlight.size;
    if (room <= 0 || stopped) return;
    const criticalOnly = room <= CRITICAL_KEPT;
    const limit = criticalOnly ? room : room - CRITICAL_KEPT;
    const ask = { worker, leaseMs: LEASE_MS, limit, nowMs: clock.now(), criticalOnly, homes: homes() };
    const posts = await courier.claim(ask);
    for (const post of posts) {
      const going = attempt(needs, post, clock.now).finally(() => {
        inFlight.delete(going);
        wake();
      });
      inFlight.add(going);
    }
    if (posts.length === limit && !criticalOnly) again = true;
  }

  wake();
  return {
    wake,
    async drain() {
      do {
        await Promise.all(inFlight);
        wake();
        await pumping;
      } while (inFlight.size > 0 || pumping !== null);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await pumping;
      await Promise.all(inFlight);
      clearTimeout(timer);
    },
  };
}

/**
 * One pass at a time of its own, for clocks that stand still meanwhile: delivers until nothing is due at `nowMs`, or for
 * `PASSES_MAX`: what would never come to an end waits for the next call. Only delivering takes time, as `elapsedMs` tells.
 */
export async function deliverDue(needs: CourierNeeds, nowMs: number, elapsedMs: () => number): Promise<void> {
  const now = (): number => nowMs + elapsedMs();
  const claim = { worker: needs.worker, leaseMs: LEASE_MS, limit: IN_FLIGHT_MAX };
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const posts = await needs.courier.claim({ ...claim, nowMs: now() });
    if (posts.length === 0) return;
    await Promise.all(posts.map((post) => attempt(needs, post, now)));
  }
}

async function attempt(needs: CourierNeeds, post: ClaimedPost, now: () => number): Promise<void> {
  const startedMs = now();
  const { sent, pinged } = await send(needs, post, startedMs);
  const nowMs = now();
  const fields = {
    postId: post.id,
    teamId: post.teamId,
    kind: post.facts.kind,
    platform: post.destination.platform,
    lane: post.lane,
    revision: post.revision,
    attempt: post.attemptCount,
    isNew: post.remoteId === null,
    lateMs: Math.max(0, startedMs - post.notBeforeMs),
    ageMs: Math.max(0, startedMs - post.createdAtMs), // since the fact it tells of
    tookMs: nowMs - startedMs,
  };
  try {
    const settled = await needs.courier.settle({ post, worker: needs.worker, sent, pinged, nowMs });
    if (settled) report(needs.log, sent, fields);
    else needs.log.warn('post.lost', { ...fields, outcome: sent.kind }); // another worker has it now
  } catch (fault) {
    // The lease runs out, and the next attempt looks before it posts.
    needs.log.error('post.unsettled', { ...fields, outcome: sent.kind, fault: describe(fault) });
  }
}

/** What came of an attempt, and whom it rings once it has arrived. */
type Attempt = { readonly sent: Sent; readonly pinged: readonly string[] };

async function send(needs: CourierNeeds, post: ClaimedPost, nowMs: number): Promise<Attempt> {
  const { platform } = post.destination;
  const sender = needs.senders.get(platform);
  if (sender === undefined) {
    const reason = `Showcaller is not connected to ${platform}`;
    return { sent: { kind: 'retry', afterMs: NOT_CONNECTED_MS, hold: 'platform', reason }, pinged: [] };
  }
  let pinged: readonly string[] = [];
  try {
    const delivery = await toDelivery(needs, post, nowMs);
    pinged = delivery.pings.flatMap(({ people }) => people.map(({ personId }) => personId));
    return { sent: await hand(needs, sender, { post, delivery, nowMs }), pinged };
  } catch (fault) {
    return { sent: { kind: 'retry', afterMs: 0, hold: 'post', reason: describe(fault) }, pinged };
  }
}

async function hand(
  { late }: CourierNeeds,
  sender: Sender,
  { post, delivery, nowMs }: { readonly post: ClaimedPost; readonly delivery: Delivery; readonly nowMs: number },
): Promise<Sent> {
  const found = post.lookFirst ? await sender.find(delivery) : null;
  if (found !== null) {
    // It had arrived. A ring has rung; a card may have arrived in an older state.
    if (delivery.kind === 'ring') return { kind: 'sent', remoteId: found.remoteId };
    return sender.deliver({ ...delivery, remoteId: found.remoteId, pings: [] });
  }
  // An announcement is for the public, and was created when it was planned.
  const mayBeLate = post.remoteId === null && post.repostCount === 0 && post.facts.kind !== 'announcement';
  return sender.deliver(mayBeLate ? { ...delivery, message: late(delivery.message, nowMs - post.createdAtMs) } : delivery);
}

async function toDelivery(needs: CourierNeeds, post: ClaimedPost, nowMs: number): Promise<Delivery> {
  const message = needs.words(post.facts, post.telling);
  const buttons = message.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  const toKeep = buttons.map(({ call, confirm }) => ({ ...call, confirm }));
  const kind = isRing(post.facts) ? 'ring' : 'card';
  return {
    postId: post.id,
    address: post.destination.address,
    message,
    buttonIds: toKeep.length === 0 ? [] : await needs.keepButtons(post.teamId, toKeep, nowMs),
    kind,
    broadcast: kind === 'ring' && post.lane === LANES.critical,
    remoteId: post.remoteId,
    replyToRemoteId: post.replyToRemoteId,
    pings: post.remoteId === null ? needs.pingsOf(message.mentions, post.recipients) : [],
    createdAtMs: post.createdAtMs,
    repostCount: post.repostCount,
    zone: post.telling.zone,
    locale: post.telling.locale,
  };
}

function isRing({ kind }: PostFacts): boolean {
  return kind === 'alert-ring' || kind === 'reminder-ring' || kind === 'pause-ring';
}

function report(log: Log, sent: Sent, fields: Parameters<Log['info']>[1]): void {
  switch (sent.kind) {
    case 'sent':
      return log.info('post.sent', fields);
    case 'retry':
      return log.warn('post.retry', { ...fields, hold: sent.hold, afterMs: sent.afterMs, reason: sent.reason });
    case 'gone':
      return log.info('post.gone', fields);
    case 'dead':
      return log.error('post.dead', { ...fields, reason: sent.reason });
    default:
      return unreachable(sent);
  }
}

function describe(fault: unknown): string {
  return fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
}
