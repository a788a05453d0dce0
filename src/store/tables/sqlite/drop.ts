import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

// A drop: its dates, its policy, what is announced. Instants are epoch milliseconds.

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

/** Each drop's plan as imported last: the next import of it is compared with that. */
export const plans = sqliteTable(
  'plans',
  {
    teamId: text('team_id').notNull(),
    dropId: text('drop_id').notNull(),
    plan: text('plan', { mode: 'json' }).$type<unknown>().notNull(), // Plan
    importedAtMs: integer('imported_at_ms').notNull(), // when it last said something new
  },
  (t) => [primaryKey({ columns: [t.teamId, t.dropId] })],
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
    remindedSlot: text('reminded_slot'), // the newest slot posted or passed over, e.g. `2027-01-29/7d`
    lookAtMs: integer('look_at_ms').default(0), // a reminder may be due then, and none before; 0: changed lately, null: none will be
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    index('milestones_drop').on(t.teamId, t.dropId, t.dueDay),
    index('milestones_look').on(t.teamId, t.lookAtMs),
  ],
);

/** Reminders posted or passed over: the unique key is what keeps one from going twice. */
export const reminders = sqliteTable(
  'reminders',
  {
    teamId: text('team_id').notNull(),
    milestoneId: text('milestone_id').notNull(),
    slot: text('slot').notNull(),
    dueMs: integer('due_ms').notNull(),
    postedAtMs: integer('posted_at_ms'), // null: passed over, because a later one was due too
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
