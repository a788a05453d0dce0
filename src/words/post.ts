import { unreachable } from '../domain/unreachable.ts';
import type { Message, Telling } from '../ports/message.ts';
import type { PostFacts } from '../ports/post.ts';
import { alertCard, alertRing } from './alert.ts';
import { announcementPost } from './announcement.ts';
import { digest } from './digest.ts';
import { liveCard } from './live.ts';
import { noticePost } from './notice.ts';
import { pauseCard, pauseRing } from './pause.ts';
import { policyPost } from './policy.ts';
import { reminderCard, reminderRing } from './reminder.ts';
import { stockPost } from './stock.ts';
import { summarized } from './summary.ts';

/** The message of a post, in the destination's locale and zone. */
export function postMessage(facts: PostFacts, telling: Telling): Message {
  return summarized(messageOf(facts, telling));
}

function messageOf(facts: PostFacts, telling: Telling): Message {
  switch (facts.kind) {
    case 'alert':
      return alertCard(facts.alert, telling);
    case 'alert-ring':
      return alertRing(facts.rings, telling);
    case 'reminder':
      return reminderCard(facts.reminder, telling);
    case 'reminder-ring':
      return reminderRing(facts.reminders, facts.mention, telling);
    case 'digest':
      return digest(facts, telling);
    case 'live':
      return liveCard(facts, telling);
    case 'stock':
      return stockPost(facts, telling);
    case 'policy':
      return policyPost(facts, telling);
    case 'announcement':
      return announcementPost(facts);
    case 'pause':
      return pauseCard(facts.pause, telling);
    case 'pause-ring':
      return pauseRing(facts, telling);
    case 'notice':
      return noticePost(facts.notice);
    default:
      return unreachable(facts);
  }
}
