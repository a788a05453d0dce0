import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { addHistory } from '../../bench/support/history.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { bootPglite, temporarySqlite } from '../support/engines.ts';
import { openStage, operationRows } from '../support/operations.ts';
import { NOW } from '../support/plan.ts';
import { onSqlite, onPostgres, type Access } from '../support/query-plans.ts';

// Read whole, by their nature: what a person sets down, one at a time, or what is gone within a day. Any other table grows with
// every order, every message or every show, and is only ever read by an index that leads past what is over.
const SMALL: Readonly<Record<string, string>> = {
  teams: 'one row a team',
  people: 'whoever the team lists',
  accounts: 'a few for each person',
  assignments: 'a few for each person',
  permission_edits: 'typed by hand',
  destinations: 'channels',
  workspaces: 'two a team',
  erasures: 'one for each person who asked to be forgotten',
  links: 'gone after a day',
  link_tries: 'gone after a day',
  troubles: 'one a platform',
  leases: 'one a team and one a process',
  skus: 'what the team sells',
  levels: 'one a SKU',
  thresholds: 'ten a SKU at most',
  plans: 'one a drop',
  policies: 'published by hand',
  drops: 'weeks of work, each',
  announcements: 'written by hand, a few a drop',
  pauses: 'typed by hand, a few a drop',
  shop_items: 'one a SKU and shop',
  shop_places: 'one a SKU and warehouse',
  shop_counts: 'one a SKU and shop',
  set_aside_facts: 'each is a fault somebody must look at',
};

// Partial indexes that hold only what is under way, so that reading one whole is reading little.
const LITTLE: Readonly<Record<string, string>> = {
  posts_waiting: 'what is still to be sent',
  posts_leased: 'what is being sent',
  posts_expired: 'counted; what came too late is rare',
  posts_dead: 'the newest twenty',
  movements_by_hand: 'typed by hand',
};

// Operations whose answer is the whole history, or a person's words against all of a team's milestones.
const WHOLE: Readonly<Record<string, string>> = {
  'alerts.crossings crossings': 'answers them all',
  'audit.verify audit': 'walks the whole chain',
  'house.checkLedger movements': 'folds the whole ledger: the doctor asks, no clock and no command does',
  'orders.recordAll unknown_lines': 'counted when a SKU nobody listed is first heard of, and twenty times at most',
  'orders.unknownSkus unknown_lines': 'answers them all',
  'drops.report unknown_lines': 'answers them all',
  'milestones milestones': 'a name may mean any milestone of the team; people type a few for each drop',
  'plan.apply milestones': 'a name taken already must not be given again',
  'store.importPlan milestones': 'a name taken already must not be given again',
};

/** Accesses that read more of a growing table than what they answer. */
function offences(accesses: readonly Access[]): readonly string[] {
  return accesses
    .filter(({ table, index, beyondTeam, operation }) => {
      if (table in SMALL || (index !== null && index in LITTLE) || beyondTeam) return false;
      return !(`${operation} ${table}` in WHOLE) && !(`${operation.split('.')[0]} ${table}` in WHOLE);
    })
    .map(({ operation, plan, query }) => `${operation}: ${plan}\n    ${query}`);
}

/** Runs everything the store does, twice, beside what three earlier shows left. `during` is told what runs. */
async function runAll(engine: Engine, teamId: string, during: (operation: string) => void): Promise<void> {
  const stage = await openStage(engine, teamId);
  await addHistory(engine, { teamId, skus: stage.skus, from: 0, count: 3, nowMs: NOW });
  for (const [operation, run] of operationRows) {
    during(operation);
    await run(stage);
  }
}

test('SQLite reads no table that grows, except by an index', async () => {
  const heard = new Map<string, string>();
  let operation: string | null = null;
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its own `this`, below
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function hooked(this: Database.Database, text: string) {
    if (operation !== null && !heard.has(text)) heard.set(text, operation);
    return prepare.call(this, text);
  } as typeof prepare;
  const ground = temporarySqlite();
  try {
    await runAll(ground.engine, 'indexes', (running) => (operation = running));
    operation = null;
    Database.prototype.prepare = prepare;
    const accesses = onSqlite(ground.file, heard);
    expect(heard.size).toBeGreaterThan(150);
    expect(accesses.length).toBeGreaterThan(200);
    expect(offences(accesses)).toEqual([]);
  } finally {
    Database.prototype.prepare = prepare;
    await ground.remove();
  }
});

test('PostgreSQL can read every table that grows by an index', async () => {
  const heard = new Map<string, string>();
  let operation: string | null = null;
  const pglite = new PGlite();
  const engine = await bootPglite(pglite, (text) => {
    if (operation !== null && !heard.has(text)) heard.set(text, operation);
  });
  await runAll(engine, 'indexes', (running) => (operation = running));
  operation = null;
  const accesses = await onPostgres(pglite, heard);
  await engine.close();
  expect(heard.size).toBeGreaterThan(150);
  expect(accesses.length).toBeGreaterThan(200);
  expect(offences(accesses)).toEqual([]);
});
