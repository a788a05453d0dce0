import { expect } from 'vitest';
import type { Policy } from '../../../src/domain/policy.ts';
import { NOW, seeded, type MAYA } from '../../support/plan.ts';
import { everything } from '../../support/rows.ts';
import type { Rules } from '../contract.ts';

const SAM: typeof MAYA = { personId: 'sam', place: { platform: 'console', channel: 'team' } };
const POLICY: Policy = {
  windowDays: 14,
  windowFrom: 'order',
  condition: 'unopened',
  refundMethod: 'store-credit',
  refundWithinDays: 5,
  whoPays: 'buyer',
  restrictions: ['gift cards'],
  faulty: 'We replace it.',
  shipping: 'In two days.',
  sizing: null,
  contact: null,
};

export const policyRules: Rules = {
  'policies are published one version after another, and the last is in force': async (ground) => {
    const { policy, audit } = ground.store.team(ground.teamId);
    await seeded(ground);
    expect(await policy.current()).toBeNull();
    const first = { version: 1, policy: POLICY, publishedAtMs: NOW + 1 };
    expect(await policy.publish({ policy: POLICY, key: 'a', by: SAM, nowMs: NOW + 1 })).toEqual(first);
    const longer = { ...POLICY, windowDays: 30 };
    expect(await policy.publish({ policy: longer, key: 'b', by: SAM, nowMs: NOW + 2 })).toMatchObject({ version: 2 });
    expect(await policy.current()).toEqual({ version: 2, policy: longer, publishedAtMs: NOW + 2 });
    const entries = await audit.list({ fromSeq: 2, limit: 5 });
    expect(entries.map(({ personId, action, target, before, after }) => ({ personId, action, target, before, after }))).toEqual([
      { personId: 'sam', action: 'policy.publish', target: 'policy:1', before: null, after: POLICY },
      { personId: 'sam', action: 'policy.publish', target: 'policy:2', before: POLICY, after: longer },
    ]);
  },

  'a policy published twice by one request is one version': async (ground) => {
    const { policy } = ground.store.team(ground.teamId);
    await seeded(ground);
    await policy.publish({ policy: POLICY, key: 'a', by: SAM, nowMs: NOW + 1 });
    const before = await everything(ground);
    expect(await policy.publish({ policy: POLICY, key: 'a', by: SAM, nowMs: NOW + 9 })).toMatchObject({ publishedAtMs: NOW + 1 });
    expect(await everything(ground)).toEqual(before);
  },
};
