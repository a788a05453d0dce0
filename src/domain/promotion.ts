import { balance, oversoldUnits } from './stock.ts';
import type { Component, Level } from './stock.ts';

/** What a pause covers: every promotion, or one SKU or bundle. */
export type PauseScope = '*' | (string & {});

/** One surface's answer to a pause or a resume: asked, confirmed after so many milliseconds, or not confirmed. */
export type Receipt = {
  readonly surface: string; // a destination id, `announcements`, later `overlay`, a storefront, a webhook
  readonly name: string; // as people call it: what the channel is for, and where
  readonly askedAtMs: number;
  readonly confirmedAtMs: number | null;
  readonly state: 'asked' | 'confirmed' | 'not-confirmed';
  readonly note: string | null; // what the surface said: how many were held, why it failed
};

export type Pause = {
  readonly id: string;
  readonly scope: PauseScope;
  readonly reason: string | null;
  readonly byPersonId: string;
  readonly place: { readonly platform: string; readonly channel: string };
  readonly atMs: number;
  readonly untilMs: number | null;
  readonly resumedAtMs: number | null;
  readonly resumedBy: string | null; // null when time ended it
};

/** A pauser may take back the pause without the gate for this long. */
export const UNDO_MS = 30_000;

/** A surface that has not confirmed by then is shown as NOT CONFIRMED. */
export const RECEIPT_DUE_MS = 5_000;

export const ANNOUNCEMENT_KINDS = ['teaser', 'hard'] as const;
export type AnnouncementKind = (typeof ANNOUNCEMENT_KINDS)[number];

/** A scheduled promotional post. A teaser names no date; a hard one does. */
export type Announcement = {
  readonly id: string;
  readonly dropId: string;
  readonly kind: AnnouncementKind;
  readonly text: string;
  readonly atMs: number;
  readonly wall: string; // 'YYYY-MM-DDTHH:MM', as asked
  readonly zone: string;
  readonly purposes: readonly string[];
  readonly skus: readonly string[]; // empty: the whole drop
};

/** An announcement unsent this long after its time is missed, not posted late. */
export const ANNOUNCEMENT_EXPIRES_MS = 60 * 60_000;

/** One that was stopped by a pause may still go out this long after its time; later it is missed. */
export const ANNOUNCEMENT_LATE_MS = 15 * 60_000;

/** Announcements sent this recently are marked as paused while a pause covers them. */
export const MARKED_BACK_MS = 48 * 3_600_000;

/** A team's bundles: components by the bundle's SKU. A SKU that is not in it is no bundle. */
export type Bundles = ReadonlyMap<string, readonly Component[]>;

/**
 * Whether a pause stops an announcement. Everything stops all of them. A pause of one SKU stops those that name it, or a bundle
 * it is in. An announcement that names nothing is for the whole drop: only a pause of everything stops it.
 */
export function covers(scope: PauseScope, { skus }: Pick<Announcement, 'skus'>, bundles: Bundles): boolean {
  if (scope === '*') return true;
  return skus.some((sku) => sku === scope || (bundles.get(sku) ?? []).some((component) => component.sku === scope));
}

/** What another pause comes to while some stand: nothing new, the same one made longer, or one of its own. */
export function pauseBeside<P extends Pick<Pause, 'scope' | 'untilMs'>>(
  standing: readonly P[],
  asked: { readonly scope: PauseScope; readonly untilMs: number | null },
): { readonly kind: 'stands' | 'extend'; readonly pause: P } | { readonly kind: 'new' } {
  const lasts = ({ untilMs }: P): boolean => untilMs === null || (asked.untilMs !== null && untilMs >= asked.untilMs);
  const same = standing.find(({ scope }) => scope === asked.scope);
  const wider = standing.find(({ scope }) => scope === '*');
  const covering = [wider, same].find((pause) => pause !== undefined && lasts(pause));
  if (covering !== undefined) return { kind: 'stands', pause: covering };
  // Who asks for longer must not be let down when the shorter one ends by itself.
  return same === undefined ? { kind: 'new' } : { kind: 'extend', pause: same };
}

/** The SKUs a pause is about: a bundle's are its components; null means every SKU. */
export function skusOf(scope: PauseScope, bundles: Bundles): readonly string[] | null {
  if (scope === '*') return null;
  return bundles.get(scope)?.map(({ sku }) => sku) ?? [scope];
}

/** Whether this person may take this pause back without the gate. */
export function mayUndo(
  { byPersonId, atMs }: Pick<Pause, 'byPersonId' | 'atMs'>,
  personId: string,
  nowMs: number,
): 'yes' | 'not-yours' | 'too-late' {
  if (byPersonId !== personId) return 'not-yours';
  return nowMs - atMs <= UNDO_MS ? 'yes' : 'too-late';
}

/** Why promotion of these SKUs may not run again yet: each one sold beyond what may be sold, in the order given. */
export function resumeCauses(
  levels: readonly { readonly sku: string; readonly level: Level }[],
): readonly { readonly kind: 'oversold'; readonly sku: string; readonly units: number }[] {
  return levels
    .filter(({ level }) => balance(level) < 0)
    .map(({ sku, level }) => ({ kind: 'oversold', sku, units: oversoldUnits(level) }));
}

/** What becomes of an announcement a pause held, once nothing holds it any more. */
export function afterHold({ atMs }: Pick<Announcement, 'atMs'>, nowMs: number): 'release' | 'missed' {
  return nowMs - atMs > ANNOUNCEMENT_LATE_MS ? 'missed' : 'release';
}
