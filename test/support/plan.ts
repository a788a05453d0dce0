import { Plan } from '../../src/ports/plan.ts';
import type { PlanAnswer } from '../../src/ports/store/drops.ts';
import type { Actor } from '../../src/domain/team.ts';
import type { Ground } from '../store/contract.ts';

/** 2027-01-15 12:00 UTC: two weeks before the sample stream. */
export const NOW = Date.UTC(2027, 0, 15, 12);

export const MAYA: Actor = { personId: 'maya', place: { platform: 'console', channel: 'team' } }; // founder
export const PRIYA: Actor = { personId: 'priya', place: { platform: 'console', channel: 'team' } }; // producer
export const FINN: Actor = { personId: 'finn', place: { platform: 'console', channel: 'alerts' } }; // fulfilment

/** The plan most tests start from: one drop, four SKUs, one bundle, everybody in a role. `overrides` replace top-level keys. */
export function planFor(teamId: string, overrides: Partial<Record<keyof Plan, unknown>> = {}): Plan {
  const file = {
    team: { id: teamId, name: 'Night Market', zone: 'America/New_York' },
    people: {
      maya: { name: 'Maya', roles: ['founder'], accounts: { console: `maya@${teamId}` } },
      priya: { name: 'Priya', roles: ['producer'], accounts: { console: `priya@${teamId}` } },
      hugo: { name: 'Hugo', roles: ['host'], accounts: { console: `hugo@${teamId}` } },
      olga: { name: 'Olga', roles: ['ops-lead'], accounts: { console: `olga@${teamId}` } },
      finn: { name: 'Finn', roles: ['fulfilment'], accounts: { console: `finn@${teamId}` } },
      sam: { name: 'Sam', roles: ['support'], accounts: { console: `sam@${teamId}` } },
    },
    channels: {
      team: { console: `${teamId}-team` },
      alerts: { console: `${teamId}-alerts` },
      host: { console: `${teamId}-host` },
      community: { console: `${teamId}-community` },
    },
    drop: {
      id: 'hoodie-run',
      name: 'Hoodie Run',
      format: 'limited',
      stream: '2027-01-29T19:00',
      zone: 'America/New_York',
      currency: 'USD',
    },
    skus: {
      'HOODIE-S': { name: 'Hoodie, small', count: 40, price: 58 },
      'HOODIE-M': { name: 'Hoodie, medium', count: 60, reserve: '3%', price: 58 },
      'HOODIE-L': { name: 'Hoodie, large', count: 40, price: 58 },
      PIN: { name: 'Enamel pin', count: 200, price: 9 },
    },
    bundles: { BOX: { name: 'Box', of: { 'HOODIE-M': 1, PIN: 2 }, price: 72 } },
    ...overrides,
  };
  return Plan.parse(file);
}

/** Imports the plan at NOW. */
export function seeded({ store, teamId }: Ground, overrides: Partial<Record<keyof Plan, unknown>> = {}): Promise<PlanAnswer> {
  return store.importPlan({ plan: planFor(teamId, overrides), by: null, nowMs: NOW });
}
