/** In whose zone and language a page is read, and when. */
export type Reading = { readonly zone: string; readonly locale: string; readonly nowMs: number };

const PARTS = {
  time: { hour: 'numeric', minute: '2-digit' },
  timeSeconds: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  dateShort: { month: 'short', day: 'numeric', year: 'numeric' },
  dateLong: { month: 'long', day: 'numeric', year: 'numeric' },
  dateFull: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' },
  dateNumbers: { month: 'numeric', day: 'numeric', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
export type ClockStyle = keyof typeof PARTS;

/** A moment as the platforms' own clients write it. */
export function clockWords(atMs: number, style: ClockStyle, { zone, locale }: Reading): string {
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-US' : locale, { ...PARTS[style], timeZone: zone }).format(atMs);
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** How long ago, or in how long: “3 minutes ago”. */
export function agoWords(atMs: number, { nowMs, locale }: Reading): string {
  const awayMs = atMs - nowMs;
  const [unit, ms] = UNITS.find(([, unitMs]) => Math.abs(awayMs) >= unitMs) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(Math.round(awayMs / ms), unit);
}
