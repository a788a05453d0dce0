import type { Button, Message, Telling } from '../ports/message.ts';
import { refuse, say } from '../ports/message.ts';
import type { PauseFacts } from '../ports/post.ts';
import type { PauseAnswer, ResumeAnswer, ResumeCause } from '../ports/store/promotion.ts';
import { unreachable } from '../domain/unreachable.ts';
import { sayDuration } from '../domain/time.ts';
import { pauseRows, resumeButton, scopeWords, undoButton } from './pause.ts';
import { orList } from './refusal.ts';

const NEAR_BUTTONS_MAX = 3;
const REASON_CHARS_MAX = 300; // what /pause takes

const NO_PAUSE_TO_UNDO = 'There is no such pause any more, so there is nothing to undo.';

/** Promotion is the team's: anyone else is told so. */
export function promotionIsTheTeams(): Message {
  return refuse('Only members of the team may pause or resume promotion. Nothing was changed.');
}

/** The private answer to `/pause`. `reason` is what was typed after the item, in case the item was meant as a reason. */
export function pauseAnswer(answer: PauseAnswer, { reason }: { readonly reason: string | null }, telling: Telling): Message {
  switch (answer.kind) {
    case 'paused': {
      const { pause } = answer;
      const asked = pause.receipts.length - 1; // the announcements themselves stopped with this answer
      return withRows(
        `Paused: ${scopeWords(pause)}.`,
        ` ${channels(asked)} being told now; the card in your channel shows each one confirm.`,
        pause,
        [undoButton(pause), resumeButton(pause)],
        telling,
      );
    }
    case 'already-paused': {
      const { pause } = answer;
      const { byPersonId, untilMs } = pause.pause;
      const until = untilMs === null ? 'until somebody resumes it' : 'for a while';
      const head = `Already paused: ${scopeWords(pause)}, by ${telling.nameOf(byPersonId)}, ${until}.`;
      return withRows(head, '', pause, [resumeButton(pause)], telling);
    }
    case 'unknown-sku':
      return notAnItem(answer, reason);
    default:
      return unreachable(answer);
  }
}

/** The private answer to `/resume` and `/undo`. `what` is the item that was asked for, all, or null for an undo. */
export function resumeAnswer(answer: ResumeAnswer, { what }: { readonly what: string | null }, telling: Telling): Message {
  switch (answer.kind) {
    case 'resumed':
      return resumed(answer.pauses, answer.undone);
    case 'nothing-paused':
      return refuse(what === null ? NO_PAUSE_TO_UNDO : notPaused(what));
    case 'covered':
      return notResumed(
        'Everything is paused, so one item alone cannot run. Nothing was changed. /resume lets everything go.',
        answer.pause,
      );
    case 'refused':
      return refused(answer.causes, what ?? 'all');
    case 'too-late-to-undo':
      return notResumed(
        'A pause can be undone for 30 seconds, and they are over. It still stands. /resume lets it go after a check.',
        answer.pause,
      );
    case 'not-yours-to-undo': {
      const who = telling.nameOf(answer.pause.pause.byPersonId);
      return notResumed(
        `Only ${who}, who paused, can undo this. It still stands. /resume lets it go after a check.`,
        answer.pause,
      );
    }
    case 'unknown-sku': {
      const hint = answer.near.length > 0 ? ` Did you mean ${orList(answer.near)}?` : '';
      return refuse(`No item is called ${answer.asked}.${hint} Nothing was resumed. To resume everything: /resume all`);
    }
    default:
      return unreachable(answer);
  }
}

function notPaused(what: string): string {
  return what === 'all' ? 'Nothing is paused: promotion is running.' : `${what} is not paused. Nothing was changed.`;
}

function notResumed(head: string, pause: PauseFacts): Message {
  return refuse(head, { kind: 'text', text: head }, { kind: 'buttons', buttons: [resumeButton(pause)] });
}

function withRows(head: string, next: string, pause: PauseFacts, buttons: readonly Button[], telling: Telling): Message {
  const message = say(
    `${head}${next}`,
    { kind: 'text', text: [{ kind: 'strong', text: head }, next] },
    { kind: 'fields', rows: pauseRows(pause, telling) },
    { kind: 'buttons', buttons },
  );
  return { ...message, tone: 'critical' };
}

function notAnItem(
  { asked, near }: { readonly asked: string; readonly near: readonly string[] },
  reason: string | null,
): Message {
  // Under stress people type the reason first. Guessing what to stop would be worse than asking: one more press does it.
  const said = (reason === null ? asked : `${asked} ${reason}`).slice(0, REASON_CHARS_MAX);
  const hint = near.length > 0 ? ` Did you mean ${orList(near)}?` : '';
  const head = `Nothing was paused: no item is called ${asked}.${hint}`;
  const items = near.slice(0, NEAR_BUTTONS_MAX).map((sku) => pauseButton(`Pause ${sku}`, sku, reason));
  return refuse(
    head,
    { kind: 'text', text: head },
    { kind: 'text', text: `To pause everything for that reason: /pause all ${said}` },
    { kind: 'buttons', buttons: [pauseButton('Pause everything', 'all', said), ...items] },
  );
}

function pauseButton(label: string, what: string, reason: string | null): Button {
  const input = reason === null ? { what } : { what, reason };
  return { label, style: 'danger', call: { name: 'pause', input }, confirm: null }; // a pause is undone faster than confirmed
}

function resumed(pauses: readonly PauseFacts[], undone: boolean): Message {
  const what = pauses.map(scopeWords).join(' and ');
  const head = `${undone ? 'Undone' : 'Resumed'}: promotion runs again for ${what}.`;
  const rows = pauses.map((pause) => {
    const lastedMs = (pause.pause.resumedAtMs ?? pause.asOfMs) - pause.pause.atMs;
    const note = pause.receipts.find(({ surface }) => surface === 'announcements')?.note;
    const announcements = note === null || note === undefined ? '' : `; announcements: ${note}`;
    return [
      scopeWords(pause),
      `paused for ${sayDuration(lastedMs)}${announcements}; ${pause.unitsSoldMeanwhile} units sold`,
    ] as const;
  });
  return say(head, { kind: 'text', text: head }, { kind: 'fields', rows });
}

function refused(causes: readonly ResumeCause[], what: string): Message {
  const head = 'Still paused: more was sold than there is.';
  return refuse(
    head,
    { kind: 'text', text: head },
    { kind: 'fields', rows: causes.map(({ sku, units }) => [sku, `oversold by ${units}`] as const) },
    {
      kind: 'context',
      text: `Settle that first: /inventory receive, or cancel orders in the shop. To resume all the same, say why: /resume ${what} because …`,
    },
  );
}

function channels(count: number): string {
  return count === 1 ? '1 channel is' : `${count} channels are`;
}
