import { bigint, boolean, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

// Lines stock may cross, the alerts they raise, and pauses with their receipts. Instants are epoch milliseconds.

export const thresholds = pgTable(
  'thresholds',
  {
    teamId: text('team_id').notNull(),
    sku: text('sku').notNull(),
    id: text('id').notNull(),
    unit: text('unit').notNull(),
    value: integer('value').notNull(),
    severity: text('severity').notNull(),
    armed: boolean('armed').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.sku, t.id] })],
);

export const crossings = pgTable(
  'crossings',
  {
    teamId: text('team_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    subject: text('subject').notNull(),
    thresholdId: text('threshold_id').notNull(),
    severity: text('severity').notNull(),
    cause: text('cause').notNull(),
    balanceUnits: integer('balance_units').notNull(),
    limitUnits: integer('limit_units').notNull(),
    minutesLeft: doublePrecision('minutes_left'),
    bindingSku: text('binding_sku'),
    alertId: text('alert_id').notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.seq] }), index('crossings_subject').on(t.teamId, t.subject)],
);

export const alerts = pgTable(
  'alerts',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(), // `stock:HOODIE-M:3:…`, with the instant it opened
    subject: text('subject').notNull(),
    episode: integer('episode').notNull(),
    state: text('state').notNull(),
    facts: jsonb('facts').$type<unknown>().notNull(), // AlertFacts
    dropId: text('drop_id'),
    ringCount: integer('ring_count').notNull(),
    escalationStep: integer('escalation_step').notNull(), // how many roles have been rung
    dueMs: bigint('due_ms', { mode: 'number' }), // when time next changes it: escalation, a revert, the end of a snooze or of a test
    openedAtMs: bigint('opened_at_ms', { mode: 'number' }).notNull(),
    closedAtMs: bigint('closed_at_ms', { mode: 'number' }),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    index('alerts_subject').on(t.teamId, t.subject, t.episode),
    index('alerts_state').on(t.teamId, t.state),
    index('alerts_opened').on(t.teamId, t.openedAtMs),
  ],
);

export const pauses = pgTable(
  'pauses',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(), // `pause:7:…`: the seventh of the team, with the instant it began
    scope: text('scope').notNull(),
    reasonId: text('reason_id'),
    byPersonId: text('by_person_id').notNull(),
    place: jsonb('place').$type<{ platform: string; channel: string }>().notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
    untilMs: bigint('until_ms', { mode: 'number' }),
    fromMovementSeq: bigint('from_movement_seq', { mode: 'number' }).notNull(), // units sold meanwhile are counted from here
    toMovementSeq: bigint('to_movement_seq', { mode: 'number' }),
    heldCount: integer('held_count').notNull(),
    markedCount: integer('marked_count').notNull(),
    inFlight: jsonb('in_flight').$type<readonly string[]>().notNull(),
    ringCount: integer('ring_count').notNull(),
    resumedAtMs: bigint('resumed_at_ms', { mode: 'number' }),
    resumedBy: text('resumed_by'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] }), index('pauses_standing').on(t.teamId, t.resumedAtMs)],
);

export const receipts = pgTable(
  'receipts',
  {
    teamId: text('team_id').notNull(),
    pauseId: text('pause_id').notNull(),
    verb: text('verb').notNull(), // stop, go
    surface: text('surface').notNull(),
    askedAtMs: bigint('asked_at_ms', { mode: 'number' }).notNull(),
    confirmedAtMs: bigint('confirmed_at_ms', { mode: 'number' }),
    state: text('state').notNull(),
    note: text('note'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.pauseId, t.verb, t.surface] }), index('receipts_state').on(t.teamId, t.state)],
);
