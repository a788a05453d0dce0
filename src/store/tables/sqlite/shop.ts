import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

// What shops say of their own stock, beside the books and never instead of them. Instants are epoch milliseconds.

/** How a shop calls an item where it does not tell the SKU. Kept for items nobody listed too: they may be, one day. */
export const shopItems = sqliteTable(
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
export const shopPlaces = sqliteTable(
  'shop_places',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    sku: text('sku').notNull(),
    place: text('place').notNull(),
    availableUnits: integer('available_units').notNull(),
    countedAtMs: integer('counted_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.sku, t.place] })],
);

/** A shop's newest number for a SKU, and what came of holding it against the books. */
export const shopCounts = sqliteTable(
  'shop_counts',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    sku: text('sku').notNull(),
    availableUnits: integer('available_units').notNull(),
    onHandUnits: integer('on_hand_units'),
    committedUnits: integer('committed_units'),
    countedAtMs: integer('counted_at_ms').notNull(), // by the shop's clock, never later than heard
    sequence: integer('sequence'),
    byPlaces: integer('by_places', { mode: 'boolean' }).notNull(), // the sum of its places, not a told total
    heardAtMs: integer('heard_at_ms').notNull(), // when these numbers were first heard
    judgeAtMs: integer('judge_at_ms'), // when to look next; null: it agrees, and waits for the next count
    driftUnits: integer('drift_units'), // null: not judged yet
    driftSinceMs: integer('drift_since_ms'),
    toldAtMs: integer('told_at_ms'), // of the standing drift's notice
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.sku] }), index('shop_counts_due').on(t.teamId, t.judgeAtMs)],
);
