import { choice, type CommandContext, defineCommand, text, whole } from '../src/ports/command.ts';
import type { Actor } from '../src/domain/team.ts';
import { SEVERITIES, THRESHOLD_UNITS } from '../src/domain/threshold.ts';
import { refuse } from '../src/ports/message.ts';
import { driftAnswer } from '../src/words/drift.ts';
import { unknownSku } from '../src/words/refusal.ts';
import { stockChanged, thresholdsAnswer } from '../src/words/stock-change.ts';

const UNITS_MAX = 1_000_000;
const VALUE_BOUNDS = { units: [0, 10_000_000], percent: [1, 99], minutes: [1, 600] } as const;

const sku = text('Which item', { charsMax: 64, suggest: 'sku' });
const why = text('Why', { charsMax: 300, required: false });

export const inventoryReceive = defineCommand({
  name: 'inventory receive',
  summary: 'Goods arrived: add them, the reserve taking its share',
  may: 'stock.adjust',
  options: { sku, units: whole('How many', { min: 1, max: UNITS_MAX }), reason: why },
  async run({ sku, units, reason = null }, context) {
    return stockChanged('receive', await context.store.stock.receive({ sku, units, reason, ...asking(context) }));
  },
});

export const inventoryShip = defineCommand({
  name: 'inventory ship',
  summary: 'Goods for orders left, where no shop tells us',
  may: 'stock.adjust',
  options: { sku, units: whole('How many', { min: 1, max: UNITS_MAX }), reason: why },
  async run({ sku, units, reason = null }, context) {
    return stockChanged('ship', await context.store.stock.ship({ sku, units, reason, ...asking(context) }));
  },
});

export const inventoryCount = defineCommand({
  name: 'inventory count',
  summary: 'Set what is on hand to what you counted',
  may: 'stock.adjust',
  options: { sku, units: whole('How many you counted', { min: 0, max: UNITS_MAX }), reason: why },
  async run({ sku, units: countedUnits, reason = null }, context) {
    return stockChanged('count', await context.store.stock.count({ sku, countedUnits, reason, ...asking(context) }));
  },
});

export const inventoryAdjust = defineCommand({
  name: 'inventory adjust',
  summary: 'Correct what is on hand by so many, with the reason',
  may: 'stock.adjust',
  options: {
    sku,
    units: whole('How many more; with a minus, how many fewer', { min: -UNITS_MAX, max: UNITS_MAX }),
    reason: text('Why', { charsMax: 300 }),
  },
  async run({ sku, units, reason }, context) {
    if (units === 0) return refuse('Correcting by 0 changes nothing. Nothing was changed.');
    return stockChanged('adjust', await context.store.stock.adjust({ sku, units, reason, ...asking(context) }));
  },
});

export const inventoryReserve = defineCommand({
  name: 'inventory reserve',
  summary: 'Keep units back for replacements; with a minus, give some back',
  may: 'stock.adjust',
  options: { sku, units: whole('How many', { min: -UNITS_MAX, max: UNITS_MAX }), reason: why },
  async run({ sku, units, reason = null }, context) {
    if (units === 0) return refuse('Keeping 0 back changes nothing. Nothing was changed.');
    return stockChanged('reserve', await context.store.stock.reserve({ sku, units, reason, ...asking(context) }));
  },
});

export const inventoryThreshold = defineCommand({
  name: 'inventory threshold',
  summary: 'When an item alerts: show, set, change or take away',
  may: 'stock.adjust',
  options: {
    sku,
    value: whole('At how many; left out: show them', { min: 0, max: 10_000_000, required: false }),
    unit: choice('Of what; left out: units', THRESHOLD_UNITS, { required: false }),
    severity: choice('How grave; left out: live', SEVERITIES, { required: false }),
    replaces: text('The threshold it replaces, such as units:5; without a number, that one is taken away', {
      charsMax: 40,
      required: false,
    }),
  },
  async run({ sku, value = null, unit = 'units', severity = 'live', replaces = null }, context) {
    const { store, nowMs } = context;
    if (value === null && replaces === null) {
      const board = await store.stock.board({ sku, nowMs });
      if (board.kind === 'unknown-sku') return unknownSku(board);
      const [only] = [...board.items, ...board.bundles];
      return thresholdsAnswer(only?.sku ?? sku, only?.thresholds ?? [], `${only?.sku ?? sku} alerts at these.`);
    }
    const [least, most] = VALUE_BOUNDS[unit];
    if (value !== null && (value < least || value > most)) {
      return refuse(`A threshold in ${unit} goes from ${least} to ${most}. Nothing was changed.`);
    }
    const answer = await store.stock.threshold({ sku, unit, value, replaces, severity, ...asking(context) });
    if (answer.kind === 'unknown-sku') return unknownSku(answer);
    if (answer.kind === 'done') return thresholdsAnswer(answer.sku, answer.thresholds, `${answer.sku} now alerts at these.`);
    const lead = `${answer.sku} has no threshold ${replaces ?? unit} that can be changed. Nothing was changed.`;
    return { ...thresholdsAnswer(answer.sku, answer.thresholds, lead), tone: 'refusal' };
  },
});

export const inventoryDrift = defineCommand({
  name: 'inventory drift',
  summary: 'What the shop says it has, held against our books',
  may: 'stock.adjust',
  options: {},
  async run(_input, { store, nowMs }) {
    return driftAnswer(await store.counts.lines({ nowMs, driftingOnly: false }), nowMs);
  },
});

function asking({ requestKey, actor, nowMs }: CommandContext): {
  readonly key: string;
  readonly by: Actor;
  readonly nowMs: number;
} {
  if (actor === null) throw new Error('only members change stock'); // the dispatcher has refused everybody else
  return { key: requestKey, by: actor, nowMs };
}
