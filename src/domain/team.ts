/** Roles a member may hold, in the order escalation and listings use. */
export const ROLES = ['founder', 'producer', 'host', 'ops-lead', 'fulfilment', 'support'] as const;
export type Role = (typeof ROLES)[number];

/** Everything a permission can be asked for. */
export const ACTIONS = [
  'help.see',
  'link.use',
  'stock.see',
  'policy.see',
  'timeline.see',
  'drop.see',
  'team.see',
  'health.see',
  'milestone.own',
  'milestone.manage',
  'drop.run',
  'announcement.manage',
  'promotion.pause',
  'promotion.resume',
  'stock.adjust',
  'stock.hold',
  'alert.acknowledge',
  'alert.test',
  'policy.publish',
  'team.manage',
] as const;
export type Action = (typeof ACTIONS)[number];

/** A role held for every drop (`*`) or for one drop id. */
export type Assignment = { readonly role: Role; readonly scope: string };

/** One edit a team made to the default permissions. */
export type PermissionEdit = { readonly role: Role; readonly action: Action; readonly allowed: boolean };

export const PLATFORMS = ['console', 'slack', 'discord'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What a platform is called. */
export const PLATFORM_NAMES: Readonly<Record<Platform, string>> = { console: 'the console', slack: 'Slack', discord: 'Discord' };

/** An account a person uses on one platform. */
export type Account = { readonly platform: Platform; readonly accountId: string };

/** A Slack workspace or a Discord server, by the platform's own id. It belongs to one team. */
export type Workspace = { readonly platform: Platform; readonly workspaceId: string };

/** Where something was said or done: a platform and its own channel address. */
export type Place = { readonly platform: Platform; readonly channel: string };

export type Member = {
  readonly personId: string;
  readonly name: string;
  readonly assignments: readonly Assignment[];
  readonly accounts: readonly Account[];
};

/** Who is speaking: a listed member, or anyone else in the workspace or server. */
export type Caller = { readonly kind: 'member'; readonly member: Member } | { readonly kind: 'public' };

/** A human who acts, and where. Audit entries and posts name people by `personId` only. */
export type Actor = { readonly personId: string; readonly place: Place };

/** What a destination is for. A plan file and `/team channel` bind platform channels to these. */
export const PURPOSES = ['team', 'alerts', 'host', 'community'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** One channel Showcaller may post to. `id` is `platform:address`; `purposes` is empty for a channel somebody only typed in. */
export type Destination = {
  readonly id: string;
  readonly platform: Platform;
  readonly address: string;
  readonly purposes: readonly Purpose[];
  readonly locale: string;
  readonly zone: string;
};

/** What anyone in the workspace or server may do. No edit takes it away. */
export const PUBLIC_ACTIONS: readonly Action[] = ['help.see', 'link.use', 'stock.see', 'policy.see'];

/** What every listed member may do besides, whatever their role. No edit takes it away. */
export const MEMBER_ACTIONS: readonly Action[] = ['timeline.see', 'drop.see', 'team.see', 'health.see', 'milestone.own'];

/** What each role may do besides, until a team edits it. Closed unless listed. */
export const DEFAULT_PERMISSIONS: Readonly<Record<Role, readonly Action[]>> = {
  founder: ACTIONS,
  // Alerts escalate to producers, so producers must be able to answer one.
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
  'ops-lead': ['milestone.manage', 'stock.hold', 'promotion.pause', 'alert.acknowledge', 'alert.test'],
  fulfilment: ['stock.adjust', 'promotion.pause', 'alert.acknowledge', 'alert.test'],
  support: ['policy.publish'],
};

/** Whether a role may do this, the team's edits counted (the last one wins). A founder always may manage the team. */
export function roleMay(role: Role, action: Action, edits: readonly PermissionEdit[]): boolean {
  if (PUBLIC_ACTIONS.includes(action) || MEMBER_ACTIONS.includes(action)) return true;
  // A team whose founders locked themselves out could never be put right from chat.
  if (role === 'founder' && action === 'team.manage') return true;
  const edit = edits.findLast((candidate) => candidate.role === role && candidate.action === action);
  return edit?.allowed ?? DEFAULT_PERMISSIONS[role].includes(action);
}

/** Roles a member holds for this drop; with no drop, only those held for every drop. */
export function rolesFor(member: Pick<Member, 'assignments'>, dropId: string | null): readonly Role[] {
  const inScope = member.assignments.filter(({ scope }) => scope === '*' || scope === dropId);
  return ROLES.filter((role) => inScope.some((assignment) => assignment.role === role));
}

export type Permission = { readonly kind: 'may' } | { readonly kind: 'may-not'; readonly roles: readonly Role[] };

/** Whether the caller may do this for this drop; if not, the roles that may. */
export function mayDo({
  caller,
  action,
  edits,
  dropId,
}: {
  caller: Caller;
  action: Action;
  edits: readonly PermissionEdit[];
  dropId: string | null;
}): Permission {
  const allowed =
    PUBLIC_ACTIONS.includes(action) ||
    (caller.kind === 'member' &&
      (MEMBER_ACTIONS.includes(action) || rolesFor(caller.member, dropId).some((role) => roleMay(role, action, edits))));
  return allowed ? { kind: 'may' } : { kind: 'may-not', roles: ROLES.filter((role) => roleMay(role, action, edits)) };
}
