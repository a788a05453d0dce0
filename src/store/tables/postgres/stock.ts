import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

// What is there to sell, and the ledger and orders that move it. Instants are epoch milliseconds.

export const skus = pgTable(
  'skus',
  {
    teamId: text('team_id').notNull(),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    dropId: text('drop_id'),
    components: jsonb('components').$type<readonly { sku: string; unitsPerBundle: number }[] | null>(), // set: a bundle
    priceMinor: integer('price_minor'),
    currency: text('currency'),
    trackedFromMs: bigint('tracked_from_ms', { mode: 'number' }).notNull(), // orders placed earlier and first heard later commit only their open units
    reservePercent: doublePrecision('reserve_percent').notNull(), // of units received, rounded up at receipt
    incomingUnits: integer('incoming_units').notNull(),
    position: integer('position').notNull(), // the plan's order
  },
  (t) => [primaryKey({ columns: [t.teamId, t.sku] })],
);

export const levels = pgTable(
  'levels',
  {
    teamId: text('team_id').notNull(),
    sku: text('sku').notNull(),
    onHand: integer('on_hand').notNull(),
    committed: integer('committed').notNull(),
    reserve: integer('reserve').notNull(),
    held: integer('held').notNull(),
    damaged: integer('damaged').notNull(),
    sellableUnits: integer('sellable_units').notNull(), // what percent thresholds are of: available right after the last opening, receipt or count
    rateUnits: doublePrecision('rate_units').notNull(), // smoothed demand, units per minute
    rateAtMs: bigint('rate_at_ms', { mode: 'number' }), // when the rate was last computed
    rateSeq: bigint('rate_seq', { mode: 'number' }).notNull(), // the last movement it has seen
  },
  (t) => [primaryKey({ columns: [t.teamId, t.sku] })],
);

export const movements = pgTable(
  'movements',
  {
    teamId: text('team_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    sku: text('sku').notNull(),
    kind: text('kind').notNull(),
    units: integer('units').notNull(),
    cause: text('cause').notNull(), // `order shopify 450789469`, `receipt`, `count`, `opening`, `adjust`, …
    personId: text('person_id'),
    reasonId: text('reason_id'),
    key: text('key').notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.seq] }),
    uniqueIndex('movements_key').on(t.teamId, t.key),
    index('movements_sku').on(t.teamId, t.sku, t.seq),
    index('movements_at').on(t.teamId, t.atMs),
    index('movements_by_hand')
      .on(t.teamId, t.sku, t.atMs)
      .where(sql`person_id is not null`),
  ],
);

export const orders = pgTable(
  'orders',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    externalId: text('external_id').notNull(),
    placedAtMs: bigint('placed_at_ms', { mode: 'number' }), // null: only a refund of it was heard so far
    updatedAtMs: bigint('updated_at_ms', { mode: 'number' }).notNull(),
    eventAtMs: bigint('event_at_ms', { mode: 'number' }).notNull(),
    buyerKey: text('buyer_key'),
    currency: text('currency'),
    lines: jsonb('lines').$type<unknown>().notNull(),
    refunds: jsonb('refunds').$type<unknown>().notNull(),
    reconcile: boolean('reconcile').notNull(),
    heardAtMs: bigint('heard_at_ms', { mode: 'number' }).notNull(),
    changeCount: integer('change_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.externalId] })],
);

/** Event ids heard, so that a repeat changes nothing. They go at an age. */
export const events = pgTable(
  'events',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    heardAtMs: bigint('heard_at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.eventId] }), index('events_age').on(t.heardAtMs)],
);

/** Order lines of SKUs nobody listed yet: kept, shown once, committed when the SKU is added. */
export const unknownLines = pgTable(
  'unknown_lines',
  {
    teamId: text('team_id').notNull(),
    sku: text('sku').notNull(),
    source: text('source').notNull(),
    externalId: text('external_id').notNull(),
    openUnits: integer('open_units').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.sku, t.source, t.externalId] })],
);

/** Facts that could not be recorded: kept with the reason, shown, and out of the way of the others. */
export const setAsideFacts = pgTable(
  'set_aside_facts',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    externalId: text('external_id').notNull(),
    facts: jsonb('facts').$type<unknown>().notNull(),
    why: text('why').notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.eventId] })],
);
