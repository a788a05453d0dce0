import type { Drop } from '../src/domain/drop.ts';
import { type CommandContext, defineCommand, text } from '../src/ports/command.ts';
import type { Message } from '../src/ports/message.ts';
import { noTimeline, timeline as timelineWords } from '../src/words/timeline.ts';

const drop = text('Which drop; left out: the current one', { charsMax: 100, required: false, suggest: 'drop' });

export const timeline = defineCommand({
  name: 'timeline',
  summary: 'Milestones with their days and owners, and when the stream is',
  may: 'timeline.see',
  options: { drop },
  run: ({ drop }, context) => showTimeline({ asked: drop ?? null, withIds: false }, context),
});

/** A drop's timeline, of the named drop or the one people mean here. */
export async function showTimeline(
  { asked, withIds }: { readonly asked: string | null; readonly withIds: boolean },
  { store, place, nowMs, telling }: CommandContext,
): Promise<Message> {
  const drops = await store.drops.list();
  const found = asked === null ? await store.drops.current({ place, nowMs }) : dropNamed(drops, asked);
  if (found === null) return noTimeline({ asked, drops });
  const milestones = await store.milestones.list({ dropId: found.id, nowMs });
  return timelineWords({ drop: found, milestones, nowMs, withIds }, telling);
}

function dropNamed(drops: readonly Drop[], asked: string): Drop | null {
  const typed = asked.trim().toLowerCase();
  const named = drops.filter(({ name }) => name.toLowerCase() === typed);
  return drops.find(({ id }) => id === typed) ?? (named.length === 1 ? (named[0] ?? null) : null);
}
