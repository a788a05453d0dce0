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
  {
    teamId: text('team_id').notNull(),
    personId: text('person_id').notNull(),
    name: text('name').notNull(),
    lastPlatform: text('last_platform'), // where they typed or pressed last: there they are pinged
    pingWhere: text('ping_where'), // 'both' when they asked for it; null: where they were last
  },
  (t) => [primaryKey({ columns: [t.teamId, t.personId] })],
);

/** People who were erased: a plan that still names one does not bring them back. */
export const erasures = pgTable(
  'erasures',
  {
    teamId: text('team_id').notNull(),
    personId: text('person_id').notNull(),
    erasedAtMs: bigint('erased_at_ms', { mode: 'number' }).notNull(),
  },
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

/** A Slack workspace or a Discord server, and the team it belongs to: one of each per team. */
export const workspaces = pgTable(
  'workspaces',
  {
    teamId: text('team_id').notNull(),
    platform: text('platform').notNull(),
    workspaceId: text('workspace_id').notNull(),
    boundAtMs: bigint('bound_at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.workspaceId] }), uniqueIndex('workspaces_team').on(t.teamId, t.platform)],
);

/** Codes that make an account somebody's: hashed, of one use, and short-lived. */
export const links = pgTable(
  'links',
  {
    teamId: text('team_id').notNull(),
    codeHash: text('code_hash').notNull(),
    personId: text('person_id').notNull(),
    madeOn: text('made_on'), // the platform it must not be used on; null: made for somebody else, good anywhere
    expiresAtMs: bigint('expires_at_ms', { mode: 'number' }).notNull(),
    usedAtMs: bigint('used_at_ms', { mode: 'number' }),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.codeHash] })],
);

/** Wrong codes an account typed lately. */
export const linkTries = pgTable(
  'link_tries',
  {
    teamId: text('team_id').notNull(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    sinceMs: bigint('since_ms', { mode: 'number' }).notNull(),
    tryCount: integer('try_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.platform, t.accountId] })],
);

/** A platform that takes nothing at present, since when, and whether the others were told. */
export const troubles = pgTable(
  'troubles',
  {
    teamId: text('team_id').notNull(),
    platform: text('platform').notNull(),
    sinceMs: bigint('since_ms', { mode: 'number' }).notNull(),
    reason: text('reason').notNull(),
    quietSinceMs: bigint('quiet_since_ms', { mode: 'number' }), // when it took messages again; it is over once that lasts
    toldAtMs: bigint('told_at_ms', { mode: 'number' }),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.platform] })],
);
