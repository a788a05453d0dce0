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
import type { PingWhere } from '../../domain/ping.ts';

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

/** Who asks, and all that decides what they may do and how they are spoken to, as it stood at one moment. */
export type Asking = {
  readonly view: TeamView;
  readonly caller: Caller;
  readonly lastPlatform: Platform | null; // where a member was last; null for everybody else
};

export type GrantAnswer =
  | { readonly kind: 'granted' | 'revoked'; readonly member: Member; readonly role: Role }
  | { readonly kind: 'unchanged'; readonly member: Member; readonly role: Role }
  | { readonly kind: 'last-founder'; readonly member: Member } // a team keeps one
  | { readonly kind: 'which'; readonly asked: string; readonly matches: readonly Member[] } // two people of one name
  | { readonly kind: 'no-such-person'; readonly asked: string; readonly near: readonly string[] };

type NotFound = Extract<GrantAnswer, { kind: 'which' | 'no-such-person' }>;

export type LinkCodeAnswer =
  | {
      readonly kind: 'code';
      readonly code: string;
      readonly member: Member;
      readonly madeOn: Platform | null; // not good there; null: good anywhere
      readonly expiresAtMs: number;
    }
  | { readonly kind: 'given-already' } // the same request again: a code is kept nowhere, so it cannot be told twice
  | NotFound;

export type LinkAnswer =
  | { readonly kind: 'linked' | 'already-yours'; readonly member: Member }
  | { readonly kind: 'taken'; readonly holder: Member } // the account is another person's
  | { readonly kind: 'same-platform'; readonly platform: Platform } // the code is still good on the other
  | { readonly kind: 'no-such-code' } // wrong, used, or too old
  | { readonly kind: 'too-many-tries'; readonly untilMs: number };

export type UnlinkAnswer =
  | { readonly kind: 'unlinked' | 'no-account'; readonly member: Member; readonly platform: Platform }
  | { readonly kind: 'last-founder'; readonly member: Member } // no founder could type anywhere any more
  | NotFound;

export type TeamSubjectStore = {
  readonly view: () => Promise<TeamView>;
  /** Who this account is; anyone not listed is public. */
  readonly asking: (account: Account) => Promise<Asking>;
  /** `asked` is a person id, or a name in any case. */
  readonly grant: (ask: Change & { asked: string; role: Role }) => Promise<GrantAnswer>;
  readonly revoke: (ask: Change & { asked: string; role: Role }) => Promise<GrantAnswer>;
  /** A code of one use that makes an account the asker's on their other platform; or `asked`'s, anywhere. */
  readonly linkCode: (ask: Change & { asked: string | null }) => Promise<LinkCodeAnswer>;
  /** Whoever types a good code is its person from then on; anybody may try, a few times. */
  readonly useLink: (ask: { key: string; account: Account; place: Place; code: string; nowMs: number }) => Promise<LinkAnswer>;
  readonly unlink: (ask: Change & { asked: string; platform: Platform }) => Promise<UnlinkAnswer>;
  /** Where the asker is pinged from now on. */
  readonly pingWhere: (ask: Change & { where: PingWhere }) => Promise<'chosen'>;
  /** Somebody typed or pressed on this platform. */
  readonly sawOn: (ask: { personId: string; platform: Platform }) => Promise<void>;
  /** Makes these accounts founders: `personId`'s where they are nobody's yet, or with null a stand-in's, called Owner, until `/link` says who that is. */
  readonly adoptOwners: (ask: { accounts: readonly Account[]; personId: string | null; nowMs: number }) => Promise<void>;
  /** Binds this channel to a purpose, in place of the platform's earlier one. `by` null: whoever sets Showcaller up. */
  readonly bindChannel: (ask: {
    key: string;
    by: Actor | null;
    nowMs: number;
    purpose: Purpose;
    platform: Platform;
    address: string;
  }) => Promise<Destination>;
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
