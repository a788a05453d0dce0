import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

// Both engines declare the same tables and columns; a test compares them. Instants are epoch milliseconds.
// json columns hold only what this store wrote, checked where it was parsed.

export const teams = sqliteTable('teams', {
  teamId: text('team_id').primaryKey(),
  name: text('name').notNull(),
  zone: text('zone').notNull(),
  locale: text('locale').notNull(),
  returnsRelease: integer('returns_release', { mode: 'boolean' }).notNull(),
  plan: text('plan', { mode: 'json' }), // as imported last; the next import is compared with it
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
  { teamId: text('team_id').notNull(), personId: text('person_id').notNull(), name: text('name').notNull() },
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

export const drops = sqliteTable(
  'drops',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    format: text('format').notNull(),
    streamWall: text('stream_wall').notNull(),
    zone: text('zone').notNull(),
    streamAtMs: integer('stream_at_ms').notNull(),
    state: text('state').notNull(),
    startedAtMs: integer('started_at_ms'),
    endedAtMs: integer('ended_at_ms'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] })],
);

export const skus = sqliteTable(
  'skus',
  {
    teamId: text('team_id').notNull(),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    dropId: text('drop_id'),
    components: text('components', { mode: 'json' }).$type<readonly { sku: string; unitsPerBundle: number }[] | null>(), // set: a bundle
    priceMinor: integer('price_minor'),
    currency: text('currency'),
    trackedFromMs: integer('tracked_from_ms').notNull(), // orders placed earlier and first heard later commit only their open units
    reservePercent: real('reserve_percent').notNull(), // of units received, rounded up at receipt
    incomingUnits: integer('incoming_units').notNull(),
    position: integer('position').notNull(), // the plan's order
  },
  (t) => [primaryKey({ columns: [t.teamId, t.sku] })],
);

export const levels = sqliteTable(
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
    rateUnits: real('rate_units').notNull(), // smoothed demand, units per minute
    rateAtMs: integer('rate_at_ms'), // when the rate was last computed
    rateSeq: integer('rate_seq').notNull(), // the last movement it has seen
  },
  (t) => [primaryKey({ columns: [t.teamId, t.sku] })],
);

export const movements = sqliteTable(
  'movements',
  {
    teamId: text('team_id').notNull(),
    seq: integer('seq').notNull(),
    sku: text('sku').notNull(),
    kind: text('kind').notNull(),
    units: integer('units').notNull(),
    cause: text('cause').notNull(), // `order shopify 450789469`, `receipt`, `count`, `opening`, `adjust`, …
    personId: text('person_id'),
    reasonId: text('reason_id'),
    key: text('key').notNull(),
    atMs: integer('at_ms').notNull(),
    correctsSeq: integer('corrects_seq'),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.seq] }),
    uniqueIndex('movements_key').on(t.teamId, t.key),
    index('movements_sku').on(t.teamId, t.sku, t.seq),
  ],
);

export const orders = sqliteTable(
  'orders',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    externalId: text('external_id').notNull(),
    placedAtMs: integer('placed_at_ms'), // null: only a refund of it was heard so far
    updatedAtMs: integer('updated_at_ms').notNull(),
    eventAtMs: integer('event_at_ms').notNull(),
    buyerKey: text('buyer_key'),
    currency: text('currency'),
    lines: text('lines', { mode: 'json' }).$type<unknown>().notNull(),
    refunds: text('refunds', { mode: 'json' }).$type<unknown>().notNull(),
    reconcile: integer('reconcile', { mode: 'boolean' }).notNull(),
    heardAtMs: integer('heard_at_ms').notNull(),
    changeCount: integer('change_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.externalId] })],
);

/** Event ids heard, so that a repeat changes nothing. They go at an age. */
export const events = sqliteTable(
  'events',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    heardAtMs: integer('heard_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.eventId] }), index('events_age').on(t.heardAtMs)],
);

/** Order lines of SKUs nobody listed yet: kept, shown once, committed when the SKU is added. */
export const unknownLines = sqliteTable(
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
export const setAsideFacts = sqliteTable(
  'set_aside_facts',
  {
    teamId: text('team_id').notNull(),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    externalId: text('external_id').notNull(),
    facts: text('facts', { mode: 'json' }).$type<unknown>().notNull(),
    why: text('why').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.source, t.eventId] })],
);

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
    id: text('id').notNull(), // `stock:HOODIE-M:3`
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
  ],
);

