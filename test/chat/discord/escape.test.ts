import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutMarkdown, cutPlain, inert, plain, plainLines, splitMarkdown } from '../../../src/chat/discord/escape.ts';

const ZWSP = '\u200B';

describe('text from outside shows just its letters', () => {
  test.each([
    ['@everyone and @here', `@${ZWSP}everyone and @${ZWSP}here`],
    ['<@1> <@!1> <@&2> <#3>', `\\<${ZWSP}@${ZWSP}1> \\<${ZWSP}@${ZWSP}!1> \\<${ZWSP}@${ZWSP}&2> \\<${ZWSP}#3>`],
    ['<t:1:R> <:a:1> </stock:1>', `\\<${ZWSP}t:1:R> \\<${ZWSP}\\:a:1> \\<${ZWSP}/stock:1>`],
    ['**b** __u__ _i_ ~~s~~ ||x|| `c`', '\\*\\*b\\*\\* \\_\\_u\\_\\_ \\_i\\_ \\~\\~s\\~\\~ \\|\\|x\\|\\| \\`c\\`'],
    ['[here](http://x.example)', '[here\\](<http://x.example>)'],
    ['back\\slash', 'back\\\\slash'],
    [':smile: :+1: 19:04:11 a:b', '\\:smile: \\:+1: 19:04:11 a:b'],
    ['HOODIE_M costs 5 < 6 - 2 # 1 [TEST] (x) a@b.example', 'HOODIE_M costs 5 < 6 - 2 # 1 [TEST] (x) a@b.example'],
    ['“https://a.example/b_c*d”.', '“<https://a.example/b_c*d>”.'],
    ['https://x.example/@everyone', '<https://x.example/%40everyone>'],
    ['discord.gg/abc steam://run', `discord.${ZWSP}gg/abc steam:${ZWSP}//run`],
  ])('%s', (text, markdown) => {
    expect(inert(text)).toBe(markdown);
  });

  test.each([
    ['# h', '\\# h'],
    ['### h', '\\### h'],
    ['-# small', '\\-# small'],
    ['- item', '\\- item'],
    ['  - item', '  \\- item'],
    ['* item', '\\* item'],
    ['+ item', '\\+ item'],
    ['1. one', '1\\. one'],
    ['> quote', '\\> quote'],
    ['>>> all', '\\>>> all'],
    ['-3 left', '-3 left'],
    ['#1 choice', '#1 choice'],
    ['12.5 cm', '12.5 cm'],
  ])('and opens a line with no mark of its own: %s', (text, markdown) => {
    expect(inert(text, true)).toBe(markdown);
    expect(inert(`x\n${text}`)).toBe(`x\n${markdown}`);
  });

  test('without hidden letters, turned-around text or towers of marks; emoji stay whole', () => {
    expect(plain('a\u202Eb\u2066c\u0007d\u00ADe\u3164f')).toBe('abcdef');
    expect(plain('👩‍👩‍👧 é ❤️')).toBe('👩‍👩‍👧 é ❤️');
    expect(plain(`z${'\u0301'.repeat(50)}`)).toBe(`z${'\u0301'.repeat(4)}`);
    expect(plainLines('a\r\nb\u2028c\td')).toEqual(['a', 'b', 'c d']);
    expect(plain('\uD800x')).toBe('\uFFFDx');
  });
});

describe('cutting', () => {
  test('never tears a letter, an escape, a link or bold text', () => {
    expect(cutPlain('ab👩‍👩‍👧cd', 6)).toBe('ab…');
    expect(cutMarkdown('ab\\*cd', 4)).toBe('ab…');
    expect(cutMarkdown('**abcdef**', 8)).toBe('**abc**…');
    expect(cutMarkdown('ab <https://x.example> cd', 12)).toBe('ab …');
    expect(cutMarkdown('short', 5)).toBe('short');
    expect(splitMarkdown('**aaa bbb ccc** ddd \\*eee', 10)).toEqual(['**aaa bb**', '**b ccc**', 'ddd \\*eee']);
    expect(splitMarkdown('one two three', 8)).toEqual(['one two', 'three']);
  });

  test('keeps to its length and loses nothing but spaces', () => {
    const words = fc.string({ unit: fc.constantFrom('a', ' ', '*', '👩‍👩‍👧', '_', '<', '@', 'é'), maxLength: 200 });
    fc.assert(
      fc.property(words, fc.integer({ min: 30, max: 80 }), (text, charsMax) => {
        const markdown = inert(text, true);
        expect(cutMarkdown(markdown, charsMax).length).toBeLessThanOrEqual(charsMax);
        const pieces = splitMarkdown(markdown, charsMax);
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(charsMax);
        expect(pieces.join('').replaceAll(' ', '')).toBe(markdown.replaceAll(' ', ''));
      }),
    );
  });
});
