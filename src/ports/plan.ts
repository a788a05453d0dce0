import { z } from 'zod';
import { DROP_FORMATS } from '../domain/drop.ts';
import { REFUND_METHODS, RETURN_PAYERS } from '../domain/policy.ts';
import { ANNOUNCEMENT_KINDS } from '../domain/promotion.ts';
import { ACTIONS, PLATFORMS, PURPOSES, ROLES } from '../domain/team.ts';
import { SEVERITIES } from '../domain/threshold.ts';
import { isZone, parseDay } from '../domain/time.ts';

const SLUG = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40');
const NAME = z.string().trim().min(1).max(100);
// `*` is every promotion at once, and `__proto__` is not a key JavaScript keeps.
const SKU = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^(?!\*$|__proto__$)\S+$/, 'a SKU: at most 64 characters, no spaces, not *');
const UNITS = z.number().int().min(0).max(10_000_000);
const PRICE = z.number().min(0).max(1_000_000).refine(hasCents, 'a price with at most two decimals');
const DAY = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as YYYY-MM-DD, such as "2027-01-29"')
  .refine((day) => parseDay(day) !== null, 'a day that is in the calendar');
const WALL = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'a time as YYYY-MM-DDTHH:MM, such as "2027-01-29T19:00"')
  .refine(isWall, 'a time that is in the calendar, from 00:00 to 23:59');
const ZONE = z.string().min(1).max(60).refine(isZone, 'an IANA time zone such as Europe/London');
const CURRENCY = z.string().regex(/^[A-Z]{3}$/, 'a currency code such as USD');

const PersonPlan = z.strictObject({
  name: NAME,
  roles: z
    .array(
      z.union([z.enum(ROLES), z.strictObject({ role: z.enum(ROLES), drop: SLUG })], {
        error: `one of ${ROLES.join(', ')}, or { role: …, drop: … } for one drop`,
      }),
    )
    .default([])
    .describe('What this person may do; a role may be held for one drop only'),
  accounts: z
    .partialRecord(z.enum(PLATFORMS), z.string().min(1).max(100))
    .default({})
    .describe('The account this person uses on each platform'),
});

const ThresholdPlan = z
  .strictObject({
    units: UNITS.optional().describe('Alert at this many units left'),
    percent: z.number().int().min(1).max(99).optional().describe('Alert at this share of sellable units'),
    minutes: z.number().int().min(1).max(600).optional().describe('Alert when about this many minutes of stock are left'),
    severity: z.enum(SEVERITIES).default('live'),
  })
  .refine(({ units, percent, minutes }) => [units, percent, minutes].filter((v) => v !== undefined).length === 1, {
    message: 'exactly one of units, percent or minutes',
  });

const RESERVE = 'whole units, or a share such as 3%';

const SkuPlan = z.strictObject({
  name: NAME,
  count: UNITS.describe('Units on hand when the team starts tracking; later counts are made with /inventory count'),
  reserve: z
    .union([UNITS, z.string().regex(/^\d{1,2}(\.\d{1,2})?%$/, RESERVE)], { error: RESERVE })
    .default(0)
    .describe('Units or a share of units received, rounded up, kept for replacements'),
  incoming: UNITS.default(0).describe('Units on their way'),
  price: PRICE.optional(),
  thresholds: z.array(ThresholdPlan).max(10).optional().describe('Left out: 20 % routine, 5 units live, 0 and oversold critical'),
});

const BundlePlan = z.strictObject({
  name: NAME,
  of: z.record(SKU, z.number().int().min(1).max(1000)).describe('SKU: units in one bundle'),
  price: PRICE.optional(),
  thresholds: z.array(ThresholdPlan).max(10).optional(),
});

const MilestonePlan = z.strictObject({
  name: NAME,
  due: DAY,
  owner: z.string().min(1).max(60).describe('A person id or a role'),
  done: z.boolean().default(false),
});

const PolicyPlan = z.strictObject({
  window_days: z.number().int().min(0).max(365),
  window_from: z.enum(['delivery', 'order']).default('delivery'),
  condition: z.string().min(1).max(300),
  refund_method: z.enum(REFUND_METHODS),
  refund_within_days: z.number().int().min(1).max(90),
  who_pays: z.enum(RETURN_PAYERS),
  restrictions: z.array(z.string().min(1).max(200)).max(20).default([]),
  faulty: z.string().min(1).max(500),
  shipping: z.string().min(1).max(500).optional(),
  sizing: z.string().min(1).max(1000).optional(),
  contact: z.string().min(1).max(200).optional(),
});

const AnnouncementPlan = z.strictObject({
  id: SLUG,
  kind: z.enum(ANNOUNCEMENT_KINDS),
  at: WALL,
  text: z.string().min(1).max(1500),
  channels: z.array(z.enum(PURPOSES)).min(1).default(['community']),
  skus: z.array(SKU).max(60).default([]).describe('Left out: the whole drop'),
});

const TeamPlan = z.strictObject({
  id: SLUG.describe('Never changes; part of the webhook addresses'),
  name: NAME,
  zone: ZONE.describe('Whose mornings and midnights the team lives by'),
  locale: z.string().min(2).max(20).default('en'),
  returns: z.enum(['hold', 'release']).default('hold').describe('Returned units wait to be looked at (hold), or go back on sale'),
});