export const milestones = sqliteTable(
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
    doneAtMs: integer('done_at_ms'),
    doneBy: text('done_by'),
    snoozedUntilMs: integer('snoozed_until_ms'),
    remindedSlot: text('reminded_slot'), // the last reminder posted, e.g. `2027-01-29/7d`
    ringCount: integer('ring_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] }), index('milestones_drop').on(t.teamId, t.dropId)],
);

/** Reminders posted: the unique key is what keeps one from going twice. */
export const reminders = sqliteTable(
  'reminders',
  {
    teamId: text('team_id').notNull(),
    milestoneId: text('milestone_id').notNull(),
    slot: text('slot').notNull(),
    dueMs: integer('due_ms').notNull(),
    postedAtMs: integer('posted_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.milestoneId, t.slot] })],
);

export const policies = sqliteTable(
  'policies',
  {
    teamId: text('team_id').notNull(),
    version: integer('version').notNull(),
    policy: text('policy', { mode: 'json' }).$type<unknown>().notNull(),
    publishedAtMs: integer('published_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.version] })],
);

export const pauses = sqliteTable(
  'pauses',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(), // `pause:7`: the seventh of the team
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

export const announcements = sqliteTable(
  'announcements',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    dropId: text('drop_id').notNull(),
    kind: text('kind').notNull(),
    text: text('text').notNull(),
    atMs: integer('at_ms').notNull(),
    wall: text('wall').notNull(),
    zone: text('zone').notNull(),
    purposes: text('purposes', { mode: 'json' }).$type<readonly string[]>().notNull(),
    skus: text('skus', { mode: 'json' }).$type<readonly string[]>().notNull(),
    withdrawn: integer('withdrawn', { mode: 'boolean' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] })],
);

/** Desired messages: what a channel should show, and what it was shown last. */
export const posts = sqliteTable(
  'posts',
  {
    id: text('id').primaryKey(), // 22 characters, from team, key and destination
    teamId: text('team_id').notNull(),
    key: text('key').notNull(),
    destinationId: text('destination_id').notNull(),
    kind: text('kind').notNull(),
    facts: text('facts', { mode: 'json' }).$type<unknown>().notNull(), // PostFacts
    lane: integer('lane').notNull(),
    revision: integer('revision').notNull(),
    deliveredRevision: integer('delivered_revision').notNull(), // 0: never
    remoteId: text('remote_id'),
    replyToId: text('reply_to_id'), // the living card a ring answers
    state: text('state').notNull(), // waiting, settled, withdrawn, expired, dead
    held: integer('held', { mode: 'boolean' }).notNull(), // promotion is paused: not to be claimed
    createdAtMs: integer('created_at_ms').notNull(),
    dueMs: integer('due_ms').notNull(), // not before; moved by retries
    expiresAtMs: integer('expires_at_ms'),
    attemptCount: integer('attempt_count').notNull(), // of this revision
    inDoubt: integer('in_doubt', { mode: 'boolean' }).notNull(), // an attempt may have arrived unseen
    leaseWorker: text('lease_worker'),
    leaseUntilMs: integer('lease_until_ms'),
    claimedRevision: integer('claimed_revision').notNull(),
    repostCount: integer('repost_count').notNull(), // posted anew after somebody deleted it
    deliveredAtMs: integer('delivered_at_ms'),
    failure: text('failure'),
  },
  (t) => [
    uniqueIndex('posts_key').on(t.teamId, t.key, t.destinationId),
    index('posts_due').on(t.state, t.dueMs),
    index('posts_lease').on(t.leaseUntilMs),
  ],
);

export const buttons = sqliteTable(
  'buttons',
  {
    teamId: text('team_id').notNull(),
    id: text('id').notNull(),
    command: text('command').notNull(),
    input: text('input', { mode: 'json' }).$type<Readonly<Record<string, string | number>>>().notNull(),
    keptAtMs: integer('kept_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.id] })],
);

/** First answers by request key: the same request twice gives the first answer again. */
export const requests = sqliteTable(
  'requests',
  {
    teamId: text('team_id').notNull(),
    key: text('key').notNull(),
    answer: text('answer', { mode: 'json' }).$type<unknown>().notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.key] }), index('requests_age').on(t.atMs)],
);

/** Append-only and hash-chained. People by id only; free text lives in `reasons`. */
export const audit = sqliteTable(
  'audit',
  {
    teamId: text('team_id').notNull(),
    seq: integer('seq').notNull(),
    atMs: integer('at_ms').notNull(),
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
export const reasons = sqliteTable(
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
