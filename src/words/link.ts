import { LINK_CODE_MS } from '../domain/link-code.ts';
import type { PingWhere } from '../domain/ping.ts';
import type { Platform } from '../domain/team.ts';
import { sayDuration } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import { refuse, say, type Message } from '../ports/message.ts';
import type { LinkAnswer, LinkCodeAnswer, UnlinkAnswer } from '../ports/store/team.ts';
import { platformWords, roleWords } from './refusal.ts';
import { noSuchPerson } from './team.ts';

const OTHER: Readonly<Record<Platform, string>> = { slack: 'Discord', discord: 'Slack', console: 'Slack or Discord' };

/** The code, for how long it is good, and where to type it. */
export function linkCodeAnswer(
  answer: LinkCodeAnswer,
  { nowMs, forSelf }: { readonly nowMs: number; readonly forSelf: boolean },
): Message {
  if (answer.kind === 'given-already') return refuse('A code was given for this already. Ask again for a new one.');
  if (answer.kind !== 'code') return noSuchPerson(answer);
  const { code, member, madeOn, expiresAtMs } = answer;
  const left = sayDuration(Math.min(LINK_CODE_MS, Math.max(0, expiresAtMs - nowMs)));
  const where = madeOn === null ? 'on Slack or Discord' : `on ${OTHER[madeOn]}`;
  const who = forSelf ? 'you' : member.name;
  const summary = forSelf ? `Your code is ${code}` : `The code for ${member.name} is ${code}`;
  return say(
    summary,
    { kind: 'text', text: [{ kind: 'strong', text: code }] },
    { kind: 'text', text: `Type /link ${code} ${where}. Whoever types it there is ${who} from then on.` },
    { kind: 'context', text: `Good for ${left}, once. Give it to nobody else.` },
  );
}

/** What came of typing a code. */
export function linkAnswer(answer: LinkAnswer, { nowMs }: { readonly nowMs: number }): Message {
  switch (answer.kind) {
    case 'linked': {
      const { name, assignments } = answer.member;
      const roles = [...new Set(assignments.map(({ role }) => roleWords(role)))];
      const as = roles.length === 0 ? '' : ` (${roles.join(', ')})`;
      return {
        ...say(`You are ${name}${as} here now. You are pinged on the platform you used last; /pings both changes that.`),
        tone: 'good',
      };
    }
    case 'already-yours':
      return say(`You are ${answer.member.name} here already. Nothing was changed, and the code is still good.`);
    case 'taken':
      return refuse(
        `This account is ${answer.holder.name}'s. A founder can take it from them first with /team unlink. Nothing was changed.`,
      );
    case 'same-platform':
      return refuse(
        `This code was made ${platformWords(answer.platform)}. Type it on ${OTHER[answer.platform]}; it is still good.`,
      );
    case 'no-such-code':
      return refuse('This code is wrong, used, or too old. Get a new one with /link on the other platform. Nothing was changed.');
    case 'too-many-tries':
      return refuse(`Too many wrong codes. Try again in ${sayDuration(answer.untilMs - nowMs)}. Nothing was changed.`);
    default:
      return unreachable(answer);
  }
}

/** Somebody nobody knows yet asked for a code. */
export function noCodeForYou(): Message {
  return refuse(
    'Showcaller does not know you here. If you are on the team: type /link where it knows you and bring the code, or ask a founder for /team link.',
  );
}

/** Where somebody is pinged from now on. */
export function pingsChosen(where: PingWhere): Message {
  return say(
    where === 'both' ? 'You are pinged on both platforms from now on.' : 'You are pinged where you typed last from now on.',
  );
}

/** What came of taking somebody's account on a platform away. */
export function unlinkAnswer(answer: UnlinkAnswer): Message {
  switch (answer.kind) {
    case 'unlinked':
      return say(`${answer.member.name} is no longer known ${platformWords(answer.platform)}.`);
    case 'no-account':
      return say(`${answer.member.name} has no account ${platformWords(answer.platform)}. Nothing was changed.`);
    case 'last-founder':
      return refuse(
        `${answer.member.name} is the only founder who is known anywhere, and would be known nowhere. Nothing was changed.`,
      );
    case 'which':
    case 'no-such-person':
      return noSuchPerson(answer);
    default:
      return unreachable(answer);
  }
}
