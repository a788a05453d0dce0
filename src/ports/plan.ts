import { z } from 'zod';
import { DROP_FORMATS } from '../domain/drop.ts';
import { REFUND_METHODS, RETURN_PAYERS } from '../domain/policy.ts';
import { ANNOUNCEMENT_KINDS } from '../domain/promotion.ts';
import { ACTIONS, PLATFORMS, PURPOSES, ROLES } from '../domain/team.ts';
import { SEVERITIES } from '../domain/threshold.ts';

const SLUG = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40');
const NAME = z.string().trim().min(1).max(100);
const SKU = z.string().trim().min(1).max(64).regex(/^\S+$/, 'a SKU without spaces');
const UNITS = z.number().int().min(0).max(10_000_000);
const DAY = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as YYYY-MM-DD, in quotes');
const WALL = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'a time as YYYY-MM-DDTHH:MM, in quotes');
const ZONE = z.string().min(1).max(60).refine(isZone, 'an IANA time zone such as Europe/London');
const CURRENCY = z.string().regex(/^[A-Z]{3}$/, 'a currency code such as USD');

const PersonPlan = z.strictObject({
  name: NAME,
  roles: z.array(z.union([z.enum(ROLES), z.strictObject({ role: z.enum(ROLES), drop: SLUG })])).default([]),
  accounts: z.partialRecord(z.enum(PLATFORMS), z.string().min(1).max(100)).default({}),
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

const SkuPlan = z.strictObject({
  name: NAME,
  count: UNITS.describe('Units on hand when the team starts tracking; later counts are made with /inventory count'),
  reserve: z
    .union([UNITS, z.string().regex(/^\d{1,2}(\.\d{1,2})?%$/, 'units, or a share such as "3%"')])
    .default(0)
    .describe('Units or a share of units received, rounded up, kept for replacements'),
  incoming: UNITS.default(0).describe('Units on their way'),
  price: z.number().min(0).max(1_000_000).multipleOf(0.01).optional(),
  thresholds: z.array(ThresholdPlan).max(10).optional().describe('Left out: 20 % routine, 5 units live, 0 and oversold critical'),
});

const BundlePlan = z.strictObject({
  name: NAME,
  of: z.record(SKU, z.number().int().min(1).max(1000)).describe('SKU: units in one bundle'),
  price: z.number().min(0).max(1_000_000).multipleOf(0.01).optional(),
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

/** A drop plan, as a YAML file holds it. Unknown keys are refused. */
export const Plan = z
  .strictObject({
    team: z.strictObject({
      id: SLUG,
      name: NAME,
      zone: ZONE,
      locale: z.string().min(2).max(20).default('en'),
      returns: z
        .enum(['hold', 'release'])
        .default('hold')
        .describe('Returned units wait to be looked at (hold), or go back on sale'),
    }),
    people: z.record(SLUG, PersonPlan),
    permissions: z
      .array(z.strictObject({ role: z.enum(ROLES), action: z.enum(ACTIONS), allowed: z.boolean() }))
      .default([])
      .describe('Edits to what a role may do'),
    channels: z.partialRecord(z.enum(PURPOSES), z.partialRecord(z.enum(PLATFORMS), z.string().min(1).max(100))).default({}),
    drop: z.strictObject({
      id: SLUG,
      name: NAME,
      format: z.enum(DROP_FORMATS),
      stream: WALL,
      zone: ZONE,
      currency: CURRENCY.optional(),
    }),
    skus: z.record(SKU, SkuPlan),
    bundles: z.record(SKU, BundlePlan).default({}),
    milestones: z.array(MilestonePlan).max(200).default([]),
    policy: PolicyPlan.optional(),
    announcements: z.array(AnnouncementPlan).max(100).default([]),
  })
  .superRefine((plan, context) => {
    for (const [bundle, { of }] of Object.entries(plan.bundles)) {
      if (Object.keys(of).length === 0)
        context.addIssue({ code: 'custom', path: ['bundles', bundle, 'of'], message: 'at least one SKU' });
      if (bundle in plan.skus) context.addIssue({ code: 'custom', path: ['bundles', bundle], message: 'also the name of a SKU' });
      for (const sku of Object.keys(of)) {
        if (!(sku in plan.skus))
          context.addIssue({ code: 'custom', path: ['bundles', bundle, 'of', sku], message: 'a SKU listed under skus' });
      }
    }
    for (const [index, { owner }] of plan.milestones.entries()) {
      if (!(owner in plan.people) && !ROLES.some((role) => role === owner)) {
        context.addIssue({
          code: 'custom',
          path: ['milestones', index, 'owner'],
          message: `a person under people, or one of ${ROLES.join(', ')}`,
        });
      }
    }
    for (const [index, { skus }] of plan.announcements.entries()) {
      for (const sku of skus) {
        if (!(sku in plan.skus) && !(sku in plan.bundles)) {
          context.addIssue({
            code: 'custom',
            path: ['announcements', index, 'skus'],
            message: `${sku} is not listed under skus or bundles`,
          });
        }
      }
    }
    if (!Object.values(plan.people).some(({ roles }) => roles.includes('founder'))) {
      context.addIssue({ code: 'custom', path: ['people'], message: 'at least one person with the role founder' });
    }
  });
export type Plan = z.output<typeof Plan>;

function isZone(zone: string): boolean {
  // Intl also takes offsets such as +01:00, which have no daylight saving: not what a team means by its zone.
  if (/^[+-]/.test(zone) || !Intl.supportedValuesOf('timeZone').concat('UTC').includes(zone)) {
    return /^[A-Z][A-Za-z_]+\/[A-Za-z_/+-]+$/.test(zone) && accepted(zone);
  }
  return true;
}

function accepted(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}