const DropPlan = z.strictObject({
  id: SLUG,
  name: NAME,
  format: z.enum(DROP_FORMATS),
  stream: WALL.describe('When the stream starts, on the clocks of `zone`'),
  zone: ZONE,
  currency: CURRENCY.optional(),
});

const Fields = z.strictObject({
  team: TeamPlan,
  people: z.record(SLUG, PersonPlan).describe('Everybody on the team, by a short id'),
  permissions: z
    .array(z.strictObject({ role: z.enum(ROLES), action: z.enum(ACTIONS), allowed: z.boolean() }))
    .default([])
    .describe('Edits to what a role may do'),
  channels: z
    .partialRecord(z.enum(PURPOSES), z.partialRecord(z.enum(PLATFORMS), z.string().min(1).max(100)))
    .default({})
    .describe('Where each kind of message goes'),
  drop: DropPlan,
  skus: z.record(SKU, SkuPlan).describe('Everything sold by the piece, by SKU, exactly as the shop writes it'),
  bundles: z.record(SKU, BundlePlan).default({}).describe('Sets made of SKUs, sold under a SKU of their own'),
  milestones: z.array(MilestonePlan).max(200).default([]).describe('Dated steps, each with one owner'),
  policy: PolicyPlan.optional().describe('The returns policy; /policy and every surface speak from it'),
  announcements: z.array(AnnouncementPlan).max(100).default([]).describe('Promotion posted on time, unless paused'),
});

/** A drop plan, as a YAML file holds it. Unknown keys are refused. */
export const Plan = Fields.superRefine((plan, context) => {
  const expect = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  expectPeople(plan, expect);
  expectGoods(plan, expect);
  expectDates(plan, expect);
});
export type Plan = z.output<typeof Plan>;

type Fields = z.output<typeof Fields>;
type ThresholdFields = z.output<typeof ThresholdPlan>;
type Expect = (path: (string | number)[], message: string) => void;

function expectPeople({ people }: Fields, expect: Expect): void {
  if (!Object.values(people).some(({ roles }) => roles.includes('founder'))) {
    expect(['people'], 'at least one person with the role founder');
  }
  const holders = new Map<string, string>();
  for (const [personId, { accounts }] of Object.entries(people)) {
    for (const [platform, account] of Object.entries(accounts)) {
      const holder = holders.get(`${platform} ${account}`);
      if (holder !== undefined) expect(['people', personId, 'accounts', platform], `an account of their own: ${holder} has it`);
      else holders.set(`${platform} ${account}`, personId);
    }
  }
}

function expectGoods({ skus, bundles }: Fields, expect: Expect): void {
  for (const [bundle, { of }] of Object.entries(bundles)) {
    if (Object.keys(of).length === 0) expect(['bundles', bundle, 'of'], 'at least one SKU');
    if (Object.hasOwn(skus, bundle)) expect(['bundles', bundle], 'a SKU of its own: it is listed under skus too');
    for (const sku of Object.keys(of)) {
      if (!Object.hasOwn(skus, sku)) expect(['bundles', bundle, 'of', sku], 'a SKU listed under skus');
    }
  }
  expectDistinctThresholds('skus', skus, expect);
  expectDistinctThresholds('bundles', bundles, expect);
}

function expectDistinctThresholds(kind: string, items: Fields['skus'] | Fields['bundles'], expect: Expect): void {
  for (const [sku, { thresholds = [] }] of Object.entries<{ thresholds?: readonly ThresholdFields[] | undefined }>(items)) {
    const limits = thresholds.map(({ units, percent, minutes }) => JSON.stringify({ units, percent, minutes }));
    for (const [index, limit] of limits.entries()) {
      if (limits.indexOf(limit) < index) expect([kind, sku, 'thresholds', index], 'a limit that is not listed above already');
    }
  }
}

function expectDates({ people, skus, bundles, milestones, announcements }: Fields, expect: Expect): void {
  for (const [index, { name, owner }] of milestones.entries()) {
    if (!Object.hasOwn(people, owner) && !ROLES.some((role) => role === owner)) {
      expect(['milestones', index, 'owner'], `a person under people, or one of ${ROLES.join(', ')}`);
    }
    if (milestones.findIndex((other) => other.name === name) < index) {
      expect(['milestones', index, 'name'], 'a name no other milestone has');
    }
  }
  for (const [index, { id, skus: named }] of announcements.entries()) {
    if (announcements.findIndex((other) => other.id === id) < index) {
      expect(['announcements', index, 'id'], 'an id no other announcement has');
    }
    for (const [at, sku] of named.entries()) {
      if (!Object.hasOwn(skus, sku) && !Object.hasOwn(bundles, sku)) {
        expect(['announcements', index, 'skus', at], 'a SKU listed under skus or bundles');
      }
    }
  }
}

function hasCents(price: number): boolean {
  return Math.abs(price * 100 - Math.round(price * 100)) < 1e-6;
}

function isWall(wall: string): boolean {
  return parseDay(wall.slice(0, 10)) !== null && /^([01]\d|2[0-3]):[0-5]\d$/.test(wall.slice(11));
}
