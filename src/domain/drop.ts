export const DROP_FORMATS = ['hero', 'bundle', 'limited', 'pre-order'] as const;
export type DropFormat = (typeof DROP_FORMATS)[number];

export const DROP_STATES = ['planned', 'live', 'ended'] as const;
export type DropState = (typeof DROP_STATES)[number];

/** One launch, tied to one stream. `streamWall` is what was asked for; `streamAtMs` is that instant under today's zone rules. */
export type Drop = {
  readonly id: string;
  readonly name: string;
  readonly format: DropFormat;
  readonly streamWall: string; // 'YYYY-MM-DDTHH:MM'
  readonly zone: string; // IANA
  readonly streamAtMs: number;
  readonly state: DropState;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
};

/** The drop people mean when they name none: the live one, else the channel's chosen one, else the nearest to come, else the latest. */
export function currentDrop(drops: readonly Drop[], chosenId: string | null, nowMs: number): Drop | null {
  const live = drops.find(({ state }) => state === 'live');
  if (live !== undefined) return live;
  const chosen = drops.find(({ id }) => id === chosenId);
  if (chosen !== undefined) return chosen;
  const byStream = drops.toSorted((a, b) => a.streamAtMs - b.streamAtMs);
  return byStream.find(({ state, streamAtMs }) => state === 'planned' && streamAtMs >= nowMs) ?? byStream.at(-1) ?? null;
}
