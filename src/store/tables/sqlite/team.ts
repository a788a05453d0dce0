import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

// Who is in a team, and where it may speak. Instants are epoch milliseconds.

export const teams = sqliteTable('teams', {
  teamId: text('team_id').primaryKey(),
  name: text('name').notNull(),
  zone: text('zone').notNull(),
  locale: text('locale').notNull(),
  returnsRelease: integer('returns_release', { mode: 'boolean' }).notNull(),
  movementSeq: integer('movement_seq').notNull(), // the last one used
  crossingSeq: integer('crossing_seq').notNull(),
  auditSeq: integer('audit_seq').notNull(),
  auditHash: text('audit_hash').notNull(), // the newest link of the chain
  heardAtMs: integer('heard_at_ms'), // when an order was last heard
  heardRecent: real('heard_recent').notNull(), // orders heard, decayed with a half-life to `heardAtMs`
  restoredAtMs: integer('restored_at_ms'), // set by restore: posts look before they post
});

export const people = sqliteTable(
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
export const erasures = sqliteTable(
  'erasures',
  {
    teamId: text('team_id').notNull(),
    personId: text('person_id').notNull(),
    erasedAtMs: integer('erased_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.personId] })],
);

export const accounts = sqliteTable(
  'accounts',
  {
    teamId: text('team_id').notNull(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    personId: text('person_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.platform, t.accountId] })],
);

export const assignments = sqliteTable(
  'assignments',
  {
    teamId: text('team_id').notNull(),
    personId: text('person_id').notNull(),
    role: text('role').notNull(),
    scope: text('scope').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.personId, t.role, t.scope] })],
);

export const permissionEdits = sqliteTable(
  'permission_edits',
  {
    teamId: text('team_id').notNull(),
    role: text('role').notNull(),
    action: text('action').notNull(),
    allowed: integer('allowed', { mode: 'boolean' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.role, t.action] })],
);

export const destinations = sqliteTable(
  'destinations',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(), // `platform:address`
    platform: text('platform').notNull(),
    address: text('address').notNull(),
    purposes: text('purposes', { mode: 'json' }).$type<readonly string[]>().notNull(),
    locale: text('locale').notNull(),
    zone: text('zone').notNull(),
    heldUntilMs: integer('held_until_ms').notNull(), // a rate limit's time; 0: free
    heldReason: text('held_reason'),
    chosenDropId: text('chosen_drop_id'), // `/drop use` in this channel
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] }), index('destinations_at').on(t.platform, t.address)],
);

/** A Slack workspace or a Discord server, and the team it belongs to: one of each per team. */
export const workspaces = sqliteTable(
  'workspaces',
  {
    teamId: text('team_id').notNull(),
    platform: text('platform').notNull(),
    workspaceId: text('workspace_id').notNull(),
    boundAtMs: integer('bound_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.workspaceId] }), uniqueIndex('workspaces_team').on(t.teamId, t.platform)],
);

/** Codes that make an account somebody's: hashed, of one use, and short-lived. */
export const links = sqliteTable(
  'links',
  {
    teamId: text('team_id').notNull(),
    codeHash: text('code_hash').notNull(),
    personId: text('person_id').notNull(),
    madeOn: text('made_on'), // the platform it must not be used on; null: made for somebody else, good anywhere
    expiresAtMs: integer('expires_at_ms').notNull(),
    usedAtMs: integer('used_at_ms'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.codeHash] })],
);

/** Wrong codes an account typed lately. */
export const linkTries = sqliteTable(
  'link_tries',
  {
    teamId: text('team_id').notNull(),
    platform: text('platform').notNull(),
    accountId: text('account_id').notNull(),
    sinceMs: integer('since_ms').notNull(),
    tryCount: integer('try_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.platform, t.accountId] })],
);

/** A platform that takes nothing at present, since when, and whether the others were told. */
export const troubles = sqliteTable(
  'troubles',
  {
    teamId: text('team_id').notNull(),
    platform: text('platform').notNull(),
    sinceMs: integer('since_ms').notNull(),
    reason: text('reason').notNull(),
    quietSinceMs: integer('quiet_since_ms'), // when it took messages again; it is over once that lasts
    toldAtMs: integer('told_at_ms'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.platform] })],
);
