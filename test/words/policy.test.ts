import { describe, expect, test } from 'vitest';
import { POLICY_TOPICS, REFUND_METHODS, RETURN_PAYERS, type Policy } from '../../src/domain/policy.ts';
import type { Telling } from '../../src/ports/message.ts';
import { policyAnswer, policyPost, showPolicyHere, topicWords } from '../../src/words/policy.ts';

const TELLING: Telling = { locale: 'en', zone: 'America/New_York', nameOf: (id) => (id === 'sam' ? 'Sam' : 'someone who left') };

const POLICY: Policy = {
  windowDays: 30,
  windowFrom: 'delivery',
  condition: 'unworn, with the tags on',
  refundMethod: 'original-payment',
  refundWithinDays: 7,
  whoPays: 'seller-if-faulty',
  restrictions: ['opened pins', 'the box only as a whole.'],
  faulty: 'Send us a photo and we replace it',
  shipping: null,
  sizing: null,
  contact: 'help@nightmarket.example',
};
// 02:00 UTC is still the evening before in New York.
const VERSION = { version: 3, policy: POLICY, publishedAtMs: Date.UTC(2027, 0, 16, 2) };

describe('returns', () => {
  const ends = ' Condition: unworn, with the tags on.';
  const exceptions = ' Exceptions: opened pins; the box only as a whole.';
  test.each([
    [
      {},
      `You can return an item within 30 days of delivery.${ends} You pay for sending it back, unless it is faulty: then we pay.`,
    ],
    [
      { windowDays: 1 },
      `You can return an item within 1 day of delivery.${ends} You pay for sending it back, unless it is faulty: then we pay.`,
    ],
    [
      { windowFrom: 'order', whoPays: 'buyer' },
      `You can return an item within 30 days of your order.${ends} You pay for sending it back.`,
    ],
    [{ whoPays: 'seller' }, `You can return an item within 30 days of delivery.${ends} We pay for sending it back.`],
    [{ windowDays: 0, whoPays: 'buyer' }, 'We take back faulty items only. You pay for sending it back.'],
    [{ windowDays: 0, whoPays: 'seller' }, 'We take back faulty items only. We pay for sending it back.'],
    [{ windowDays: 0 }, 'We take back faulty items only. We pay for sending it back.'],
  ] as const)('%j', (edit, words) => {
    expect(topicWords({ ...POLICY, ...edit }, 'returns')).toBe(`${words}${exceptions}`);
  });

  test('without exceptions none are named', () => {
    expect(topicWords({ ...POLICY, windowDays: 0, restrictions: [] }, 'returns')).toBe(
      'We take back faulty items only. We pay for sending it back.',
    );
  });
});

test.each([
  ['original-payment', 30, 7, 'We refund you the way you paid, within 7 days of getting the item back.'],
  ['original-payment', 0, 1, 'We refund you the way you paid, within 1 day of getting the faulty item back.'],
  ['store-credit', 30, 7, 'We refund you in store credit, within 7 days of getting the item back.'],
  [
    'exchange',
    30,
    14,
    'We exchange the item for another, within 14 days of getting the item back. There are no refunds in money.',
  ],
] as const)('refunds: %s, window %i, within %i', (refundMethod, windowDays, refundWithinDays, words) => {
  expect(topicWords({ ...POLICY, refundMethod, windowDays, refundWithinDays }, 'refunds')).toBe(words);
});

