import { expect, test } from 'vitest';
import type { Mention } from '../../src/ports/message.ts';
import type { Recipient } from '../../src/ports/post.ts';
import { pingsOf, pingWords } from '../../src/words/ping.ts';

const MAYA: Recipient = { personId: 'maya', name: 'Maya', roles: ['founder', 'producer'], accountIds: [], rungOn: 'discord' };
const PRIYA: Recipient = { personId: 'priya', name: 'Priya', roles: ['producer'], accountIds: ['U1'], rungOn: null };
const OLGA: Recipient = { personId: 'olga', name: 'Olga', roles: ['founder'], accountIds: ['U2'], rungOn: null };
const LOST: Recipient = { personId: 'lost', name: 'Lost', roles: ['founder'], accountIds: [], rungOn: null };

test.each<[readonly Mention[], readonly Recipient[], readonly string[]]>([
  [[{ role: 'producer' }], [MAYA, PRIYA], ['U1 (producer); Maya is pinged on Discord']],
  [[{ role: 'producer' }, { role: 'founder' }], [MAYA, PRIYA], ['U1 (producer); Maya is pinged on Discord']],
  [
    [{ role: 'producer' }, { role: 'founder' }],
    [MAYA, PRIYA, OLGA],
    ['U1 (producer); Maya is pinged on Discord', 'U2 (founder)'],
  ],
  [[{ role: 'founder' }, { personId: 'maya' }], [MAYA], [' Maya is pinged on Discord (founder)']],
  // That nobody can be rung for a role is said, unless somebody who has it was named before.
  [
    [{ role: 'producer' }, { role: 'founder' }],
    [PRIYA, LOST],
    ['U1 (producer)', ' Nobody with the role founder has an account here.'],
  ],
  [[{ role: 'producer' }, { role: 'founder' }], [MAYA, LOST], [' Maya is pinged on Discord (producer)']],
  [[{ role: 'support' }], [MAYA], [' Nobody with the role support has an account here.']],
  [[{ personId: 'lost' }], [LOST], [' This person has no account here.']],
])('%j rings each person once', (mentions, recipients, said) => {
  const lines = pingsOf(mentions, recipients).map(
    (ping) => `${ping.people.flatMap(({ accountIds }) => accountIds).join(' ')} ${pingWords(ping)}`,
  );
  expect(lines).toEqual(said);
});
