import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

// Lines stock may cross, the alerts they raise, and pauses with their receipts. Instants are epoch milliseconds.

export const thresholds = sqliteTable(
  'thresholds',
  {
    teamId: text('team_id').notNull(),
    sku: text('sku').notNull(),
    id: text('id').notNull(),
    unit: text('unit').notNull(),
    value: integer('value').notNull(),
    severity: text('severity').notNull(),
    armed: integer('armed', { mode: 'boolean' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.sku, t.id] })],
);

export const crossings = sqliteTable(
  'crossings',
  {
    teamId: text('team_id').notNull(),
    seq: integer('seq').notNull(),
    subject: text('subject').notNull(),
    thresholdId: text('threshold_id').notNull(),
    severity: text('severity').notNull(),
    cause: text('cause').notNull(),
    balanceUnits: integer('balance_units').notNull(),
    limitUnits: integer('limit_units').notNull(),
    minutesLeft: real('minutes_left'),
    bindingSku: text('binding_sku'),
    alertId: text('alert_id').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.seq] }), index('crossings_subject').on(t.teamId, t.subject)],
);

export const alerts = sqliteTable(
  'alerts',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(), // `stock:HOODIE-M:3:…`, with the instant it opened
    subject: text('subject').notNull(),
    episode: integer('episode').notNull(),
    state: text('state').notNull(),
    facts: text('facts', { mode: 'json' }).$type<unknown>().notNull(), // AlertFacts
    dropId: text('drop_id'),
    ringCount: integer('ring_count').notNull(),
    escalationStep: integer('escalation_step').notNull(), // how many roles have been rung
    dueMs: integer('due_ms'), // when time next changes it: escalation, a revert, the end of a snooze or of a test
    openedAtMs: integer('opened_at_ms').notNull(),
    closedAtMs: integer('closed_at_ms'),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    index('alerts_subject').on(t.teamId, t.subject, t.episode),
    index('alerts_state').on(t.teamId, t.state),
    index('alerts_opened').on(t.teamId, t.openedAtMs),
  ],
);

export const pauses = sqliteTable(
  'pauses',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(), // `pause:7:…`: the seventh of the team, with the instant it began
    scope: text('scope').notNull(),
    reasonId: text('reason_id'),
    byPersonId: text('by_person_id').notNull(),
    place: text('place', { mode: 'json' }).$type<{ platform: string; channel: string }>().notNull(),
    atMs: integer('at_ms').notNull(),
    untilMs: integer('until_ms'),
    fromMovementSeq: integer('from_movement_seq').notNull(), // units sold meanwhile are counted from here
    toMovementSeq: integer('to_movement_seq'),
    heldCount: integer('held_count').notNull(),
    markedCount: integer('marked_count').notNull(),
    inFlight: text('in_flight', { mode: 'json' }).$type<readonly string[]>().notNull(),
    ringCount: integer('ring_count').notNull(),
    resumedAtMs: integer('resumed_at_ms'),
    resumedBy: text('resumed_by'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] }), index('pauses_standing').on(t.teamId, t.resumedAtMs)],
);

export const receipts = sqliteTable(
  'receipts',
  {
    teamId: text('team_id').notNull(),
    pauseId: text('pause_id').notNull(),
    verb: text('verb').notNull(), // stop, go
    surface: text('surface').notNull(),
    askedAtMs: integer('asked_at_ms').notNull(),
    confirmedAtMs: integer('confirmed_at_ms'),
    state: text('state').notNull(),
    note: text('note'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.pauseId, t.verb, t.surface] }), index('receipts_state').on(t.teamId, t.state)],
);
