import type { Mention } from '../ports/message.ts';
import type { Ping, Recipient } from '../ports/post.ts';
import { platformWords, roleWords } from './refusal.ts';

/** Resolves what a new message mentions to the people one post rings. */
export function pingsOf(mentions: readonly Mention[], recipients: readonly Recipient[]): readonly Ping[] {
  return mentions.map((mention) => {
    const meant = recipients.filter((one) =>
      'role' in mention ? one.roles.includes(mention.role) : one.personId === mention.personId,
    );
    return {
      mention,
      people: meant
        .filter(({ accountIds }) => accountIds.length > 0)
        .map(({ personId, name, accountIds }) => ({ personId, name, accountIds })),
      elsewhere: meant.flatMap(({ accountIds, rungOn, name }) =>
        accountIds.length === 0 && rungOn !== null ? [{ name, platform: rungOn }] : [],
      ),
    };
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
