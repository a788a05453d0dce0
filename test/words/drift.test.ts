import { describe, expect, test } from 'vitest';
import type { DriftFacts } from '../../src/ports/post.ts';
import type { CountLine } from '../../src/ports/store/counts.ts';
import { driftAnswer } from '../../src/words/drift.ts';
import { noticePost } from '../../src/words/notice.ts';
import { DRIFT, DRIFTING, KEPT_BACK_ON_SALE, SAMPLE_NOW, SETTLING } from '../support/sample-facts.ts';

/** A message as one text, its times as their milliseconds after the sample's. */
function textOf({ parts }: ReturnType<typeof noticePost>): string {
  return parts
    .flatMap((part) => {
      if (part.kind === 'table') return [part.columns, ...part.rows].map((row) => row.join(' | '));
      if (part.kind !== 'text' && part.kind !== 'context') return [];
      if (typeof part.text === 'string') return [part.text];
      return part.text
        .map((span) =>
          typeof span === 'string'
            ? span
            : span.kind === 'strong'
              ? span.text
              : span.kind === 'time'
                ? `<${span.atMs - SAMPLE_NOW}>`
                : '',
        )
        .join('');
    })
    .join('\n');
}
const notice = (more: Partial<DriftFacts>) => noticePost({ what: 'drift', ...DRIFT, ...more });

describe('the notice of a drift', () => {
  test('says both numbers, what may be behind it and what to do', () => {
    const message = notice({});
    expect([message.summary, message.tone, message.mentions]).toEqual([
      'The shop shows 1 too few of Hoodie, medium (HOODIE-M)',
      'warning',
      [],
    ]);
    expect(textOf(message)).toBe(
      'The shop shows 1 too few of Hoodie, medium (HOODIE-M)\n' +
        'shopify showed 45 to sell at <-120000>; by our books it can be 46, with 2 kept back (reserve, held, damaged). ' +
        'Either goods came, went or were counted that one side does not know, or orders may have been placed there that we never heard. ' +
        'Neither number was changed. If our books are wrong: /inventory count HOODIE-M <units>. If the shop is: set it to 46 to sell.',
    );
  });

  test.each<readonly [Partial<DriftFacts>, RegExp]>([
    [{ driftUnits: 3, shownUnits: 49 }, /^The shop shows 3 too many of Hoodie[\s\S]*cancelled there that we still count/],
    [{ liesIn: 'goods' }, /The shop has other goods on hand than we: something came, went or was counted/],
    [{ liesIn: 'orders' }, /The shop has the same goods on hand, so orders may have been placed there that we never heard\./],
    [{ keptBackUnits: 0 }, /it can be 46\. Either/],
    [{ sellableUnits: -4 }, /set it to 0 to sell\.$/],
  ])('%o', (more, says) => {
    expect(textOf(notice(more))).toMatch(says);
  });

  test.each<readonly [NonNullable<DriftFacts['over']>['why'], string]>([
    [
      'agrees',
      'The shop and our books agree about Hoodie, medium (HOODIE-M) again\nshopify shows 45 to sell. They differed for 10 min.',
    ],
    [
      'uncounted',
      'The shop does not count Hoodie, medium (HOODIE-M) any more\nSo shopify and our books are not compared. They differed for 10 min.',
    ],
    [
      'unlisted',
      'Hoodie, medium (HOODIE-M) is in no plan any more\nSo shopify and our books are not compared. They differed for 10 min.',
    ],
  ])('ends: %s', (why, says) => {
    const message = notice({ over: { why, atMs: SAMPLE_NOW } });
    expect([message.tone, textOf(message)]).toEqual(['good', says]);
  });
});

describe('the answer to /inventory drift', () => {
  const answer = (...lines: readonly CountLine[]) => driftAnswer(lines, SAMPLE_NOW);

  test('what differs, what is sold though kept back, what has not settled', () => {
    const message = answer(DRIFTING, KEPT_BACK_ON_SALE, SETTLING);
    expect([message.summary, message.tone]).toEqual(['1 item differs, 1 agrees', 'warning']);
    expect(textOf(message)).toBe(
      [
        '1 item differs, 1 agrees.',
        'Item | Shop | Shows | May be sold | Off by',
        'HOODIE-M | shopify | 45 | 46 | −1',
        'The shop may sell what is kept back of these, and only the shop can stop it.',
        'Item | Shows | Set it to',
        'HOODIE-L | 40 | 38',
        '1 count cannot be compared yet: orders of the last minute may be on their way, or it sells too fast.',
        'The oldest count was made 2 min ago. Neither number is ever changed by the other.',
      ].join('\n'),
    );
  });

  test('all is well, and nothing was ever counted', () => {
    const line = { ...KEPT_BACK_ON_SALE, count: { ...KEPT_BACK_ON_SALE.count, availableUnits: 38 } };
    expect([answer(line).summary, answer(line).tone]).toEqual(['The shop and our books agree about 1 item', 'good']);
    expect(answer().summary).toMatch(/^No shop has told us what it has\. docs\/orders\.md says how/);
  });

  test('a long list says what it left out', () => {
    expect(textOf(answer(...Array.from({ length: 23 }, () => DRIFTING)))).toContain('… and 3 more.');
  });

  test('one that cannot be compared yet is not said to differ', () => {
    expect(answer({ ...DRIFTING, reckoning: null, driftSinceMs: null }).summary).toBe('No count can be compared yet');
  });
});
