import { bigint, boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

// What shops say of their own stock, beside the books and never instead of them. Instants are epoch milliseconds.

/** How a shop calls an item where it does not tell the SKU. Kept for items nobody listed too: they may be, one day. */
export const shopItems = pgTable(
  'shop_items',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    itemId: text('item_id').notNull(),
    sku: text('sku').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.itemId] })],
);

/** What one place of a shop has of a SKU. */
export const shopPlaces = pgTable(
  'shop_places',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    sku: text('sku').notNull(),
    place: text('place').notNull(),
    availableUnits: integer('available_units').notNull(),
    countedAtMs: bigint('counted_at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.sku, t.place] })],
);

/** A shop's newest number for a SKU, and what came of holding it against the books. */
export const shopCounts = pgTable(
  'shop_counts',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    sku: text('sku').notNull(),
    availableUnits: bigint('available_units', { mode: 'number' }).notNull(),
    onHandUnits: bigint('on_hand_units', { mode: 'number' }),
    committedUnits: bigint('committed_units', { mode: 'number' }),
    countedAtMs: bigint('counted_at_ms', { mode: 'number' }).notNull(), // by the shop's clock, never later than heard
    sequence: bigint('sequence', { mode: 'number' }),
    byPlaces: boolean('by_places').notNull(), // the sum of its places, not a told total
    heardAtMs: bigint('heard_at_ms', { mode: 'number' }).notNull(), // when these numbers were first heard
    judgeAtMs: bigint('judge_at_ms', { mode: 'number' }), // when to look next; null: it agrees, and waits for the next count
    driftUnits: bigint('drift_units', { mode: 'number' }), // null: not judged yet
    driftSinceMs: bigint('drift_since_ms', { mode: 'number' }),
    toldAtMs: bigint('told_at_ms', { mode: 'number' }), // of the standing drift's notice
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.sku] }), index('shop_counts_due').on(t.teamId, t.judgeAtMs)],
);
