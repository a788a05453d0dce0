import { expect, test } from 'vitest';
import type { Destination, Member, Purpose } from '../../src/domain/team.ts';
import type { GrantAnswer } from '../../src/ports/store/team.ts';
import { channelBound, grantAnswer, teamList } from '../../src/words/team.ts';

const member: Member = { personId: 'hugo', name: 'Hugo', assignments: [], accounts: [] };
const at = (address: string, purposes: readonly Purpose[], platform: Destination['platform'] = 'slack'): Destination => ({
  id: `${platform}:${address}`,
  platform,
  address,
  purposes,
  locale: 'en',
  zone: 'UTC',
});

test.each<readonly [GrantAnswer, 'grant' | 'revoke', string, string]>([
  [{ kind: 'granted', member, role: 'ops-lead' }, 'grant', 'good', 'Hugo is now ops lead.'],
  [{ kind: 'revoked', member, role: 'host' }, 'revoke', 'plain', 'Hugo is no longer host.'],
  [{ kind: 'unchanged', member, role: 'host' }, 'grant', 'plain', 'Hugo is already host. Nothing was changed.'],
  [{ kind: 'unchanged', member, role: 'host' }, 'revoke', 'plain', 'Hugo is not host. Nothing was changed.'],
  [
    { kind: 'last-founder', member },
    'revoke',
    'refusal',
    'Hugo is the only founder, and a team keeps one. Make somebody else founder first. Nothing was changed.',
  ],
  [
    {
      kind: 'which',
      asked: 'Sam',
      matches: [
        { ...member, personId: 'sam-a' },
        { ...member, personId: 'sam-b' },
      ],
    },
    'grant',
    'refusal',
    'Several people are called “Sam”. Say sam-a or sam-b. Nothing was changed.',
  ],
  [
    { kind: 'no-such-person', asked: 'hugi', near: ['hugo'] },
    'grant',
    'refusal',
    'Nobody on the team is called “hugi”. Did you mean hugo? Nothing was changed.',
  ],
  [
    { kind: 'no-such-person', asked: 'x', near: [] },
    'grant',
    'refusal',
    'Nobody on the team is called “x”. /team list shows who is on the team. Nothing was changed.',
  ],
])('%j', (answer, verb, tone, summary) => {
  expect(grantAnswer(answer, verb)).toEqual({ summary, tone, mentions: [], parts: [] });
});

test('the list has everybody’s roles, every purpose, and what was changed about permissions', () => {
  const assignments = [
    { role: 'founder', scope: '*' },
    { role: 'support', scope: 'hoodie-run' },
  ] as const;
  expect(
    teamList({
      id: 't',
      name: 'Night Market',
      zone: 'UTC',
      locale: 'en',
      members: [{ ...member, personId: 'maya', name: 'Maya', assignments }, member],
      edits: [
        { role: 'host', action: 'promotion.pause', allowed: true },
        { role: 'ops-lead', action: 'stock.hold', allowed: false },
      ],
      destinations: [at('C1', ['team', 'alerts']), at('9', ['alerts'], 'discord'), at('typed', [])],
    }),
  ).toEqual({
    summary: 'Night Market: 2 people',
    tone: 'plain',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: 'Night Market' }] },
      {
        kind: 'table',
        columns: ['Name', 'Id', 'Roles'],
        rows: [
          ['Maya', 'maya', 'founder, support for hoodie-run'],
          ['Hugo', 'hugo', 'member'],
        ],
      },
      {
        kind: 'fields',
        rows: [
          ['Team', [{ kind: 'channel', platform: 'slack', address: 'C1' }, ' on Slack']],
          [
            'Alerts',
            [
              { kind: 'channel', platform: 'slack', address: 'C1' },
              ' on Slack',
              ', ',
              { kind: 'channel', platform: 'discord', address: '9' },
              ' on Discord',
            ],
          ],
          ['Host', 'none of its own: goes to the team channel'],
          ['Community', 'none of its own: goes to the team channel'],
        ],
      },
      { kind: 'text', text: 'Changed from the usual: host may pause promotion; ops lead may not hold stock.' },
    ],
  });
});

test('a channel says what it is for now, and what it stays for', () => {
  expect(channelBound('alerts', at('C1', ['team', 'alerts'])).summary).toBe(
    'Alerts are posted in this channel from now on. Team messages stay here too.',
  );
  expect(channelBound('community', at('C1', ['community'])).summary).toBe(
    'Announcements are posted in this channel from now on.',
  );
});
