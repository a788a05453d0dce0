import { expect, test } from 'vitest';
import { boundariesOf, crashAt } from '../support/faults/crash.ts';
import { crashPoints } from '../support/faults/crash-points.ts';

const POSTGRES = process.env['TEST_DATABASE_URL'];
const WHY_NOT = 'skipped where TEST_DATABASE_URL names no PostgreSQL';
const GROUND = { kind: 'postgres', postgresUrl: POSTGRES } as const;

test.skipIf(POSTGRES === undefined)(`the list of crash points is what an evening reaches (${WHY_NOT})`, async () => {
  const { boundaries, crash } = await boundariesOf(GROUND);
  expect(crash.faults).toEqual([]);
  expect(boundaries).toEqual(crashPoints().postgres);
});

// What the dead process had leased waits for its lease.
test.skipIf(POSTGRES === undefined)(
  `kill -9 in the middle of an order: nothing is lost, everything is shown once (${WHY_NOT})`,
  async () => {
    const { died, faults } = await crashAt({ boundary: 'order: before insert into movements', nth: 1 }, GROUND);
    expect({ died, faults }).toEqual({ died: true, faults: [] });
  },
  120_000,
);
