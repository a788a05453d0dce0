import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';

// What channels should show, what was asked and answered, and the audit. Instants are epoch milliseconds.

/** Desired messages: what a channel should show, and what it was shown last. */
export const posts = pgTable(
  'posts',
  {
    id: text('id').primaryKey(), // 22 characters, from team, key and destination
    teamId: text('team_id').notNull(),
    key: text('key').notNull(),
    destinationId: text('destination_id').notNull(),
    kind: text('kind').notNull(),
    facts: jsonb('facts').$type<unknown>().notNull(), // PostFacts
    lane: integer('lane').notNull(),
    revision: integer('revision').notNull(),
    deliveredRevision: integer('delivered_revision').notNull(), // 0: never
    remoteId: text('remote_id'),
    replyToId: text('reply_to_id'), // the living card a ring answers
    state: text('state').notNull(), // waiting, settled, withdrawn, expired, dead
    held: boolean('held').notNull(), // promotion is paused: not to be claimed
    createdAtMs: bigint('created_at_ms', { mode: 'number' }).notNull(),
    dueMs: bigint('due_ms', { mode: 'number' }).notNull(), // not before; moved by retries
    expiresAtMs: bigint('expires_at_ms', { mode: 'number' }),
    attemptCount: integer('attempt_count').notNull(), // of this revision
    inDoubt: boolean('in_doubt').notNull(), // an attempt may have arrived unseen
    leaseWorker: text('lease_worker'),
    leaseUntilMs: bigint('lease_until_ms', { mode: 'number' }),
    claimedRevision: integer('claimed_revision').notNull(),
    repostCount: integer('repost_count').notNull(), // posted anew after somebody deleted it
    deliveredAtMs: bigint('delivered_at_ms', { mode: 'number' }),
    editAfterMs: bigint('edit_after_ms', { mode: 'number' }).notNull(), // the channel's pace: newer facts wait until then
    failure: text('failure'),
    pinged: jsonb('pinged').$type<readonly string[]>(), // person ids this post rang when it arrived
  },
  (t) => [
    uniqueIndex('posts_key').on(t.teamId, t.key, t.destinationId),
    // What is over stays for months and what waits is little: each second only the little is read.
    index('posts_waiting')
      .on(t.teamId, t.destinationId, t.lane, t.createdAtMs)
      .where(sql`state = 'waiting'`),
    index('posts_leased')
      .on(t.teamId, t.destinationId)
      .where(sql`lease_worker is not null`),
    index('posts_dead')
      .on(t.teamId, t.createdAtMs)
      .where(sql`state = 'dead'`),
    index('posts_expired')
      .on(t.teamId, t.expiresAtMs)
      .where(sql`state = 'expired'`),
    index('posts_over')
      .on(t.dueMs)
      .where(sql`state <> 'waiting'`),
    index('posts_remote').on(t.remoteId), // alone: after a channel's id it would be taken for the way to all that was ever said there
  ],
);

export const buttons = pgTable(
  'buttons',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    command: text('command').notNull(),
    input: jsonb('input').$type<Readonly<Record<string, string | number>>>().notNull(),
    confirm: jsonb('confirm').$type<{ readonly title: string; readonly text: string; readonly yes: string }>(), // asked before it runs
    keptAtMs: bigint('kept_at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] }), index('buttons_age').on(t.keptAtMs)],
);

/** First answers by request key: the same request twice gives the first answer again. */
export const requests = pgTable(
  'requests',
  {
    teamId: text('team_id').notNull(),
    key: text('key').notNull(),
    answer: jsonb('answer').$type<unknown>().notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.key] }), index('requests_age').on(t.atMs)],
);

/** Append-only and hash-chained. People by id only; free text lives in `reasons`. */
export const audit = pgTable(
  'audit',
  {
    teamId: text('team_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
    personId: text('person_id'),
    place: text('place'), // `platform:channel`
    action: text('action').notNull(),
    target: text('target').notNull(),
    before: text('before').notNull(), // JSON text, byte for byte what was hashed
    after: text('after').notNull(),
    reasonId: text('reason_id'),
    reasonHash: text('reason_hash'), // salted; still verifies when the reason is erased
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.seq] })],
);

/** Free text people gave, erasable. */
export const reasons = pgTable(
  'reasons',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    text: text('text').notNull(),
    salt: text('salt').notNull(),
    personId: text('person_id'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] })],
);

/** What one of several processes does, and until when it is that process's, by the database's clock. */
export const leases = pgTable(
  'leases',
  {
    teamId: text('team_id').notNull(), // whose work it is; '': nobody's, a process shows that it is there
    what: text('what').notNull(),
    worker: text('worker').notNull(),
    untilMs: bigint('until_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.what] })],
);
