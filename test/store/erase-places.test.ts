import { expect, test } from 'vitest';
import { COPIED_TABLES } from '../../src/store/copy/schema.ts';
import { CARES } from '../../src/store/team/erase-places.ts';

test('of every column that can hold a text it is said what erasing a person does with it', () => {
  const held = COPIED_TABLES.map(({ property, columns }) => [
    property,
    columns
      .filter(({ kind, property }) => (kind === 'text' || kind === 'json') && property !== 'teamId')
      .map((column) => column.property),
  ]);
  const cared = Object.entries(CARES).map(([property, columns]) => [property, Object.keys(columns)]);
  expect(Object.fromEntries(cared)).toEqual(Object.fromEntries(held));
});
