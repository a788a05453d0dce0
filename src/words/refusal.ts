import type { Action, Member, PermissionEdit, Platform, Role } from '../domain/team.ts';
import { MEMBER_ACTIONS, ROLES, roleMay } from '../domain/team.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Message } from '../ports/message.ts';
import { refuse } from '../ports/message.ts';

const NAMES_MAX = 4;

/** A role as a person reads it. */
export function roleWords(role: Role): string {
  return role === 'ops-lead' ? 'ops lead' : role;
}

/** A platform as a place, after a verb. */
export function platformWords(platform: Platform): string {
  return { slack: 'on Slack', discord: 'on Discord', console: 'at the console' }[platform];
}

/** "Ann", "Ann or Ben", "Ann, Ben or Cy". */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

const LINK_HINT = 'On the team, but not known here? /link helps.';

/** Tells somebody which role they would need and who has it. `roles` are those that may, as `mayDo` answers. */
export function mayNot(facts: {
  readonly action: Action;
  readonly roles: readonly Role[];
  readonly members: readonly Member[];
  readonly edits: readonly PermissionEdit[];
  readonly isKnown: boolean; // false: nobody the team lists, or somebody it does not know here yet
}): Message {
  const { action, roles, members, edits, isKnown } = facts;
  const end = isKnown ? 'Nothing was changed.' : `${LINK_HINT} Nothing was changed.`;
  const what = actionWords(action);
  if (MEMBER_ACTIONS.includes(action)) {
    const founders = members.filter((member) => holdsOne(member, ['founder']));
    return refuse(
      `Only members of the team may ${what}. ${namesOf(founders)} can add you. ${end}`,
      { kind: 'text', text: `Only members of the team may ${what}.` },
      { kind: 'context', text: `${namesOf(founders)} can add you to the team. ${end}` },
    );
  }
  const role = `You need the role ${orList(roles.map(roleWords))} to ${what}.`;
  // Founders last: whoever has just the role is the one to ask.
  const holders = members
    .filter((member) => holdsOne(member, roles))
    .toSorted((a, b) => Number(holdsOne(a, ['founder'])) - Number(holdsOne(b, ['founder'])));
  const granting = members.filter((member) => holdsOne(member, grantingRoles(edits)));
  const ask =
    holders.length === 0
      ? `Nobody has it yet; ${namesOf(granting)} can give it with /team grant.`
      : `${namesOf(holders)} can do this.`;
  return refuse(`${role} ${ask} ${end}`, { kind: 'text', text: role }, { kind: 'context', text: `${ask} ${end}` });
}

/** Tells somebody that no item has that name, and which one they may have meant. */
export function unknownSku({ asked, near }: { readonly asked: string; readonly near: readonly string[] }): Message {
  const hint = near.length === 0 ? '/stock lists them.' : `Did you mean ${orList(near.slice(0, NAMES_MAX))}?`;
  return refuse(`No item is called ${asked}. ${hint} Nothing was changed.`);
}

/** Answers a button whose message is older than what it would do now. */
export function staleButton(): Message {
  return refuse(
    'This button is from an older message and does nothing any more; the message is being brought up to date. Or type the command; /help lists them.',
  );
}

/** Answers what only members may ask. */
export function fromMembers(): Message {
  return refuse('This is for members of the team. Nothing was changed.');
}

/** Answers in a workspace or server that no team has been bound to. */
export function noTeamYet(): Message {
  return refuse('This place belongs to no team of Showcaller yet. Whoever runs Showcaller can bind it: npm start -- setup');
}

/** Answers while more is asked at once than can be worked on. */
export function crowded(): Message {
  return refuse('Very much is being asked at once, so this was not done. Please try again in a moment.');
}

/** Says that something broke on our side. `id` finds it in the log. */
export function apology(id: string): Message {
  return refuse(`Something went wrong on our side, and we are sorry. Please try again; if it stays, tell your operator ${id}.`);
}

/** What an action lets a person do, after "you may". */
export function actionWords(action: Action): string {
  switch (action) {
    case 'link.use':
      return 'link an account';
    case 'help.see':
      return 'see the help';
    case 'stock.see':
      return 'see the stock';
    case 'policy.see':
      return 'see the policy';
    case 'timeline.see':
      return 'see the timeline';
    case 'drop.see':
      return 'see the drop';
    case 'team.see':
      return 'see the team';
    case 'health.see':
      return 'see how Showcaller is doing';
    case 'milestone.own':
      return 'keep milestones';
    case 'milestone.manage':
      return 'plan milestones';
    case 'drop.run':
      return 'start and end the live drop';
    case 'announcement.manage':
      return 'plan announcements';
    case 'promotion.pause':
      return 'pause promotion';
    case 'promotion.resume':
      return 'resume promotion';
    case 'stock.adjust':
      return 'change the stock';
    case 'stock.hold':
      return 'hold stock';
    case 'alert.acknowledge':
      return 'answer alerts';
    case 'alert.test':
      return 'send a test alert';
    case 'policy.publish':
      return 'publish the policy';
    case 'team.manage':
      return 'change the team';
    default:
      return unreachable(action);
  }
}

function grantingRoles(edits: readonly PermissionEdit[]): readonly Role[] {
  return ROLES.filter((role) => roleMay(role, 'team.manage', edits));
}

function holdsOne({ assignments }: Member, roles: readonly Role[]): boolean {
  return assignments.some(({ role }) => roles.includes(role));
}

function namesOf(members: readonly Member[]): string {
  if (members.length === 0) return 'A founder';
  const names = members.slice(0, NAMES_MAX).map(({ name }) => name);
  const more = members.length - names.length;
  return orList(more === 0 ? names : [...names, `${more} more`]);
}
