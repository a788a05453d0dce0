/** Roles a member may hold, in the order escalation and listings use. */
export const ROLES = ['founder', 'producer', 'host', 'ops-lead', 'fulfilment', 'support'] as const;
export type Role = (typeof ROLES)[number];

/** Everything a permission can be asked for. */
export const ACTIONS = [
  'help.see',
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

/** An account a person uses on one platform. */
export type Account = { readonly platform: Platform; readonly accountId: string };

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
