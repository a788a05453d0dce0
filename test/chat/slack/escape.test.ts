import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, escapeText, pieces, plainLine, unescapeText, visible } from '../../../src/chat/slack/escape.ts';

describe('text from outside', () => {
  test.each([
    ['plain words stay as they are', 'Hoodie, medium (HOODIE_M) 5 x 12:30:45', 'Hoodie, medium (HOODIE_M) 5 x 12:30:45'],
    [
      'what would call somebody',
      '<!channel> <@U1> <!here|x> @everyone',
      '&lt;!channel&gt; &lt;@U1&gt; &lt;!here|x&gt; @everyone',
    ],
    ['what would link', '<https://a.example|free>', '&lt;https://a.example|free&gt;'],
    ['an escape is shown as typed', '&lt;!channel&gt; R&D', '&amp;lt;!channel&amp;gt; R&amp;D'],
    ['bold, struck and code', '*big* ~gone~ `code`', '∗big∗ ∼gone∼ ˋcodeˋ'],
    ['slanted words, but not SKUs', '_slanted_ SKU_1_B __x', 'ˍslantedˍ SKU_1_B ˍˍx'],
    ['emoji by name, but no clock', ':tada: :+1: :100: 19:04:11 a:b', '∶tada: ∶+1: ∶100: 19:04:11 a:b'],
    ['quoted lines', '> said\n >> twice\na > b', '› said\n ›&gt; twice\na &gt; b'],
    ['controls that turn a line around', 'a\u202Egnp.exe\u202C b\u2066c\u2069', 'agnp.exe bc'],
    ['what is not seen', 'a\u200Bb\u00ADc\u0007d\uFEFFe', 'abcde'],
    ['lines of any kind', 'a\r\nb\u2028c\td', 'a\nb\nc d'],
    ['joined emoji', '👩‍👩‍👧‍👦 ok', '👩‍👩‍👧‍👦 ok'],
    ['half of a character', 'a\uD83Db', 'a\uFFFDb'],
  ])('%s', (_, text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  test('reads back as it was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const typed = text.replaceAll(/[&<>]/gu, (sign) => ({ '&': '&amp;', '<': '&lt;' })[sign] ?? '&gt;');
        expect(unescapeText(typed)).toBe(text);
      }),
    );
  });

  test('formats nothing, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('*', '_', '~', '`', '<', '>', '&', ':', 'x', ' ', '\n', '1') }), (text) => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(/[*~`<>]|^\s*&gt;|:[a-z][\w+-]*:/mu);
        expect(escaped).not.toMatch(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/u);
        expect(escaped.replaceAll(/&(?:amp|lt|gt);/gu, '')).not.toContain('&');
      }),
      { numRuns: 1_000 },
    );
  });

  test('on one line says something, and not too much', () => {
    expect(plainLine(' a\n\tb  c ', 10)).toBe('a b c');
    expect(plainLine('\u202E \n', 10)).toBe('–');
    expect(plainLine('Acknowledge this at once', 12)).toBe('Acknowledge…');
    expect(visible('\u200Fשלום\u200F')).toBe('שלום');
  });
});

describe('cutting', () => {
  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['ab 👩‍👩‍👧‍👦', 6, 'ab…'],
    ['🇫🇷🇩🇪', 5, '🇫🇷…'],
    ['ab &lt;c', 6, 'ab…'],
    ['ab &lt;c', 8, 'ab &lt;c'],
    ['ab &lt;cd', 8, 'ab &lt;…'],
  ])('%s to %i', (text, charsMax, shown) => {
    expect(cut(text, charsMax)).toBe(shown);
  });

  test('into pieces loses nothing and tears nothing apart', () => {
    const letters = fc.constantFrom('a', ' ', '\n', '👩‍👩‍👧‍👦', '🇫🇷', 'e\u0301', '&amp;', '&lt;', '&gt;');
    const whole = new RegExp('^(?:&amp;|&lt;|&gt;|[^&])*$', 'u');
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 200 }), fc.integer({ min: 12, max: 60 }), (text, charsMax) => {
        const found = pieces(text, charsMax);
        expect(found.join('')).toBe(text);
        for (const piece of found) {
          expect(piece.length).toBeLessThanOrEqual(charsMax);
          expect(piece).toMatch(whole);
          expect(piece.isWellFormed()).toBe(true);
          expect(piece).not.toMatch(/^[\u0301\u200D]|\u200D$/u);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('ends even where one letter alone is too long', () => {
    const zalgo = `a${'\u0301'.repeat(50)}`;
    expect(pieces(zalgo, 20).join('')).toBe(zalgo);
    expect(pieces('👩‍👩‍👧‍👦'.repeat(3), 4).join('')).toBe('👩‍👩‍👧‍👦'.repeat(3));
  });
});
