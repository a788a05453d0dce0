import { unreachable } from '../domain/unreachable.ts';
import type { Message, Text } from '../ports/message.ts';
import type { PostFacts } from '../ports/post.ts';

type Notice = Extract<PostFacts, { kind: 'notice' }>['notice'];

/** Something the team should know that is no alert: what happened, and what to do about it. */
export function noticePost(notice: Notice): Message {
  const { head, text } = said(notice);
  return {
    summary: head,
    tone: 'warning',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: head }] },
      { kind: 'text', text },
    ],
  };
}

function said(notice: Notice): { readonly head: string; readonly text: Text } {
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
    default:
      return unreachable(notice);
  }
}

function units(count: number): string {
  return count === 1 ? '1 unit' : `${count} units`;
}
