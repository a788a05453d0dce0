import { expect, test } from 'vitest';
import type { Member } from '../../src/domain/team.ts';
import type { LinkAnswer, LinkCodeAnswer } from '../../src/ports/store/team.ts';
import { linkAnswer, linkCodeAnswer } from '../../src/words/link.ts';

const NOW = Date.UTC(2027, 0, 29);
const member: Member = { personId: 'finn', name: 'Finn', assignments: [{ role: 'fulfilment', scope: '*' }], accounts: [] };
const CODE = { kind: 'code', code: 'K7QX2M', member, madeOn: 'slack', expiresAtMs: NOW + 600_000 } as const;

test.each<readonly [LinkCodeAnswer, boolean, string]>([
  [CODE, true, 'Type /link K7QX2M on Discord. Whoever types it there is you from then on.'],
  [{ ...CODE, madeOn: 'discord' }, true, 'Type /link K7QX2M on Slack. Whoever types it there is you from then on.'],
  [{ ...CODE, madeOn: null }, false, 'Type /link K7QX2M on Slack or Discord. Whoever types it there is Finn from then on.'],
])('a code says where it is typed and whose it is', (answer, forSelf, line) => {
  const { parts } = linkCodeAnswer(answer, { nowMs: NOW, forSelf });
  expect(parts[1]).toEqual({ kind: 'text', text: line });
  expect(parts[2]).toEqual({ kind: 'context', text: 'Good for 10 min, once. Give it to nobody else.' });
});

test.each<readonly [LinkAnswer, string, string]>([
  [{ kind: 'linked', member }, 'good', 'You are Finn (fulfilment) here now.'],
  [{ kind: 'already-yours', member }, 'plain', 'You are Finn here already.'],
  [{ kind: 'taken', holder: member }, 'refusal', "This account is Finn's."],
  [{ kind: 'same-platform', platform: 'slack' }, 'refusal', 'This code was made on Slack. Type it on Discord'],
  [{ kind: 'no-such-code' }, 'refusal', 'This code is wrong, used, or too old.'],
  [{ kind: 'too-many-tries', untilMs: NOW + 240_000 }, 'refusal', 'Too many wrong codes. Try again in 4 min.'],
])('%j', (answer, tone, start) => {
  const message = linkAnswer(answer, { nowMs: NOW });
  expect([message.tone, message.summary.slice(0, start.length)]).toEqual([tone, start]);
});
