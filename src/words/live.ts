import type { Message, Telling } from '../ports/message.ts';
import type { PostFacts } from '../ports/post.ts';

type LiveFacts = Omit<Extract<PostFacts, { kind: 'live' }>, 'kind'>;

/** Tells the team and the host that the show began, or that it is over. */
export function liveCard({ dropName, state, atMs, byPersonId, mayPause = [] }: LiveFacts, { nameOf }: Telling): Message {
  const live = state === 'live';
  const summary = live ? `${dropName} is live` : `${dropName} has ended`;
  const next = live ? 'Stock alerts ring at once from now on.' : 'Stock alerts go quiet; the digest of each morning brings them.';
  const stock = { label: 'Stock', style: 'plain', call: { name: 'stock', input: {} }, confirm: null } as const;
  // One click and no question: a promotion that must stop must stop now, and there is an undo.
  const pause = { label: 'Pause promotion', style: 'danger', call: { name: 'pause', input: {} }, confirm: null } as const;
  return {
    summary: `${summary}.`,
    tone: live ? 'good' : 'plain',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: summary }, `. ${next}`] },
      ...(live && mayPause.length > 0
        ? [{ kind: 'fields', rows: [['May pause', mayPause.map(nameOf).join(', ')]] } as const]
        : []),
      { kind: 'buttons', buttons: live ? [stock, pause] : [stock] },
      {
        kind: 'context',
        text: [`${live ? 'Started' : 'Ended'} by ${nameOf(byPersonId)} at `, { kind: 'time', atMs, style: 'clock' }, '.'],
      },
    ],
  };
}
