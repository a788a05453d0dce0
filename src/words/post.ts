import type { Message, Telling } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import type { PostFacts } from '../ports/post.ts';
import { alertCard, alertRing } from './alert.ts';
import { digest } from './digest.ts';
import { liveCard } from './live.ts';
import { policyPost } from './policy.ts';
import { stockAnswer } from './stock.ts';

/** The message of a post, in the destination's locale and zone. */
export function postMessage(facts: PostFacts, telling: Telling): Message {
  switch (facts.kind) {
    case 'stock': {
      const message = stockAnswer(facts.answer, telling);
      // A message without parts shows its summary; once it has any, they say it all.
      const said: Message['parts'] = message.parts.length > 0 ? message.parts : [{ kind: 'text', text: message.summary }];
      return { ...message, parts: [...said, { kind: 'context', text: `Shown by ${telling.nameOf(facts.shownBy)}` }] };
    }
    case 'alert':
      return alertCard(facts.alert, telling);
    case 'alert-ring':
      return alertRing(facts.rings, telling);
    case 'digest':
      return digest(facts, telling);
    case 'live':
      return liveCard(facts, telling);
    case 'policy':
      return policyPost(facts, telling);
    default:
      return say(facts.kind);
  }
}
