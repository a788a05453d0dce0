import { bigint, boolean, doublePrecision, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

// Who is in a team, and where it may speak. Instants are epoch milliseconds.

export const teams = pgTable('teams', {
  teamId: text('team_id').primaryKey(),
  name: text('name').notNull(),
  zone: text('zone').notNull(),
  locale: text('locale').notNull(),
  returnsRelease: boolean('returns_release').notNull(),
  movementSeq: bigint('movement_seq', { mode: 'number' }).notNull(), // the last one used
  crossingSeq: bigint('crossing_seq', { mode: 'number' }).notNull(),
  auditSeq: bigint('audit_seq', { mode: 'number' }).notNull(),
  auditHash: text('audit_hash').notNull(), // the newest link of the chain
  heardAtMs: bigint('heard_at_ms', { mode: 'number' }), // when an order was last heard
  heardRecent: doublePrecision('heard_recent').notNull(), // orders heard, decayed with a half-life to `heardAtMs`
  restoredAtMs: bigint('restored_at_ms', { mode: 'number' }), // set by restore: posts look before they post
});

export const people = pgTable(
  'people',
  { teamId: text('team_id').notNull(), personId: text('person_id').notNull(), name: text('name').notNull() },
  (t) => [primaryKey({ columns: [t.teamId, t.personId] })],
);

export const accounts = pgTable(
  'accounts',
  {
    teamId: text('team_id').notNull(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    personId: text('person_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.platform, t.accountId] })],
);

export const assignments = pgTable(
  'assignments',
  {
    teamId: text('team_id').notNull(),
    personId: text('person_id').notNull(),
    role: text('role').notNull(),
    scope: text('scope').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.personId, t.role, t.scope] })],
);

export const permissionEdits = pgTable(
  'permission_edits',
  {
    teamId: text('team_id').notNull(),
    role: text('role').notNull(),
    action: text('action').notNull(),
    allowed: boolean('allowed').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.role, t.action] })],
);

export const destinations = pgTable(
  'destinations',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(), // `platform:address`
    platform: text('platform').notNull(),
    address: text('address').notNull(),
    purposes: jsonb('purposes').$type<readonly string[]>().notNull(),
    locale: text('locale').notNull(),
    zone: text('zone').notNull(),
    heldUntilMs: bigint('held_until_ms', { mode: 'number' }).notNull(), // a rate limit's time; 0: free
    heldReason: text('held_reason'),
    chosenDropId: text('chosen_drop_id'), // `/drop use` in this channel
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] }), index('destinations_at').on(t.platform, t.address)],
);
