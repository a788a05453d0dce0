import { describe, expect, test } from 'vitest';
import type { Action, Assignment, Caller, PermissionEdit, Role } from '../../src/domain/team.ts';
import { ACTIONS, MEMBER_ACTIONS, mayDo, PUBLIC_ACTIONS, ROLES, roleMay, rolesFor } from '../../src/domain/team.ts';

const PUBLIC: Caller = { kind: 'public' };
const holding = (...assignments: readonly Assignment[]): Caller => ({
  kind: 'member',
  member: { personId: 'pat', name: 'Pat', assignments, accounts: [] },
});
const everywhere = (...roles: readonly Role[]): Caller => holding(...roles.map((role) => ({ role, scope: '*' })));
const granted = (caller: Caller, edits: readonly PermissionEdit[] = []): readonly Action[] =>
  ACTIONS.filter((action) => mayDo({ caller, action, edits, dropId: null }).kind === 'may');

const OPEN_TO_MEMBERS: readonly Action[] = [...PUBLIC_ACTIONS, ...MEMBER_ACTIONS];

const TABLE: Readonly<Record<Role, readonly Action[]>> = {
  founder: ACTIONS.filter((action) => !OPEN_TO_MEMBERS.includes(action)),
  producer: [
    'milestone.manage',
    'drop.run',
    'announcement.manage',
    'promotion.pause',
    'promotion.resume',
    'alert.acknowledge',
    'alert.test',
  ],
  host: [],
  'ops-lead': ['milestone.manage', 'promotion.pause', 'stock.hold', 'alert.acknowledge', 'alert.test'],
  fulfilment: ['promotion.pause', 'stock.adjust', 'alert.acknowledge', 'alert.test'],
  support: ['policy.publish'],
};

describe('who may do what', () => {
  test('the public sees help, link, stock and policy, and no more', () => {
    expect(granted(PUBLIC)).toEqual(['help.see', 'link.use', 'stock.see', 'policy.see']);
  });

  test('a member without a role sees the timeline, the drop, the team and health, and keeps their own milestones', () => {
    expect(granted(everywhere())).toEqual([
      'help.see',
      'link.use',
      'stock.see',
      'policy.see',
      'timeline.see',
      'drop.see',
      'team.see',
      'health.see',
      'milestone.own',
    ]);
  });

  test.each(ROLES)('%s may do exactly what the table of roles says', (role) => {
    const beyond = granted(everywhere(role)).filter((action) => !OPEN_TO_MEMBERS.includes(action));
    expect(beyond).toEqual(TABLE[role]);
  });

  test('two roles may do what either may', () => {
    const both = granted(everywhere('support', 'fulfilment'));
    expect(both).toContain('policy.publish');
    expect(both).toContain('stock.adjust');
    expect(both).not.toContain('promotion.resume');
  });

  test('a refusal names every role that has it', () => {
    expect(mayDo({ caller: everywhere('host'), action: 'stock.adjust', edits: [], dropId: null })).toEqual({
      kind: 'may-not',
      roles: ['founder', 'fulfilment'],
    });
    expect(mayDo({ caller: PUBLIC, action: 'timeline.see', edits: [], dropId: null })).toEqual({ kind: 'may-not', roles: ROLES });
  });
});

describe('a role held for one drop', () => {
  const guest = holding({ role: 'producer', scope: 'winter' });
  test.each([
    ['winter', 'may'],
    ['summer', 'may-not'],
    [null, 'may-not'],
  ] as const)('counts for %s: %s', (dropId, kind) => {
    expect(mayDo({ caller: guest, action: 'promotion.resume', edits: [], dropId }).kind).toBe(kind);
  });

  test('roles are listed once, in their usual order', () => {
    const caller = holding(
      { role: 'support', scope: 'winter' },
      { role: 'founder', scope: '*' },
      { role: 'support', scope: '*' },
      { role: 'host', scope: 'summer' },
    );
    if (caller.kind !== 'member') throw new Error('a member was expected');
    expect(rolesFor(caller.member, 'winter')).toEqual(['founder', 'support']);
  });
});

describe("a team's edits", () => {
  test('give and take, the last one winning', () => {
    const give: PermissionEdit = { role: 'host', action: 'promotion.pause', allowed: true };
    const take: PermissionEdit = { role: 'host', action: 'promotion.pause', allowed: false };
    expect(roleMay('host', 'promotion.pause', [give])).toBe(true);
    expect(roleMay('host', 'promotion.pause', [give, take])).toBe(false);
    expect(roleMay('producer', 'promotion.pause', [{ ...take, role: 'producer' }])).toBe(false);
    expect(roleMay('producer', 'promotion.pause', [give, take])).toBe(true);
  });

  test('never take the team from its founders, nor what everyone has', () => {
    expect(roleMay('founder', 'team.manage', [{ role: 'founder', action: 'team.manage', allowed: false }])).toBe(true);
    const noHelp: PermissionEdit = { role: 'host', action: 'help.see', allowed: false };
    expect(granted(everywhere('host'), [noHelp])).toContain('help.see');
  });

  test('change who a refusal names', () => {
    const edits: readonly PermissionEdit[] = [
      { role: 'founder', action: 'stock.adjust', allowed: false },
      { role: 'ops-lead', action: 'stock.adjust', allowed: true },
    ];
    expect(mayDo({ caller: everywhere('host'), action: 'stock.adjust', edits, dropId: null })).toEqual({
      kind: 'may-not',
      roles: ['ops-lead', 'fulfilment'],
    });
  });
});
