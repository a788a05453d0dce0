import { expect, test } from 'vitest';
import { shareOf, type Lease, type Share } from '../../src/domain/share.ts';

const NOW = 1_000_000;
const LEASE_MS = 15_000;
const lease = (what: string, worker: string, leftMs = LEASE_MS): Lease => ({ what, worker, untilMs: NOW + leftMs });
const there = (worker: string, leftMs = LEASE_MS): Lease => lease(`process ${worker}`, worker, leftMs);

type Case = {
  readonly all: readonly string[];
  readonly leases: readonly Lease[];
  readonly processes: readonly Lease[];
  readonly share: Omit<Share, 'changes'> & { readonly changes: boolean };
};

const CASES: Readonly<Record<string, Case>> = {
  'alone and new, it takes everything': {
    all: ['a', 'b', 'c'],
    leases: [],
    processes: [],
    share: { mine: ['a', 'b', 'c'], taken: ['a', 'b', 'c'], givenUp: [], changes: true },
  },
  'with everything and fresh leases, nothing is written': {
    all: ['a', 'b'],
    leases: [lease('a', 'me'), lease('b', 'me')],
    processes: [there('me')],
    share: { mine: ['a', 'b'], taken: [], givenUp: [], changes: false },
  },
  'a third of the lease used up, it is renewed': {
    all: ['a'],
    leases: [lease('a', 'me', 10_000)],
    processes: [there('me', 10_000)],
    share: { mine: ['a'], taken: [], givenUp: [], changes: true },
  },
  'a process that came is left its share': {
    all: ['a', 'b', 'c'],
    leases: [lease('a', 'me'), lease('b', 'me'), lease('c', 'me')],
    processes: [there('me'), there('you')],
    share: { mine: ['a', 'b'], taken: [], givenUp: ['c'], changes: true },
  },
  'what was given up is taken by the one that came, and no more': {
    all: ['a', 'b', 'c', 'd'],
    leases: [lease('a', 'you'), lease('b', 'you')],
    processes: [there('you')],
    share: { mine: ['c', 'd'], taken: ['c', 'd'], givenUp: [], changes: true },
  },
  'what another has is not touched': {
    all: ['a'],
    leases: [lease('a', 'you')],
    processes: [there('me'), there('you')],
    share: { mine: [], taken: [], givenUp: [], changes: false },
  },
  'the work of one whose lease ran out is taken over': {
    all: ['a', 'b'],
    leases: [lease('a', 'dead', 0), lease('b', 'me')],
    processes: [there('dead', 0), there('me')],
    share: { mine: ['b', 'a'], taken: ['a'], givenUp: [], changes: true },
  },
  'its own lease that ran out is nobody’s': {
    all: ['a'],
    leases: [lease('a', 'me', -1)],
    processes: [there('me', -1)],
    share: { mine: ['a'], taken: ['a'], givenUp: [], changes: true },
  },
  'with nothing to do it still shows that it is there': {
    all: [],
    leases: [],
    processes: [],
    share: { mine: [], taken: [], givenUp: [], changes: true },
  },
};

test.each(Object.entries(CASES))('%s', (_name, { all, leases, processes, share }) => {
  expect(shareOf({ all, leases, processes }, { worker: 'me', leaseMs: LEASE_MS, nowMs: NOW })).toEqual(share);
});
