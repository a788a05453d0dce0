import { expect, test } from 'vitest';
import { openGate } from '../support/faults/gate.ts';
import { sitOut } from '../support/faults/outage.ts';
import { faultGround, openShow } from '../support/faults/show.ts';

const POSTGRES = process.env['TEST_DATABASE_URL'];
const WHY_NOT = 'skipped where TEST_DATABASE_URL names no PostgreSQL';
const AWAY_MS = 8_000;

test.skipIf(POSTGRES === undefined)(
  `PostgreSQL is gone: orders are told to come again, commands are answered, and it finds back by itself (${WHY_NOT})`,
  async () => {
    const ground = await faultGround('postgres', POSTGRES);
    await using gate = await openGate(ground.url);
    await using show = await openShow({ ground: { ...ground, url: gate.url } });
    const outage = await sitOut(show, { begin: gate.shut, end: gate.open, lastsMs: AWAY_MS });
    expect({ otherwise: outage.otherwise, faults: outage.faults }).toEqual({ otherwise: [], faults: [] });
    expect(outage.refused).toBeGreaterThan(0);
    expect(outage.answers.filter((text) => !text.includes('Something went wrong on our side'))).toEqual([]);
    expect(outage.ackSlowestMs).toBeLessThan(3_000);
  },
  120_000,
);

test.skipIf(POSTGRES === undefined)(
  `PostgreSQL stands still: who asks waits or is told to come again, and nothing is lost (${WHY_NOT})`,
  async () => {
    const ground = await faultGround('postgres', POSTGRES);
    await using gate = await openGate(ground.url);
    await using show = await openShow({ ground: { ...ground, url: gate.url } });
    const outage = await sitOut(show, { begin: gate.freeze, end: gate.open, lastsMs: AWAY_MS });
    expect({ otherwise: outage.otherwise, faults: outage.faults }).toEqual({ otherwise: [], faults: [] });
    expect(outage.ackSlowestMs).toBeLessThan(3_000);
  },
  120_000,
);
