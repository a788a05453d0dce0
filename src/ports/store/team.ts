import type {
  Account,
  Actor,
  Caller,
  Destination,
  Member,
  PermissionEdit,
  Place,
  Platform,
  Purpose,
  Role,
} from '../../domain/team.ts';

type Change = { readonly key: string; readonly by: Actor; readonly nowMs: number };

export type TeamView = {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly locale: string;
  readonly members: readonly Member[];
  readonly edits: readonly PermissionEdit[];
  readonly destinations: readonly Destination[];
};

export type GrantAnswer =
  | { readonly kind: 'granted' | 'revoked'; readonly member: Member; readonly role: Role }
  | { readonly kind: 'unchanged'; readonly member: Member; readonly role: Role }
  | { readonly kind: 'last-founder'; readonly member: Member } // a team keeps one
  | { readonly kind: 'which'; readonly asked: string; readonly matches: readonly Member[] } // two people of one name
  | { readonly kind: 'no-such-person'; readonly asked: string; readonly near: readonly string[] };

export type TeamSubjectStore = {
  readonly view: () => Promise<TeamView>;
  /** Who this account is; anyone not listed is public. */
  readonly whoIs: (account: Account) => Promise<Caller>;
  /** `asked` is a person id, or a name in any case. */
  readonly grant: (ask: Change & { asked: string; role: Role }) => Promise<GrantAnswer>;
  readonly revoke: (ask: Change & { asked: string; role: Role }) => Promise<GrantAnswer>;
  /** Binds this channel to a purpose, in place of the platform's earlier one. */
  readonly bindChannel: (ask: Change & { purpose: Purpose; platform: Platform; address: string }) => Promise<Destination>;
};

export type AuditEntry = {
  readonly seq: number;
  readonly atMs: number;
  readonly personId: string | null; // null: Showcaller itself, by a rule or a clock
  readonly place: Place | null;
  readonly action: string; // e.g. `promotion.pause`
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null; // null also once erased
  readonly hash: string;
};

export type AuditStore = {
  readonly list: (ask: { fromSeq: number; limit: number }) => Promise<readonly AuditEntry[]>;
  /** Recomputes the chain. */
  readonly verify: () => Promise<
    { readonly kind: 'intact'; readonly entryCount: number } | { readonly kind: 'broken'; readonly seq: number }
  >;
};