test.each([
  ['faulty', {}, 'Send us a photo and we replace it.'],
  ['faulty', { faulty: 'Sorry! Write to us.' }, 'Sorry! Write to us.'],
  ['shipping', {}, 'Nothing is published about shipping yet.'],
  ['shipping', { shipping: 'Leaves by Wednesday;' }, 'Leaves by Wednesday.'],
  ['sizing', {}, 'Nothing is published about sizes and fit yet.'],
  ['sizing', { sizing: '58 cm ± 1 cm' }, '58 cm ± 1 cm.'],
  ['restrictions', {}, 'Opened pins; the box only as a whole.'],
  ['restrictions', { restrictions: [] }, 'There are no exceptions.'],
  ['contact', {}, 'help@nightmarket.example'],
  ['contact', { contact: 'https://nightmarket.example/help' }, 'https://nightmarket.example/help'],
  ['contact', { contact: 'Ask Sam in #help' }, 'Ask Sam in #help.'],
  ['contact', { contact: null }, 'No contact is published yet. Please ask here.'],
] as const)('%s with %j', (topic, edit, words) => {
  expect(topicWords({ ...POLICY, ...edit }, topic)).toBe(words);
});

test('every combination of the rules is whole sentences', () => {
  const windows = [0, 1, 2, 30].flatMap((windowDays) =>
    (['delivery', 'order'] as const).map((windowFrom) => ({ windowDays, windowFrom })),
  );
  let count = 0;
  for (const window of windows) {
    for (const refundMethod of REFUND_METHODS) {
      for (const whoPays of RETURN_PAYERS) {
        for (const restrictions of [[], ['one thing'], ['one thing', 'another']]) {
          for (const topic of POLICY_TOPICS) {
            const words = topicWords({ ...POLICY, ...window, refundMethod, whoPays, restrictions }, topic);
            count += 1;
            expect(words).toMatch(/^[A-Zh].*[.!?e]$/);
            expect(words).not.toMatch(/\b1 days|\b(?:0|2|30) day\b|\.\.| {2}|undefined|null|: \.|[;,]\.|within 0/);
          }
        }
      }
    }
  }
  expect(count).toBe(8 * 3 * 3 * 3 * 7);
});

test('an answer about everything lists what is published, in order, with version and day', () => {
  expect(policyAnswer({ version: VERSION, topic: null, dropName: 'Hoodie Run' }, TELLING)).toEqual({
    summary: 'Returns policy for Hoodie Run: You can return an item within 30 days of delivery.',
    tone: 'plain',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: 'Returns policy for Hoodie Run' }] },
      {
        kind: 'fields',
        rows: [
          ['Returns', topicWords(POLICY, 'returns')],
          ['Refunds', topicWords(POLICY, 'refunds')],
          ['Faulty items', topicWords(POLICY, 'faulty')],
          ['Contact', 'help@nightmarket.example'],
        ],
      },
      { kind: 'context', text: 'Policy version 3, published Fri, Jan 15, 2027.' },
    ],
  });
});

test('an answer about one topic says that one, with version and day', () => {
  expect(policyAnswer({ version: VERSION, topic: 'refunds', dropName: null }, TELLING)).toEqual({
    summary: 'Refunds: We refund you the way you paid, within 7 days of getting the item back.',
    tone: 'plain',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: 'Refunds' }] },
      { kind: 'text', text: 'We refund you the way you paid, within 7 days of getting the item back.' },
      { kind: 'context', text: 'Policy version 3, published Fri, Jan 15, 2027.' },
    ],
  });
});

test('without a policy the answer says so and who publishes one', () => {
  expect(policyAnswer({ version: null, topic: 'returns', dropName: 'Hoodie Run' }, TELLING)).toEqual({
    summary: 'No returns policy is published yet. Support publishes it, through the drop plan.',
    tone: 'plain',
    mentions: [],
    parts: [],
  });
});

test('shown to a channel, it says by whom', () => {
  const { parts } = policyPost({ version: VERSION, topic: 'contact', dropName: null, shownBy: 'sam' }, TELLING);
  expect(parts.at(-1)).toEqual({ kind: 'context', text: 'Shown by Sam' });
  expect(showPolicyHere('contact').call).toEqual({ name: 'policy', input: { topic: 'contact', show: 'here' } });
  expect(showPolicyHere(null).call).toEqual({ name: 'policy', input: { show: 'here' } });
});
