import { POLICY_TOPICS, type Policy, type PolicyTopic, type PolicyVersion } from '../domain/policy.ts';
import { dayOf, sayDay } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import { say, type Button, type Message, type Part, type Telling } from '../ports/message.ts';

export type PolicyFacts = {
  readonly version: PolicyVersion | null; // null: none was published
  readonly topic: string | null; // a PolicyTopic; anything else is answered with all of them
  readonly dropName: string | null;
};

/** The returns policy in plain words, made from its rules, naming its version and day. `you` is the buyer. */
export function policyAnswer({ version, topic, dropName }: PolicyFacts, telling: Telling): Message {
  if (version === null) {
    return say('No returns policy is published yet. Support publishes it, through the drop plan.');
  }
  const { policy } = version;
  const known = POLICY_TOPICS.find((one) => one === topic) ?? null;
  const named = dropName === null ? '' : ` for ${dropName}`;
  const published = sayDay(dayOf(version.publishedAtMs, telling.zone), telling.locale);
  const context: Part = { kind: 'context', text: `Policy version ${version.version}, published ${published}.` };
  if (known !== null) {
    const words = topicWords(policy, known);
    const title: Part = { kind: 'text', text: [{ kind: 'strong', text: `${TITLES[known]}${named}` }] };
    return say(`${TITLES[known]}: ${words}`, title, { kind: 'text', text: words }, context);
  }
  const title: Part = { kind: 'text', text: [{ kind: 'strong', text: `Returns policy${named}` }] };
  const rows = POLICY_TOPICS.filter((one) => isSaid(policy, one)).map((one) => [TITLES[one], topicWords(policy, one)] as const);
  return say(`Returns policy${named}: ${windowWords(policy)}`, title, { kind: 'fields', rows }, context);
}

/** The button that shows a `/policy` answer to the channel. */
export function showPolicyHere(topic: string | null): Button {
  const input = topic === null ? { show: 'here' } : { topic, show: 'here' };
  return { label: 'Show here', style: 'plain', call: { name: 'policy', input }, confirm: null };
}

/** The answer shown to a channel, with who showed it. */
export function policyPost(facts: PolicyFacts & { readonly shownBy: string }, telling: Telling): Message {
  const message = policyAnswer(facts, telling);
  const parts: readonly Part[] = message.parts.length > 0 ? message.parts : [{ kind: 'text', text: message.summary }];
  return { ...message, parts: [...parts, { kind: 'context', text: `Shown by ${telling.nameOf(facts.shownBy)}` }] };
}

/** What the policy says about one topic, in whole sentences. */
export function topicWords(policy: Policy, topic: PolicyTopic): string {
  switch (topic) {
    case 'returns':
      return returnsWords(policy);
    case 'refunds':
      return refundsWords(policy);
    case 'faulty':
      return sentence(policy.faulty);
    case 'shipping':
      return policy.shipping === null ? 'Nothing is published about shipping yet.' : sentence(policy.shipping);
    case 'sizing':
      return policy.sizing === null ? 'Nothing is published about sizes and fit yet.' : sentence(policy.sizing);
    case 'restrictions':
      return policy.restrictions.length === 0 ? 'There are no exceptions.' : capital(listed(policy.restrictions));
    case 'contact':
      return policy.contact === null ? 'No contact is published yet. Please ask here.' : sentence(policy.contact);
    default:
      return unreachable(topic);
  }
}

const TITLES: Readonly<Record<PolicyTopic, string>> = {
  returns: 'Returns',
  refunds: 'Refunds',
  shipping: 'Shipping',
  faulty: 'Faulty items',
  sizing: 'Sizes and fit',
  restrictions: 'Exceptions',
  contact: 'Contact',
};

/** Whether the full answer has a line for this topic: what nobody published is not listed, only said when asked for. */
function isSaid(policy: Policy, topic: PolicyTopic): boolean {
  switch (topic) {
    case 'returns':
    case 'refunds':
    case 'faulty':
      return true;
    case 'shipping':
    case 'sizing':
    case 'contact':
      return policy[topic] !== null;
    case 'restrictions':
      return false; // `returns` says them
    default:
      return unreachable(topic);
  }
}

function returnsWords(policy: Policy): string {
  const condition = policy.windowDays === 0 ? '' : `Condition: ${sentence(policy.condition)}`;
  return [windowWords(policy), condition, payerWords(policy), exceptionWords(policy)].filter((part) => part !== '').join(' ');
}

function windowWords({ windowDays, windowFrom }: Policy): string {
  if (windowDays === 0) return 'We take back faulty items only.';
  const from = windowFrom === 'delivery' ? 'delivery' : 'your order';
  return `You can return an item within ${days(windowDays)} of ${from}.`;
}

function payerWords({ windowDays, whoPays }: Policy): string {
  // Without a window only faulty items come back, so `seller-if-faulty` is always the seller.
  if (windowDays === 0) return whoPays === 'buyer' ? 'You pay for sending it back.' : 'We pay for sending it back.';
  switch (whoPays) {
    case 'buyer':
      return 'You pay for sending it back.';
    case 'seller':
      return 'We pay for sending it back.';
    case 'seller-if-faulty':
      return 'You pay for sending it back, unless it is faulty: then we pay.';
    default:
      return unreachable(whoPays);
  }
}

function refundsWords({ windowDays, refundMethod, refundWithinDays }: Policy): string {
  const soon = `within ${days(refundWithinDays)} of getting the ${windowDays === 0 ? 'faulty item' : 'item'} back`;
  switch (refundMethod) {
    case 'original-payment':
      return `We refund you the way you paid, ${soon}.`;
    case 'store-credit':
      return `We refund you in store credit, ${soon}.`;
    case 'exchange':
      return `We exchange the item for another, ${soon}. There are no refunds in money.`;
    default:
      return unreachable(refundMethod);
  }
}

function exceptionWords({ restrictions }: Policy): string {
  return restrictions.length === 0 ? '' : `Exceptions: ${listed(restrictions)}`;
}

function listed(clauses: readonly string[]): string {
  return sentence(clauses.map(bare).join('; '));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

/** Text people wrote, ended as a sentence, whatever they ended it with. An address or a link stays one that can be clicked. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) || /\S[@/]\S+$/.test(trimmed) ? trimmed : `${bare(trimmed)}.`;
}

function bare(text: string): string {
  return text.trim().replace(/[.;,\s]+$/, '');
}
