import type { Message, Telling } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import type { PostFacts } from '../ports/post.ts';
import { stockAnswer } from './stock.ts';

/** The message of a post, in the destination's locale and zone. */
export function postMessage(facts: PostFacts, telling: Telling): Message {
  switch (facts.kind) {
    case 'stock': {
      const message = stockAnswer(facts.answer, telling);
      return { ...message, parts: [...message.parts, { kind: 'context', text: `Shown by ${telling.nameOf(facts.shownBy)}` }] };
    }
    default:
      return say(facts.kind);
  }
}
