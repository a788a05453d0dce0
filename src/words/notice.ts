import { PLATFORM_NAMES } from '../domain/team.ts';
import { sayDuration } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Message, Text } from '../ports/message.ts';
import type { PostFacts, TroubleFacts, UndeliveredFacts } from '../ports/post.ts';
import { channelText, channelWords } from './channel.ts';
import { driftNotice } from './drift.ts';

type Notice = Extract<PostFacts, { kind: 'notice' }>['notice'];

/** Something the team should know that is no alert: what happened, and what to do about it. */
export function noticePost(notice: Notice): Message {
  const { head, text } = said(notice);
  return {
    summary: head,
    tone: isOver(notice) ? 'good' : 'warning',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: head }] },
      { kind: 'text', text },
    ],
  };
}

/** Whether the notice tells that something has ended well. */
function isOver(notice: Notice): boolean {
  return (notice.what === 'trouble' && notice.backAtMs !== null) || (notice.what === 'drift' && notice.over !== null);
}

type Said = { readonly head: string; readonly text: Text };

function said(notice: Notice): Said {
  switch (notice.what) {
    case 'unknown-sku':
      return {
        head: `Orders name an item nobody listed: ${notice.sku}`,
        text:
          `First heard in order ${notice.externalId} from ${notice.source}, ${units(notice.units)}. Its units are kept, ` +
          `and counted as sold once ${notice.sku} is added to the drop plan and imported.`,
      };
    case 'set-aside':
      return {
        head: `An order was set aside: ${notice.externalId} from ${notice.source}`,
        text: `It could not be recorded: ${notice.why}. Other orders are not affected. Stock does not include it; check it in the shop.`,
      };
    case 'reconcile':
      return {
        head: `An order needs a look: ${notice.externalId} from ${notice.source}`,
        text:
          'The shop told two different things about it at the same moment. The larger numbers were kept. ' +
          'Compare it with the shop, and correct the stock with /inventory adjust if they differ.',
      };
    case 'missed-announcement':
      return {
        head: 'An announcement did not go out',
        text: [
          'It was due ',
          { kind: 'time', atMs: notice.atMs, style: 'moment' },
          ` and its time had passed before it could be sent, so it was not sent late: “${notice.text}”. `,
          'To send it after all, give it a new time in the drop plan and import the plan.',
        ],
      };
    case 'undelivered':
      return undelivered(notice);
    case 'trouble':
      return trouble(notice);
    case 'drift':
      return driftNotice(notice);
    default:
      return unreachable(notice);
  }
}

function undelivered({ count, kinds, reason, ...channel }: UndeliveredFacts): Said {
  const what = count === 1 ? 'A message' : `${count} messages`;
  return {
    head: `${what} could not be shown in ${channelWords(channel)}`,
    text: [
      ...channelText(channel),
      ` takes no messages: ${reason}. Not shown: ${kinds.map((kind) => POST_WORDS[kind]).join(', ')}. `,
      'What is still true is in the other channels. /showcaller health tells more, and so does npm start -- doctor.',
    ],
  };
}

function trouble({ platform, sinceMs, reason, waitingCount, backAtMs, tooLateCount }: TroubleFacts): Said {
  const name = PLATFORM_NAMES[platform];
  const since = { kind: 'time', atMs: sinceMs, style: 'clock' } as const;
  if (backAtMs === null) {
    return {
      head: `${name} takes no messages`,
      text: [
        'Since ',
        since,
        `: ${reason}. Everything goes on here. ${counted(waitingCount, 'message')} for ${name} waiting; what is still true then `,
        'follows when it is back.',
      ],
    };
  }
  const late = tooLateCount === 0 ? '' : ` ${counted(tooLateCount, 'message')} came too late and will not be sent.`;
  return {
    head: `${name} takes messages again`,
    text: [
      'It was gone from ',
      since,
      ` for ${sayDuration(backAtMs - sinceMs)}: ${reason}. What waited is on its way now.${late}`,
    ],
  };
}

/** What a kind of post is, to a person. */
export const POST_WORDS: Readonly<Record<PostFacts['kind'], string>> = {
  alert: 'an alert',
  'alert-ring': 'a ping about an alert',
  reminder: 'a reminder',
  'reminder-ring': 'a ping about a reminder',
  announcement: 'an announcement',
  pause: 'a pause',
  'pause-ring': 'a ping about a pause',
  digest: 'the morning digest',
  live: 'the start or end of the show',
  stock: 'an answer about stock',
  policy: 'an answer about the policy',
  notice: 'a notice',
};

function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

function units(count: number): string {
  return count === 1 ? '1 unit' : `${count} units`;
}
