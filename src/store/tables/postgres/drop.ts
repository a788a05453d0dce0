import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

// A drop: its dates, its policy, what is announced. Instants are epoch milliseconds.

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

/** Each drop's plan as imported last: the next import of it is compared with that. */
export const plans = pgTable(
  'plans',
  {
    teamId: text('team_id').notNull(),
    dropId: text('drop_id').notNull(),
    plan: jsonb('plan').$type<unknown>().notNull(), // Plan
    importedAtMs: bigint('imported_at_ms', { mode: 'number' }).notNull(), // when it last said something new
  },
  (t) => [primaryKey({ columns: [t.teamId, t.dropId] })],
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
    remindedSlot: text('reminded_slot'), // the newest slot posted or passed over, e.g. `2027-01-29/7d`
    lookAtMs: bigint('look_at_ms', { mode: 'number' }).default(0), // a reminder may be due then, and none before; 0: changed lately, null: none will be
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    index('milestones_drop').on(t.teamId, t.dropId, t.dueDay),
    index('milestones_look').on(t.teamId, t.lookAtMs),
  ],
);

/** Reminders posted or passed over: the unique key is what keeps one from going twice. */
export const reminders = pgTable(
  'reminders',
  {
    teamId: text('team_id').notNull(),
    milestoneId: text('milestone_id').notNull(),
    slot: text('slot').notNull(),
    dueMs: bigint('due_ms', { mode: 'number' }).notNull(),
    postedAtMs: bigint('posted_at_ms', { mode: 'number' }), // null: passed over, because a later one was due too
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
