import { GatewayDispatchEvents } from 'discord-api-types/v10';
import type { FrontDoor } from '../../ports/chat.ts';
import type { Log } from '../../ports/log.ts';
import type { Answers } from './answer.ts';
import { deal } from './desk.ts';
import { REMEMBERED_MAX } from './limits.ts';
import { parseInteraction } from './parse.ts';

/** What became of an interaction that came in. `dealt` never rejects. */
export type Received =
  | { readonly kind: 'dealing'; readonly interactionId: string; readonly dealt: Promise<void> }
  | { readonly kind: 'twice'; readonly interactionId: string }
  | { readonly kind: 'unread' }; // there is nobody to answer

export type Reception = {
  readonly receive: (raw: unknown, answers: Answers) => Received;
  /** Resolves when everything begun has been answered. */
  readonly idle: () => Promise<void>;
};

/** Takes interactions as they come, each id once, and deals with them side by side. */
export function openReception(needs: {
  readonly door: FrontDoor;
  readonly log: Log;
  readonly applicationId: () => string | null;
}): Reception {
  const { door, log, applicationId } = needs;
  const typedInto = new Map();
  const seen = new Set<string>();
  const underWay = new Set<Promise<void>>();
  return {
    receive(raw, answers) {
      const interaction = parseInteraction(raw, applicationId());
      const isUnread = interaction === null || interaction.deed.kind === 'unread';
      if (isUnread) log.warn('discord.unread', { event: GatewayDispatchEvents.InteractionCreate });
      if (interaction === null) return { kind: 'unread' };
      const { interactionId } = interaction.asker;
      // Discord may deliver one twice; a second answer would only be refused.
      if (seen.has(interactionId)) {
        log.info('discord.delivered-twice', { interactionId });
        return { kind: 'twice', interactionId };
      }
      seen.add(interactionId);
      const [oldest] = seen;
      if (seen.size > REMEMBERED_MAX && oldest !== undefined) seen.delete(oldest);
      const dealt = deal({ door, answers, log, typedInto }, interaction).finally(() => underWay.delete(dealt));
      underWay.add(dealt);
      return { kind: 'dealing', interactionId, dealt };
    },
    idle: async (): Promise<void> => {
      await Promise.all(underWay);
    },
  };
}
