import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { columnsOf } from '../../src/chat/console/layout.ts';
import { LINES_MAX } from '../../src/chat/console/limits.ts';
import { readCommand } from '../../src/chat/grammar.ts';
import { exampleOf, usage } from '../../src/words/usage.ts';
import { drawn, inputFor, openStage, SPEAKERS, type Speaker, type Stage } from './stage.ts';

const EVERYONE = SPEAKERS;
const MEMBERS = SPEAKERS.filter((speaker) => speaker !== 'public');
const PLANNERS: readonly Speaker[] = ['founder', 'producer', 'ops-lead'];
const STOCK: readonly Speaker[] = ['founder', 'fulfilment'];
const RUNNERS: readonly Speaker[] = ['founder', 'producer'];
const PAUSERS: readonly Speaker[] = ['founder', 'producer', 'ops-lead', 'fulfilment'];

// Who may run what, written out from the roles in the product's description: not computed from the rule it tests.
const MAY: Readonly<Record<string, readonly Speaker[]>> = {
  stock: EVERYONE,
  policy: EVERYONE,
  help: EVERYONE,
  link: EVERYONE,
  home: MEMBERS,
  pings: MEMBERS,
  timeline: MEMBERS,
  'drop show': MEMBERS,
  'drop list': MEMBERS,
  'drop use': MEMBERS,
  'drop start': RUNNERS,
  'drop end': RUNNERS,
  'milestone list': MEMBERS,
  'milestone add': PLANNERS,
  'milestone done': MEMBERS,
  'milestone move': MEMBERS,
  'milestone assign': PLANNERS,
  'milestone snooze': MEMBERS,
  'milestone reopen': MEMBERS,
  'inventory receive': STOCK,
  'inventory ship': STOCK,
  'inventory count': STOCK,
  'inventory adjust': STOCK,
  'inventory reserve': STOCK,
  'inventory threshold': STOCK,
  'inventory drift': STOCK,
  pause: PAUSERS,
  undo: PAUSERS,
  resume: RUNNERS,
  'alert ack': PAUSERS,
  'alert snooze': PAUSERS,
  'alert dismiss': PAUSERS,
  'alert test': PAUSERS,
  'team list': MEMBERS,
  'team grant': ['founder'],
  'team revoke': ['founder'],
  'team link': ['founder'],
  'team unlink': ['founder'],
  'team channel': ['founder'],
  'showcaller health': MEMBERS,
};

const LONG = 'Æ'.repeat(100);
const many = Array.from({ length: 60 }, (_, at) => `SKU-${String(at).padStart(2, '0')}-${'W'.repeat(57)}`);
const PLANS = {
  'a drop of one SKU': { skus: { PIN: { name: 'Pin', count: 1 } }, bundles: {} },
  'a drop of 60 SKUs with the longest names': {
    skus: Object.fromEntries(many.map((sku, at) => [sku, { name: LONG, count: at, reserve: 1, price: 999_999.99 }])),
    bundles: { [`BOX-${'W'.repeat(60)}`]: { name: LONG, of: Object.fromEntries(many.map((sku) => [sku, 1])), price: 1_000_000 } },
    drop: {
      id: 'd'.repeat(40),
      name: LONG,
      format: 'hero',
      stream: '2027-01-29T19:00',
      zone: 'America/New_York',
      currency: 'USD',
    },
    milestones: Array.from({ length: 100 }, (_, at) => ({
      name: `${at} ${LONG}`.slice(0, 100),
      due: '2027-01-20',
      owner: 'priya',
    })),
  },
} as const;
const SKU_OF = { 'a drop of one SKU': 'PIN', 'a drop of 60 SKUs with the longest names': many[1] ?? '' } as const;

test('the list names every command once, and the table of the sweep knows it', () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.toSorted()).toEqual(Object.keys(MAY).toSorted());
});

test.each(COMMANDS.map((command) => [command.name, command] as const))('/%s is described within limits', (name, command) => {
  expect(name).toMatch(/^[a-z]+( [a-z]+)?$/);
  expect(command.summary.length).toBeLessThanOrEqual(100);
  const options = Object.entries(command.options);
  expect(options.length).toBeLessThanOrEqual(25);
  for (const [key, { label }] of options) {
    expect(key).toMatch(/^[a-z]{1,32}$/);
    expect(label.length).toBeLessThanOrEqual(100);
  }
  // Discord wants what is required first.
  const firstOptional = options.findIndex(([, { required }]) => !required);
  expect(options.slice(firstOptional < 0 ? options.length : firstOptional).some(([, { required }]) => required)).toBe(false);
  expect(usage(command).startsWith(`/${name}`)).toBe(true);
  expect(readCommand(exampleOf(command), COMMANDS)).toMatchObject({ kind: 'input', command: { name } });
});

describe.each(Object.keys(PLANS) as (keyof typeof PLANS)[])('%s', (plan) => {
  let stage: Stage;
  let known: Record<string, string>;
  beforeAll(async () => {
    stage = await openStage(PLANS[plan]);
    const team = stage.store.team('night-market');
    const [drop] = await team.drops.list();
    const [milestone] = await team.milestones.list({ dropId: drop?.id ?? null, nowMs: 0 });
    const sku = SKU_OF[plan];
    known = { sku, alert: sku, person: 'zoe', drop: drop?.id ?? '', milestone: milestone?.id ?? '', command: 'stock' };
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  describe.each(SPEAKERS)('as %s', (speaker) => {
    test.each(COMMANDS.map((command) => [command.name, command] as const))('/%s', async (name, command) => {
      const may = MAY[name]?.includes(speaker) === true;
      const before = may ? null : await stage.rows();
      for (const which of ['all', 'required'] as const) {
        const reply = await stage.ask(speaker, { kind: 'typed', name, input: inputFor(command, known, which) });
        const { message } = reply;
        expect(stage.faults()).toEqual([]);
        expect(message.summary).toMatch(/^\S[^\n\r]{0,149}$/u);
        expect(message.mentions).toEqual([]);
        for (const width of [40, 100, 120]) {
          const lines = drawn(reply, width);
          expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(width);
          expect(lines.length).toBeLessThanOrEqual(LINES_MAX + 8); // the headline wraps on a narrow screen
        }
        const refused = /^You need the role founder.* Maya|^Only members of the team may .* Maya can add you/.test(
          message.summary,
        );
        expect(refused).toBe(!may);
        expect(reply.buttonIds.length === 0 || may).toBe(true);
      }
      expect(before === null ? null : await stage.rows()).toEqual(before);
    });
  });

  test('/stock says what it left out', async () => {
    const text = drawn(await stage.ask('founder', { kind: 'text', text: '/stock' }), 100).join('\n');
    expect(text.includes('and 30 more rows, left out here')).toBe(plan !== 'a drop of one SKU');
  });
});
