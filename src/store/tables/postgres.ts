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

// Both engines declare the same tables and columns; a test compares them. Instants are epoch milliseconds.
// json columns hold only what this store wrote, checked where it was parsed.

export const teams = pgTable('teams', {
  teamId: text('team_id').primaryKey(),
  name: text('name').notNull(),
  zone: text('zone').notNull(),
  locale: text('locale').notNull(),
  returnsRelease: boolean('returns_release').notNull(),
  plan: jsonb('plan'), // as imported last; the next import is compared with it
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

export const drops = pgTable(
  'drops',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    format: text('format').notNull(),
    streamWall: text('stream_wall').notNull(),
    zone: text('zone').notNull(),
    streamAtMs: bigint('stream_at_ms', { mode: 'number' }).notNull(),
    state: text('state').notNull(),
    startedAtMs: bigint('started_at_ms', { mode: 'number' }),
    endedAtMs: bigint('ended_at_ms', { mode: 'number' }),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] })],
);

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
    correctsSeq: bigint('corrects_seq', { mode: 'number' }),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.seq] }),
    uniqueIndex('movements_key').on(t.teamId, t.key),
    index('movements_sku').on(t.teamId, t.sku, t.seq),
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
    id: text('id').notNull(), // `stock:HOODIE-M:3`
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
  ],
);

export const milestones = pgTable(
  'milestones',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    dropId: text('drop_id').notNull(),
    name: text('name').notNull(),
    ownerPersonId: text('owner_person_id'),
    ownerRole: text('owner_role'),
    dueDay: text('due_day').notNull(),
    zone: text('zone').notNull(),
    doneAtMs: bigint('done_at_ms', { mode: 'number' }),
    doneBy: text('done_by'),
    snoozedUntilMs: bigint('snoozed_until_ms', { mode: 'number' }),
    remindedSlot: text('reminded_slot'), // the last reminder posted, e.g. `2027-01-29/7d`
    ringCount: integer('ring_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] }), index('milestones_drop').on(t.teamId, t.dropId)],
);

/** Reminders posted: the unique key is what keeps one from going twice. */
export const reminders = pgTable(
  'reminders',
  {
    teamId: text('team_id').notNull(),
    milestoneId: text('milestone_id').notNull(),
    slot: text('slot').notNull(),
    dueMs: bigint('due_ms', { mode: 'number' }).notNull(),
    postedAtMs: bigint('posted_at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.milestoneId, t.slot] })],
);

export const policies = pgTable(
  'policies',
  {
    teamId: text('team_id').notNull(),
    version: integer('version').notNull(),
    policy: jsonb('policy').$type<unknown>().notNull(),
    publishedAtMs: bigint('published_at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.version] })],
);

export const pauses = pgTable(
  'pauses',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(), // `pause:7`: the seventh of the team
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

export const announcements = pgTable(
  'announcements',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    dropId: text('drop_id').notNull(),
    kind: text('kind').notNull(),
    text: text('text').notNull(),
    atMs: bigint('at_ms', { mode: 'number' }).notNull(),
    wall: text('wall').notNull(),
    zone: text('zone').notNull(),
    purposes: jsonb('purposes').$type<readonly string[]>().notNull(),
    skus: jsonb('skus').$type<readonly string[]>().notNull(),
    withdrawn: boolean('withdrawn').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] })],
);

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
    failure: text('failure'),
  },
  (t) => [
    uniqueIndex('posts_key').on(t.teamId, t.key, t.destinationId),
    index('posts_due').on(t.state, t.dueMs),
    index('posts_lease').on(t.leaseUntilMs),
  ],
);

export const buttons = pgTable(
  'buttons',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    command: text('command').notNull(),
    input: jsonb('input').$type<Readonly<Record<string, string | number>>>().notNull(),
    keptAtMs: bigint('kept_at_ms', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] })],
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
