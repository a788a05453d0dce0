import { expect, test } from 'vitest';
import { parseJson } from '../../src/intake/json.ts';

const read = (text: string): unknown => parseJson(Buffer.from(text));
const value = (json: unknown) => ({ kind: 'json', value: json });

test.each([
  ['{"id":820982911946154508}', { id: '820982911946154508' }], // JSON.parse makes it …500
  ['{"ids": [ 820982911946154508 , 1]}', { ids: ['820982911946154508', 1] }],
  ['{"id":\n-9007199254740993}', { id: '-9007199254740993' }],
  ['9007199254740993', '9007199254740993'],
  ['{"id":9007199254740991}', { id: 9007199254740991 }], // the last one JavaScript holds
  ['{"id":9007199254740992}', { id: '9007199254740992' }],
  ['{"text":"call 12345678901234567890","n":1}', { text: 'call 12345678901234567890', n: 1 }],
  ['{"text":": 12345678901234567890"}', { text: ': 12345678901234567890' }],
  ['{"n":12345678901234567.5e3}', { n: 1.2345678901234567e19 }],
  ['{"n":1e30}', { n: 1e30 }],
])('%s', (text, json) => expect(read(text)).toEqual(value(json)));

test('what is not JSON, not UTF-8 or absurdly deep is refused in a line', () => {
  expect(read('{')).toEqual({ kind: 'faulty', why: 'the body is not JSON' });
  expect(read('')).toEqual({ kind: 'faulty', why: 'the body is not JSON' });
  expect(parseJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toEqual({ kind: 'faulty', why: 'the body is not UTF-8' });
  expect(read(`${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`)).toMatchObject({ kind: 'faulty' });
});
