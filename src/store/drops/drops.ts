import { and, asc, eq, isNotNull, ne, sql } from 'drizzle-orm';
import {
  currentDrop,
  DECISION_OWNERS,
  DECISIONS,
  mayEnd,
  mayStart,
  openPoints,
  type Drop,
  type DropFormat,
  type DropStanding,
  type DropState,
} from '../../domain/drop.ts';
import { nearest } from '../../domain/near.ts';
import { oversoldUnits } from '../../domain/stock.ts';
import { mayDo, type Actor, type Member, type Place } from '../../domain/team.ts';
import { LANES } from '../../ports/post.ts';
import type { Decision, DropAnswer, DropStore } from '../../ports/store/drops.ts';
import { remember } from '../audit.ts';
import { desire, destinationsFor } from '../posts/desire.ts';
import { destinationId, knownChannel } from '../posts/destinations.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import { latestPolicy } from './policy.ts';
import { afterShow } from './report.ts';
import type { TeamContext } from '../team-context.ts';
import { editsOf, membersOf } from '../team/members.ts';

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

export function dropStore(context: TeamContext): DropStore {
  const { engine, teamId } = context;
  const { tables } = engine;
  return {
    list: () => engine.read((db) => dropsOf({ db, tables, teamId })),
    current: ({ place, nowMs }) => engine.read((db) => currentDropOf({ db, tables, teamId }, place, nowMs)),
    find: (ask) => engine.read((db) => findDrop({ db, tables, teamId }, ask)),
    use: (ask) => intent(context, ask, (tx) => use(tx, ask)),
    start: (ask) => intent(context, ask, (tx) => turn(tx, { ...ask, to: 'live' })),
    end: (ask) => intent(context, ask, (tx) => turn(tx, { ...ask, to: 'ended' })),
    decisions: ({ dropId, nowMs }) => engine.read((db) => decisions({ db, tables, teamId }, dropId, nowMs)),
    report: ({ dropId, nowMs }) =>
      engine.read(async (db) => {
        const reading = { db, tables, teamId };
        const drops = await dropsOf(reading);
        const drop = dropId === null ? currentDrop(drops, null, nowMs) : (drops.find(({ id }) => id === dropId) ?? null);
        return afterShow(reading, { drop, drops });
      }),
  };
}

/** Every drop of the team, by stream time. */
export async function dropsOf({ db, tables: { drops }, teamId }: Reading): Promise<readonly Drop[]> {
  const rows = await db.select().from(drops).where(eq(drops.teamId, teamId)).orderBy(asc(drops.streamAtMs), asc(drops.id));
  return rows.map(({ id, name, format, streamWall, zone, streamAtMs, state, startedAtMs, endedAtMs }) => ({
    id,
    name,
    format: format as DropFormat,
    streamWall,
    zone,
    streamAtMs,
    state: state as DropState,
    startedAtMs,
    endedAtMs,
  }));
}

/** The drop people mean at this place when they name none. */
export async function currentDropOf(reading: Reading, place: Place | null, nowMs: number): Promise<Drop | null> {
  const chosenId = place === null ? null : await chosenDropId(reading, place);
  return currentDrop(await dropsOf(reading), chosenId, nowMs);
}

async function chosenDropId({ db, tables: { destinations }, teamId }: Reading, place: Place): Promise<string | null> {
  const id = destinationId({ platform: place.platform, address: place.channel });
  const [row] = await db
    .select({ chosen: destinations.chosenDropId })
    .from(destinations)
    .where(and(eq(destinations.teamId, teamId), eq(destinations.id, id)));
  return row?.chosen ?? null;
}

type Found = { readonly kind: 'found'; readonly drop: Drop } | Extract<DropAnswer, { kind: 'no-such-drop' }>;

async function findDrop(
  reading: Reading,
  { asked, place, nowMs }: { readonly asked: string | null; readonly place: Place | null; readonly nowMs: number },
): Promise<Found> {
  if (asked === null) {
    const drop = await currentDropOf(reading, place, nowMs);
    return drop === null ? { kind: 'no-such-drop', asked, near: [] } : { kind: 'found', drop };
  }
  const drops = await dropsOf(reading);
  const typed = asked.trim().toLowerCase();
  const drop = drops.find(({ id }) => id === typed) ?? drops.find(({ name }) => name.toLowerCase() === typed);
  if (drop !== undefined) return { kind: 'found', drop };
  const close = nearest(
    asked,
    drops.flatMap(({ id, name }) => [id, name]),
  );
  return { kind: 'no-such-drop', asked, near: close === null ? [] : [close] };
}

async function use(tx: Tx, { asked, place, by, nowMs }: Parameters<DropStore['use']>[0]): Promise<DropAnswer> {
  const { destinations } = tx.tables;
  const found = await findDrop(tx, { asked, place, nowMs });
  if (found.kind === 'no-such-drop') return found;
  const { drop } = found;
  const before = await chosenDropId(tx, place);
  if (before === drop.id) return { kind: 'unchanged', drop };
  const { id } = await knownChannel(tx, { platform: place.platform, address: place.channel });
  await tx.db
    .update(destinations)
    .set({ chosenDropId: drop.id })
    .where(and(eq(destinations.teamId, tx.teamId), eq(destinations.id, id)));
  await remember(tx, { by, action: 'drop.use', target: id, before, after: drop.id, reason: null, nowMs });
  return { kind: 'done', drop };
}

