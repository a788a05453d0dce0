import { and, asc, eq, gte } from 'drizzle-orm';
import type { Place, Platform } from '../../domain/team.ts';
import type { AuditEntry, AuditStore } from '../../ports/store/team.ts';
import { linkHash, reasonHashOf } from '../audit.ts';
import type { Db, Tables } from '../engine/engine.ts';
import type { TeamContext } from '../team-context.ts';

const PAGE_ROWS = 500; // a long chain is walked a page at a time

export function auditStore({ engine, teamId }: TeamContext): AuditStore {
  const { tables } = engine;
  return {
    list: ({ fromSeq, limit }) =>
      engine.read(async (db) => (await rowsFrom({ db, tables, teamId }, fromSeq, limit)).map(toEntry)),
    verify: () => engine.read((db) => verify({ db, tables, teamId })),
  };
}

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
type Row = Awaited<ReturnType<typeof rowsFrom>>[number];

/** Walks the chain from its start. The first entry that does not follow from the one before is where it breaks. */
async function verify(reading: Reading): Promise<Awaited<ReturnType<AuditStore['verify']>>> {
  const { db, tables, teamId } = reading;
  const [team] = await db
    .select({ seq: tables.teams.auditSeq, hash: tables.teams.auditHash })
    .from(tables.teams)
    .where(eq(tables.teams.teamId, teamId));
  let previousHash = '';
  let seq = 0;
  for (;;) {
    const rows = await rowsFrom(reading, seq + 1, PAGE_ROWS);
    for (const row of rows) {
      seq += 1;
      if (!follows(row, { previousHash, seq })) return { kind: 'broken', seq };
      previousHash = row.hash;
    }
    if (rows.length < PAGE_ROWS) break;
  }
  // Entries cut off the end leave a chain that verifies by itself: the team's own row knows how long it was.
  if (seq !== (team?.seq ?? 0) || previousHash !== (team?.hash ?? '')) return { kind: 'broken', seq: seq + 1 };
  return { kind: 'intact', entryCount: seq };
}

function follows(row: Row, expected: { previousHash: string; seq: number }): boolean {
  if (row.seq !== expected.seq || row.previousHash !== expected.previousHash || linkHash(row) !== row.hash) return false;
  // A reason's id is not in the link, its hash is; so a reason there must be, with or without its text.
  if ((row.reasonId === null) !== (row.reasonHash === null)) return false;
  if (row.reasonId !== null && row.reasonId !== `reason:${row.seq}`) return false;
  return row.reason === null || row.salt === null || reasonHashOf(row.reason, row.salt) === row.reasonHash;
}

async function rowsFrom({ db, tables: { audit, reasons }, teamId }: Reading, fromSeq: number, limit: number) {
  return db
    .select({
      seq: audit.seq,
      atMs: audit.atMs,
      personId: audit.personId,
      place: audit.place,
      action: audit.action,
      target: audit.target,
      before: audit.before,
      after: audit.after,
      reasonId: audit.reasonId,
      reasonHash: audit.reasonHash,
      previousHash: audit.previousHash,
      hash: audit.hash,
      reason: reasons.text,
      salt: reasons.salt,
    })
    .from(audit)
    .leftJoin(reasons, and(eq(reasons.teamId, audit.teamId), eq(reasons.id, audit.reasonId)))
    .where(and(eq(audit.teamId, teamId), gte(audit.seq, fromSeq)))
    .orderBy(asc(audit.seq))
    .limit(limit);
}

function toEntry(row: Row): AuditEntry {
  const { seq, atMs, personId, place, action, target, before, after, reason, hash } = row;
  return {
    seq,
    atMs,
    personId,
    place: toPlace(place),
    action,
    target,
    before: JSON.parse(before) as unknown,
    after: JSON.parse(after) as unknown,
    reason,
    hash,
  };
}

/** `platform:channel`, where only the first colon divides: a channel's address may hold others. */
function toPlace(place: string | null): Place | null {
  if (place === null) return null;
  const [platform = ''] = place.split(':', 1);
  return { platform: platform as Platform, channel: place.slice(platform.length + 1) };
}
