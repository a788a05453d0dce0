import type { Mention } from '../ports/message.ts';
import type { Ping, Recipient } from '../ports/post.ts';
import { platformWords, roleWords } from './refusal.ts';

/** Resolves what a new message mentions to the people one post rings. A mention that adds nobody to those before it is left out. */
export function pingsOf(mentions: readonly Mention[], recipients: readonly Recipient[]): readonly Ping[] {
  const told = new Set<string>();
  return mentions.flatMap((mention) => {
    const meant = recipients.filter((one) =>
      'role' in mention ? one.roles.includes(mention.role) : one.personId === mention.personId,
    );
    const others = meant.filter(({ personId }) => !told.has(personId));
    for (const { personId } of others) told.add(personId);
    const people = others
      .filter(({ accountIds }) => accountIds.length > 0)
      .map(({ personId, name, accountIds }) => ({ personId, name, accountIds }));
    const elsewhere = others.flatMap(({ accountIds, rungOn, name }) =>
      accountIds.length === 0 && rungOn !== null ? [{ name, platform: rungOn }] : [],
    );
    // Who holds two of the roles is named by the first. Only a role that nobody holds goes on to say so.
    const addsNobody = people.length + elsewhere.length === 0 && others.length < meant.length;
    return addsNobody ? [] : [{ mention, people, elsewhere }];
  });
}

/** What stands after the names a ping rings: the role, who is rung elsewhere, or that nobody can be. Plain text. */
export function pingWords({ mention, people, elsewhere }: Ping): string {
  const role = 'role' in mention ? roleWords(mention.role) : null;
  const others = elsewhere.map(({ name, platform }) => `${name} is pinged ${platformWords(platform)}`).join(', ');
  if (people.length > 0) return `${role === null ? '' : `(${role})`}${others === '' ? '' : `; ${others}`}`.trim();
  if (others !== '') return `${others}${role === null ? '' : ` (${role})`}`;
  return role === null ? 'This person has no account here.' : `Nobody with the role ${role} has an account here.`;
}
