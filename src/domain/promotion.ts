/** What a pause covers: every promotion, or one SKU or bundle. */
export type PauseScope = '*' | (string & {});

/** One surface's answer to a pause or a resume: asked, confirmed after so many milliseconds, or not confirmed. */
export type Receipt = {
  readonly surface: string; // a destination id, `announcements`, later `overlay`, a storefront, a webhook
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