type Turning = {
  readonly to: 'live' | 'ended';
  readonly asked: string | null;
  readonly place: Place | null;
  readonly by: Actor;
  readonly nowMs: number;
};

async function turn(tx: Tx, { to, asked, place, by, nowMs }: Turning): Promise<DropAnswer> {
  const found = await findDrop(tx, { asked, place, nowMs });
  if (found.kind === 'no-such-drop') return found;
  const { drop } = found;
  const turn = to === 'live' ? mayStart(drop, await dropsOf(tx)) : mayEnd(drop);
  if (turn.kind !== 'go') return 'drop' in turn ? turn : { kind: turn.kind, drop };

  const { drops } = tx.tables;
  const times = to === 'live' ? { startedAtMs: nowMs } : { endedAtMs: nowMs };
  await tx.db
    .update(drops)
    .set({ state: to, ...times })
    .where(and(eq(drops.teamId, tx.teamId), eq(drops.id, drop.id)));
  const action = to === 'live' ? 'drop.start' : 'drop.end';
  await remember(tx, { by, action, target: drop.id, before: drop.state, after: to, reason: null, nowMs });
  await announceTurn(tx, { ...drop, state: to }, by.personId, nowMs);
  return { kind: 'done', drop: { ...drop, state: to, ...times } };
}

/** Tells the team and the host that the show began or is over. */
async function announceTurn(tx: Tx, { id, name, state }: Drop, byPersonId: string, nowMs: number): Promise<void> {
  if (state === 'planned') return;
  const destinations = new Set([...(await destinationsFor(tx, 'team')), ...(await destinationsFor(tx, 'host'))]);
  const mayPause = await whoMayPause(tx, id);
  for (const destinationId of destinations) {
    await desire(tx, {
      key: `live:${id}:${state}`,
      destinationId,
      facts: { kind: 'live', dropName: name, state, atMs: nowMs, byPersonId, mayPause },
      lane: LANES.live,
      nowMs,
    });
  }
}

/** Everybody who may pause during this drop, those with the plain role before founders. */
async function whoMayPause(tx: Tx, dropId: string): Promise<readonly string[]> {
  const edits = await editsOf(tx);
  const isFounder = ({ assignments }: Member) => assignments.some(({ role }) => role === 'founder');
  return (await membersOf(tx, null))
    .filter((member) => mayDo({ caller: { kind: 'member', member }, action: 'promotion.pause', edits, dropId }).kind === 'may')
    .toSorted((a, b) => Number(isFounder(a)) - Number(isFounder(b)))
    .map(({ personId }) => personId);
}

async function decisions(reading: Reading, dropId: string, nowMs: number): Promise<readonly Decision[]> {
  const standing = await standingOf(reading, dropId, nowMs);
  if (standing === null) return [];
  const members = await membersOf(reading, null);
  return DECISIONS.map((decision): Decision => {
    const ownerRole = DECISION_OWNERS[decision];
    const owns = ({ role, scope }: { role: string; scope: string }) => role === ownerRole && (scope === '*' || scope === dropId);
    const ownerPersonIds = members.filter(({ assignments }) => assignments.some(owns)).map(({ personId }) => personId);
    const unowned = ownerPersonIds.length === 0 ? [{ kind: 'no-owner' } as const] : [];
    return { decision, ownerRole, ownerPersonIds, open: [...unowned, ...openPoints(decision, standing)] };
  });
}

async function standingOf(reading: Reading, dropId: string, nowMs: number): Promise<DropStanding | null> {
  const { db, tables, teamId } = reading;
  const { milestones, skus, levels } = tables;
  const drop = (await dropsOf(reading)).find(({ id }) => id === dropId);
  if (drop === undefined) return null;
  const steps = await db
    .select({ name: milestones.name, dueDay: milestones.dueDay, zone: milestones.zone, doneAtMs: milestones.doneAtMs })
    .from(milestones)
    .where(and(eq(milestones.teamId, teamId), eq(milestones.dropId, dropId)))
    .orderBy(asc(milestones.dueDay), asc(milestones.id));
  const items = await db
    .select({ sku: skus.sku, level: levels })
    .from(skus)
    .innerJoin(levels, and(eq(levels.teamId, skus.teamId), eq(levels.sku, skus.sku)))
    .where(and(eq(skus.teamId, teamId), eq(skus.dropId, dropId)))
    .orderBy(asc(skus.position), asc(skus.sku));
  const counted = await lastCounts(reading);
  return {
    drop,
    milestones: steps,
    policyPublished: (await latestPolicy(reading)) !== null,
    items: items.map(({ sku, level }) => ({
      sku,
      countedAtMs: counted.get(sku) ?? null,
      oversoldUnits: oversoldUnits(level),
    })),
    nowMs,
  };
}

/** When each SKU was last counted after its opening, which only people do. */
async function lastCounts({ db, tables: { movements }, teamId }: Reading): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .select({ sku: movements.sku, atMs: sql<number>`max(${movements.atMs})`.mapWith(Number) })
    .from(movements)
    .where(
      and(
        eq(movements.teamId, teamId),
        isNotNull(movements.personId),
        eq(movements.kind, 'count'),
        ne(movements.cause, 'opening'),
      ),
    )
    .groupBy(movements.sku);
  return new Map(rows.map(({ sku, atMs }) => [sku, atMs]));
}
