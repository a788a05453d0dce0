import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planJsonSchema, readPlan } from '../../src/intake/plan-file.ts';
import type { Plan } from '../../src/ports/plan.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url).pathname;
const HOODIES = readFileSync(`${EXAMPLES}hoodie-run.yaml`, 'utf8');

const SMALL = `team:
  id: moth
  name: Moth
  zone: Europe/London
people:
  maya: { name: Maya, roles: [founder] }
drop:
  id: one
  name: One
  format: limited
  stream: 2027-01-29T19:00
  zone: Europe/London
skus:
  PIN:
    name: Pin
    count: 10
`;

function planOf(text: string): Plan {
  const reading = readPlan(text, 'plan.yaml');
  if (reading.kind === 'faulty') throw new Error(JSON.stringify(reading.faults));
  return reading.plan;
}

function faultsOf(text: string): readonly string[] {
  const reading = readPlan(text, 'plan.yaml');
  if (reading.kind === 'plan') return [];
  return reading.faults.map(({ file, line, column, path, message }) => `${file}:${line}:${column} ${path}: ${message}`);
}

describe('the sample', () => {
  test('is a plan with everybody in a role', () => {
    const plan = planOf(HOODIES);
    const roles = Object.values(plan.people).flatMap((person) => person.roles);
    expect(roles).toEqual(['founder', 'producer', 'host', 'ops-lead', 'fulfilment', 'support']);
    expect(Object.entries(plan.people).map(([id, { accounts }]) => [id, accounts.console])).toEqual(
      ['maya', 'priya', 'hugo', 'olga', 'finn', 'sam'].map((id) => [id, id]),
    );
    expect(plan.channels).toEqual({
      team: { console: 'team' },
      alerts: { console: 'alerts' },
      host: { console: 'host' },
      community: { console: 'community' },
    });
    expect(plan.drop).toMatchObject({ stream: '2027-01-29T19:00', zone: 'America/New_York', format: 'limited' });
    expect(plan.bundles['BOX']?.of).toEqual({ 'HOODIE-M': 1, PIN: 2, STICKERS: 1 });
    expect(plan.skus['HOODIE-L']?.thresholds?.map(({ units, percent, minutes }) => units ?? percent ?? minutes)).toEqual([
      25, 10, 6, 0,
    ]);
    expect(plan.milestones).toHaveLength(16);
    expect(plan.announcements.map(({ kind }) => kind)).toEqual(['teaser', 'hard', 'hard', 'hard']);
  });

  test('names the schema its editor checks it with, and that schema is the one in use', () => {
    for (const file of ['hoodie-run.yaml', 'uci-plan.yaml']) {
      expect(readFileSync(EXAMPLES + file, 'utf8').split('\n')[0]).toBe(
        '# yaml-language-server: $schema=./drop-plan.schema.json',
      );
    }
    const kept: unknown = JSON.parse(readFileSync(`${EXAMPLES}drop-plan.schema.json`, 'utf8'));
    // Out of step? node examples/make-schema.ts > examples/drop-plan.schema.json && npx oxfmt examples/drop-plan.schema.json
    expect(kept).toEqual(JSON.parse(JSON.stringify(planJsonSchema())));
  });

  test('the plan for the real orders reads', () => {
    const plan = planOf(readFileSync(`${EXAMPLES}uci-plan.yaml`, 'utf8'));
    expect(Object.entries(plan.skus).map(([sku, { count }]) => [sku, count])).toEqual([
      ['22086', 3500],
      ['23084', 7600],
      ['85123A', 1378],
    ]);
  });
});

describe('what is written is what is meant', () => {
  test('SKUs of digits stay as they are written, quoted or not', () => {
    const text = SMALL.replace('  PIN:', '  0042:') + 'bundles:\n  1e3: { name: Set, of: { 0042: 2 } }\n';
    const plan = planOf(`${text}announcements:\n  - { id: a, kind: hard, at: 2027-01-29T18:00, text: Now, skus: [0042, 1e3] }\n`);
    expect(Object.keys(plan.skus)).toEqual(['0042']);
    expect(plan.bundles['1e3']?.of).toEqual({ '0042': 2 });
    expect(plan.announcements[0]?.skus).toEqual(['0042', '1e3']);
  });

  test('days and times may be quoted or not', () => {
    expect(planOf(SMALL.replace('2027-01-29T19:00', '"2027-01-29T19:00"'))).toEqual(planOf(SMALL));
  });

  test('CRLF and a byte order mark change nothing', () => {
    expect(planOf(`\uFEFF${SMALL.replaceAll('\n', '\r\n')}`)).toEqual(planOf(SMALL));
  });
});

