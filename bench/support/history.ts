import { createHash } from 'node:crypto';
import type { PostFacts } from '../../src/ports/post.ts';
import { insertRows } from '../../src/store/bulk.ts';
import type { Engine, Tx } from '../../src/store/engine/engine.ts';
import { eq } from 'drizzle-orm';

const DAY_MS = 86_400_000;

/** What one earlier show left behind. Counts are of a small team's: the proportions are what matters. */
export const SHOW = {
  orders: 1_000,
  posts: 100,
  alerts: 10,
  pauses: 2,
  audits: 60,
  requests: 100,
  milestones: 15,
  announcements: 4,
};

type Show = { readonly teamId: string; readonly skus: readonly string[]; readonly number: number; readonly atMs: number };

/**
 * Writes what `count` earlier shows left: orders with their movements and events, messages delivered, alerts and pauses that are
 * over, the audit, answered requests, drops that ended. A show a day, the newest the day before `nowMs`; levels stay as they are.
 */
export async function addHistory(
  engine: Engine,
  { teamId, skus, from, count, nowMs }: { teamId: string; skus: readonly string[]; from: number; count: number; nowMs: number },
): Promise<void> {
  for (let number = from; number < from + count; number += 1) {
    const show = { teamId, skus, number, atMs: nowMs - (number + 1) * DAY_MS };
    await engine.write(teamId, async (tx) => {
      await addOrders(tx, show);
      await addMessages(tx, show);
      await addAlerts(tx, show);
      await addDrop(tx, show);
      await addRecord(tx, show);
    });
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const hashed = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

async function addOrders({ db, tables }: Tx, { teamId, skus, number, atMs }: Show): Promise<void> {
  const [team] = await db.select({ seq: tables.teams.movementSeq }).from(tables.teams).where(eq(tables.teams.teamId, teamId));
  let seq = team?.seq ?? 0;
  const orders = numbers(SHOW.orders).map((index) => {
    const externalId = String(4_000_000_000_000 + number * SHOW.orders + index);
    const placedAtMs = atMs + index * 1_000;
    const lines = [0, 1].map((line) => [
      `${externalId}${line}`,
      skus[(index + line) % skus.length] ?? '',
      5800,
      1,
      [1, 0, 0, 0, 0],
      1,
    ]);
    const version = { updatedAtMs: placedAtMs, eventAtMs: placedAtMs };
    return { teamId, source: 'shopify', externalId, placedAtMs, ...version, lines, heardAtMs: placedAtMs };
  });
  const rest = { currency: 'USD', refunds: [], reconcile: false, changeCount: 1 };
  await insertRows(
    db,
    tables.orders,
    orders.map((order) => ({ ...order, ...rest, buyerKey: hashed(order.externalId) })),
  );
  const events = orders.map(({ source, externalId, heardAtMs }) => ({
    teamId,
    source,
    eventId: `orders/create:${externalId}`,
    heardAtMs,
  }));
  await insertRows(db, tables.events, events);
  const movements = orders.flatMap(({ externalId, heardAtMs, lines }) =>
    lines.map((line, index) => {
      const cause = `order shopify ${externalId}`;
      seq += 1;
      return { teamId, seq, sku: String(line[1]), kind: 'commit', units: 1, cause, key: `${cause} 1.${index}`, atMs: heardAtMs };
    }),
  );
  await insertRows(db, tables.movements, movements);
  const counted = { teamId, kind: 'count', units: 0, cause: 'count', personId: 'maya', atMs: atMs - 3_600_000 };
  await insertRows(
    db,
    tables.movements,
    skus.map((sku, index) => ({ ...counted, sku, seq: seq + index + 1, key: `history count ${number} ${sku}` })),
  );
  await db
    .update(tables.teams)
    .set({ movementSeq: seq + skus.length })
    .where(eq(tables.teams.teamId, teamId));
}

async function addMessages({ db, tables }: Tx, { teamId, number, atMs }: Show): Promise<void> {
  const channels = await db
    .select({ id: tables.destinations.id })
    .from(tables.destinations)
    .where(eq(tables.destinations.teamId, teamId));
  const facts: PostFacts = {
    kind: 'notice',
    notice: { what: 'unknown-sku', sku: 'X', source: 'shopify', externalId: '1', units: 1 },
  };
  const rows = numbers(SHOW.posts).map((index) => {
    const key = `history:${number}:${index}`;
    // One in a hundred was refused, one came too late.
    const state = index === 0 ? 'dead' : index === 1 ? 'expired' : 'settled';
    return {
      id: hashed(`${teamId} ${key}`),
      teamId,
      key,
      destinationId: channels[index % channels.length]?.id ?? '',
      kind: index % 3 === 0 ? 'alert-ring' : 'notice',
      facts,
      lane: 1,
      revision: 2,
      deliveredRevision: state === 'settled' ? 2 : 0,
      remoteId: `remote-${number}-${index}`,
      state,
      held: false,
      createdAtMs: atMs + index,
      dueMs: atMs + index,
      expiresAtMs: state === 'expired' ? atMs + index : null,
      attemptCount: 1,
      inDoubt: false,
      claimedRevision: 2,
      repostCount: 0,
      deliveredAtMs: atMs + index,
      editAfterMs: 0,
      failure: state === 'dead' ? 'channel_not_found' : null,
    };
  });
  await insertRows(db, tables.posts, rows);
}

async function addAlerts({ db, tables }: Tx, { teamId, skus, number, atMs }: Show): Promise<void> {
  const [team] = await db.select({ seq: tables.teams.crossingSeq }).from(tables.teams).where(eq(tables.teams.teamId, teamId));
  const seq = team?.seq ?? 0;
  const alerts = numbers(SHOW.alerts).map((index) => {
    const subject = skus[index % skus.length] ?? '';
    const id = `stock:${subject}:${number * SHOW.alerts + index + 1_000_000}:${atMs.toString(36)}`;
    const facts = {
      alertId: id,
      subjectKind: 'stock',
      subject,
      test: false,
      state: 'dismissed',
      severity: 'live',
      openedAtMs: atMs,
    };
    return {
      teamId,
      id,
      subject,
      episode: number * SHOW.alerts + index + 1_000_000,
      state: 'dismissed',
      facts,
      openedAtMs: atMs + index,
    };
  });
  await insertRows(
    db,
    tables.alerts,
    alerts.map((alert) => ({ ...alert, ringCount: 1, escalationStep: 1, closedAtMs: atMs + 60_000 })),
  );
  const crossings = alerts.map(({ subject, id }, index) => {
    const crossed = { severity: 'live', cause: 'order shopify 1', balanceUnits: 10, limitUnits: 10, atMs };
    return { teamId, seq: seq + index + 1, subject, thresholdId: 'units:10', alertId: id, ...crossed };
  });
  await insertRows(db, tables.crossings, crossings);
  await db
    .update(tables.teams)
    .set({ crossingSeq: seq + alerts.length })
    .where(eq(tables.teams.teamId, teamId));
}

async function addDrop({ db, tables }: Tx, { teamId, number, atMs }: Show): Promise<void> {
  const id = `history-${number}`;
  const day = new Date(atMs).toISOString().slice(0, 10);
  const zone = 'America/New_York';
  const show = {
    name: `History ${number}`,
    format: 'limited',
    streamWall: `${day}T19:00`,
    zone,
    streamAtMs: atMs,
    state: 'ended',
  };
  await insertRows(db, tables.drops, [{ teamId, id, ...show, startedAtMs: atMs, endedAtMs: atMs + 7_200_000 }]);
  const steps = numbers(SHOW.milestones).map((index) => {
    const step = { name: `Step ${number} ${index}`, ownerPersonId: 'maya', dueDay: day, zone, doneAtMs: atMs, lookAtMs: null };
    return { teamId, id: `step-${number}-${index}`, dropId: id, ...step };
  });
  await insertRows(db, tables.milestones, steps);
  const said = {
    kind: 'teaser',
    text: 'Soon',
    atMs,
    wall: `${day}T19:00`,
    zone,
    purposes: ['community'],
    skus: [],
    withdrawn: false,
  };
  await insertRows(
    db,
    tables.announcements,
    numbers(SHOW.announcements).map((index) => ({ teamId, id: `${id}-${index}`, dropId: id, ...said })),
  );
}

async function addRecord({ db, tables }: Tx, { teamId, number, atMs }: Show): Promise<void> {
  const [team] = await db.select({ seq: tables.teams.auditSeq }).from(tables.teams).where(eq(tables.teams.teamId, teamId));
  const seq = team?.seq ?? 0;
  // The hashes are no chain: nothing that is measured here walks it.
  const entry = { atMs, personId: 'maya', place: 'console:team', action: 'history', target: 'x', before: 'null', after: 'null' };
  const audits = numbers(SHOW.audits).map((index) => ({ teamId, seq: seq + index + 1, ...entry, previousHash: '', hash: '' }));
  await insertRows(db, tables.audit, audits);
  const reasons = audits.map((audit) => ({
    teamId,
    id: `reason:${audit.seq}`,
    text: 'Counted twice',
    salt: '',
    personId: 'maya',
  }));
  await insertRows(db, tables.reasons, reasons);
  await db
    .update(tables.teams)
    .set({ auditSeq: seq + SHOW.audits })
    .where(eq(tables.teams.teamId, teamId));
  const requests = numbers(SHOW.requests).map((index) => ({ teamId, key: `history:${number}:${index}`, answer: {}, atMs }));
  await insertRows(db, tables.requests, requests);
  const pauses = numbers(SHOW.pauses).map((index) => {
    const id = `pause:${1_000_000 + number * SHOW.pauses + index}:${atMs.toString(36)}`;
    const began = { scope: '*', byPersonId: 'maya', place: { platform: 'console', channel: 'team' }, atMs, fromMovementSeq: 1 };
    const ended = { toMovementSeq: 2, heldCount: 0, markedCount: 0, inFlight: [], ringCount: 1, resumedAtMs: atMs + 60_000 };
    return { teamId, id, ...began, ...ended };
  });
  await insertRows(db, tables.pauses, pauses);
  const receipts = pauses.flatMap(({ id }) =>
    ['stop', 'go'].map((verb) => {
      return { teamId, pauseId: id, verb, surface: 'announcements', askedAtMs: atMs, confirmedAtMs: atMs, state: 'confirmed' };
    }),
  );
  await insertRows(db, tables.receipts, receipts);
}
