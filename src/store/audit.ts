import { createHash, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Actor } from '../domain/team.ts';
import type { Tx } from './engine/engine.ts';

/** One thing to be remembered. `by` null: Showcaller itself, by a rule or a clock. */
export type ToAudit = {
  readonly by: Actor | null;
  readonly action: string; // e.g. `promotion.pause`
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
  readonly nowMs: number;
};

/** A link of the chain: everything a reader sees but the reason's own text, of which only the salted hash is linked. */
export function linkHash(entry: {
  previousHash: string;
  seq: number;
  atMs: number;
  personId: string | null;
  place: string | null;
  action: string;
  target: string;
  before: string;
  after: string;
  reasonHash: string | null;
}): string {
  const { previousHash, seq, atMs, personId, place, action, target, before, after, reasonHash } = entry;
  const text = JSON.stringify([previousHash, seq, atMs, personId, place, action, target, before, after, reasonHash]);
  return createHash('sha256').update(text).digest('hex');
}

/** The hash that stays when a reason is erased. */
export function reasonHashOf(text: string, salt: string): string {
  return createHash('sha256').update(salt).update(text).digest('hex');
}

/** Appends to the team's chain, in the transaction of the fact it records. Answers the reason's id, if there is one. */
export async function remember(tx: Tx, what: ToAudit): Promise<{ readonly reasonId: string | null }> {
  const { db, tables, teamId } = tx;
  const [team] = await db
    .select({ seq: tables.teams.auditSeq, hash: tables.teams.auditHash })
    .from(tables.teams)
    .where(eq(tables.teams.teamId, teamId));
  if (team === undefined) throw new Error(`no team ${teamId}`);
  const seq = team.seq + 1;
  const reasonId = what.reason === null ? null : `reason:${seq}`;
  let reasonHash: string | null = null;
  if (what.reason !== null && reasonId !== null) {
    const salt = randomBytes(16).toString('hex');
    reasonHash = reasonHashOf(what.reason, salt);
    const personId = what.by?.personId ?? null;
    await db.insert(tables.reasons).values({ teamId, id: reasonId, text: what.reason, salt, personId });
  }
  const entry = {
    previousHash: team.hash,
    seq,
    atMs: what.nowMs,
    personId: what.by?.personId ?? null,
    place: what.by === null ? null : `${what.by.place.platform}:${what.by.place.channel}`,
    action: what.action,
    target: what.target,
    before: JSON.stringify(what.before ?? null),
    after: JSON.stringify(what.after ?? null),
    reasonHash,
  };
  const hash = linkHash(entry);
  await db.insert(tables.audit).values({ teamId, ...entry, reasonId, hash });
  await db.update(tables.teams).set({ auditSeq: seq, auditHash: hash }).where(eq(tables.teams.teamId, teamId));
  return { reasonId };
}
