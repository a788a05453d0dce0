import { PURPOSES, type Destination, type Member, type Purpose, type Role } from '../domain/team.ts';
import { unreachable } from '../domain/unreachable.ts';
import { refuse, say, type Message, type Part, type Span, type Text } from '../ports/message.ts';
import type { GrantAnswer, TeamView } from '../ports/store/team.ts';
import { actionWords, orList, platformWords, roleWords } from './refusal.ts';

/** Who is on the team with which roles, what was changed about permissions, and where each kind of message goes. */
export function teamList({ name, members, edits, destinations }: TeamView): Message {
  const rows = members.map((member) => [member.name, member.personId, rolesOf(member)]);
  const channels = PURPOSES.map((purpose) => [PURPOSE_WORDS[purpose], channelsFor(purpose, destinations)] as const);
  const parts: Part[] = [
    { kind: 'text', text: [{ kind: 'strong', text: name }] },
    { kind: 'table', columns: ['Name', 'Id', 'Roles'], rows },
    { kind: 'fields', rows: channels },
  ];
  if (edits.length > 0) {
    const said = edits.map(
      ({ role, action, allowed }) => `${roleWords(role)} ${allowed ? 'may' : 'may not'} ${actionWords(action)}`,
    );
    parts.push({ kind: 'text', text: `Changed from the usual: ${said.join('; ')}.` });
  }
  return say(`${name}: ${members.length === 1 ? '1 person' : `${members.length} people`}`, ...parts);
}

/** What came of giving or taking a role. */
export function grantAnswer(answer: GrantAnswer, verb: 'grant' | 'revoke'): Message {
  switch (answer.kind) {
    case 'granted':
      return { ...say(`${answer.member.name} is now ${roleWords(answer.role)}.`), tone: 'good' };
    case 'revoked':
      return say(`${answer.member.name} is no longer ${roleWords(answer.role)}.`);
    case 'unchanged': {
      const state = verb === 'grant' ? 'is already' : 'is not';
      return say(`${answer.member.name} ${state} ${roleWords(answer.role)}. Nothing was changed.`);
    }
    case 'last-founder':
      return refuse(
        `${answer.member.name} is the only founder, and a team keeps one. Make somebody else founder first. Nothing was changed.`,
      );
    case 'which':
    case 'no-such-person':
      return noSuchPerson(answer);
    default:
      return unreachable(answer);
  }
}

/** Nobody, or more than one person, is called what somebody typed. */
export function noSuchPerson(answer: Extract<GrantAnswer, { kind: 'which' | 'no-such-person' }>): Message {
  if (answer.kind === 'which') {
    const ids = orList(answer.matches.map(({ personId }) => personId));
    return refuse(`Several people are called “${answer.asked}”. Say ${ids}. Nothing was changed.`);
  }
  const near = answer.near.length > 0 ? `Did you mean ${orList(answer.near)}?` : '/team list shows who is on the team.';
  return refuse(`Nobody on the team is called “${answer.asked}”. ${near} Nothing was changed.`);
}

/** What is posted in this channel from now on, and what already was. */
export function channelBound(purpose: Purpose, { purposes }: Destination): Message {
  const others = purposes.filter((one) => one !== purpose).map((one) => `${POSTED[one]} stay here too.`);
  return say([`${POSTED[purpose]} are posted in this channel from now on.`, ...others].join(' '));
}

const PURPOSE_WORDS: Readonly<Record<Purpose, string>> = {
  team: 'Team',
  alerts: 'Alerts',
  host: 'Host',
  community: 'Community',
};

const POSTED: Readonly<Record<Purpose, string>> = {
  team: 'Team messages',
  alerts: 'Alerts',
  host: 'Host messages',
  community: 'Announcements',
};

function rolesOf({ assignments }: Member): string {
  const said = assignments.map(({ role, scope }: { role: Role; scope: string }) =>
    scope === '*' ? roleWords(role) : `${roleWords(role)} for ${scope}`,
  );
  return said.length === 0 ? 'member' : said.join(', ');
}

function channelsFor(purpose: Purpose, destinations: readonly Destination[]): Text {
  const bound = destinations.filter(({ purposes }) => purposes.includes(purpose));
  if (bound.length > 0) {
    return bound.flatMap(({ platform, address }, at): readonly Span[] => [
      ...(at === 0 ? [] : [', ']),
      { kind: 'channel', platform, address },
      ` ${platformWords(platform)}`,
    ]);
  }
  return purpose === 'team'
    ? 'none yet: /team channel team, typed where it should be'
    : 'none of its own: goes to the team channel';
}