const FAULTS: Readonly<Record<string, readonly [from: string, to: string, fault: string]>> = {
  'a word instead of a number': ['count: 10', 'count: ten', '16:12 skus.PIN.count: expected a number, not "ten"'],
  'half a unit': ['count: 10', 'count: 1.5', '16:12 skus.PIN.count: expected a whole number, not 1.5'],
  'less than nothing': ['count: 10', 'count: -1', '16:12 skus.PIN.count: expected at least 0, not -1'],
  'a number for a name': ['name: Pin', 'name: 7', '15:11 skus.PIN.name: expected text (put quotes around a number), not 7'],
  'a key left out': ['  format: limited\n', '', '7:1 drop.format: missing: expected one of hero, bundle, limited, pre-order'],
  'a key nearly right': ['count: 10', 'count: 10\n    reserv: 1', '17:5 skus.PIN.reserv: unknown key. Did you mean reserve?'],
  'a key nobody knows': [
    'zone: Europe/London\npeople',
    'zone: Europe/London\n  motto: x\npeople',
    '5:3 team.motto: unknown key; expected one of id, name, zone, locale, returns',
  ],
  'a word nearly right': [
    'format: limited',
    'format: limitd',
    '10:11 drop.format: expected one of hero, bundle, limited, pre-order, not "limitd". Did you mean limited?',
  ],
  'no such day': [
    '2027-01-29T',
    '2027-02-29T',
    '11:11 drop.stream: expected a time that is in the calendar, from 00:00 to 23:59',
  ],
  'a day where a time belongs': [
    '2027-01-29T19:00',
    '2027-01-29',
    '11:11 drop.stream: expected a time as YYYY-MM-DDTHH:MM, such as "2027-01-29T19:00", not "2027-01-29"',
  ],
  'an offset for a zone': [
    'zone: Europe/London\nskus',
    'zone: +01:00\nskus',
    '12:9 drop.zone: expected an IANA time zone such as Europe/London',
  ],
  'an abbreviation for a zone': [
    'zone: Europe/London\nskus',
    'zone: EST\nskus',
    '12:9 drop.zone: expected an IANA time zone such as Europe/London',
  ],
  'nobody who may do everything': ['[founder]', '[host]', '5:1 people: expected at least one person with the role founder'],
  'a role nobody has heard of': [
    '[founder]',
    '[boss]',
    '6:31 people.maya.roles.0: expected one of founder, producer, host, ops-lead, fulfilment, support, or { role: …, drop: … } for one drop, not "boss"',
  ],
  'a share that is none': [
    'count: 10',
    'count: 10\n    reserve: 3 percent',
    '17:14 skus.PIN.reserve: expected whole units, or a share such as 3%, not "3 percent"',
  ],
  'a threshold of two kinds': [
    'count: 10',
    'count: 10\n    thresholds: [{ units: 1, percent: 5 }]',
    '17:18 skus.PIN.thresholds.0: expected exactly one of units, percent or minutes',
  ],
  'a threshold twice': [
    'count: 10',
    'count: 10\n    thresholds: [{ units: 1 }, { units: 1, severity: critical }]',
    '17:32 skus.PIN.thresholds.1: expected a limit that is not listed above already',
  ],
  'a price with three decimals': [
    'count: 10',
    'count: 10\n    price: 1.005',
    '17:12 skus.PIN.price: expected a price with at most two decimals',
  ],
  'every promotion as a SKU': [
    '  PIN:',
    '  "*":',
    '14:3 skus.*: expected as a name a SKU: at most 64 characters, no spaces, not *',
  ],
  'a bundle of what is not sold': [
    'count: 10\n',
    'count: 10\nbundles:\n  BOX: { name: Box, of: { PINN: 1 } }\n',
    '18:33 bundles.BOX.of.PINN: expected a SKU listed under skus',
  ],
  'a bundle named like a SKU': [
    'count: 10\n',
    'count: 10\nbundles:\n  PIN: { name: Box, of: { PIN: 1 } }\n',
    '18:3 bundles.PIN: expected a SKU of its own: it is listed under skus too',
  ],
  'an owner who is not on the team': [
    'count: 10\n',
    'count: 10\nmilestones:\n  - { name: Launch, due: 2027-01-29, owner: may }\n',
    '18:45 milestones.0.owner: expected a person under people, or one of founder, producer, host, ops-lead, fulfilment, support',
  ],
  'one account for two': [
    'roles: [founder] }',
    'roles: [founder], accounts: { console: m } }\n  sam: { name: Sam, accounts: { console: m } }',
    '7:42 people.sam.accounts.console: expected an account of their own: maya has it',
  ],
  'a tab': ['  PIN:', '\tPIN:', '14:1 : expected spaces at the start of the line; there is a tab'],
  'a key twice': ['count: 10', 'count: 10\n    count: 11', '17:5 : this key is here twice; keep one of them'],
};

describe('a fault names its line and what was expected', () => {
  test.each(Object.entries(FAULTS))('%s', (_, [from, to, fault]) => {
    expect(SMALL).toContain(from);
    expect(faultsOf(SMALL.replace(from, to))).toEqual([`plan.yaml:${fault}`]);
  });

  test('all faults together, in the order of the file', () => {
    const text = SMALL.replace('Europe/London\npeople', 'London\npeople')
      .replace('limited', 'big')
      .replace('count: 10', 'count: 10\n    reserv: 1');
    expect(faultsOf(text).map((fault) => fault.split(' ')[0])).toEqual(['plan.yaml:4:9', 'plan.yaml:10:11', 'plan.yaml:17:5']);
  });

  test.each([
    ['', 'the file is empty; examples/hoodie-run.yaml shows what a plan looks like'],
    ['- a\n', 'expected a block of keys, not a list'],
    ['['.repeat(100_000), 'blocks inside blocks, far too deep'],
    [`${SMALL}# ${'x'.repeat(1024 * 1024)}`, 'the file is larger than 1 MiB, the most a plan may be'],
    [
      `a: &a [1, 1]\nb: &b [${'*a, '.repeat(20)}1]\nc: &c [${'*b, '.repeat(20)}1]\nd: [${'*c, '.repeat(20)}1]\n`,
      'at most 50 uses of YAML anchors (&name, *name)',
    ],
  ])('a file that is no plan is refused whole', (text, message) => {
    const reading = readPlan(text, 'plan.yaml');
    expect(reading.kind === 'faulty' && reading.faults.map((fault) => fault.message)).toEqual([message]);
  });
});
