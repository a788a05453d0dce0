import { Temporal } from 'temporal-polyfill';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What a wall time means in a zone. `kind` tells a night when the clocks change from an ordinary one. */
export type WallTime = {
  readonly kind: 'unique' | 'gap' | 'overlap';
  readonly ms: number; // the one meant: after the jump in a gap, the first in an overlap
  readonly earlierMs: number;
  readonly laterMs: number;
};

/** The instant of a wall time ('YYYY-MM-DDTHH:MM') in an IANA zone, and whether that time is skipped or happens twice. */
export function wallTime(wall: string, zone: string): WallTime {
  const plain = Temporal.PlainDateTime.from(wall);
  const at = (disambiguation: 'earlier' | 'later') => plain.toZonedDateTime(zone, { disambiguation }).epochMilliseconds;
  const earlierMs = at('earlier');
  const laterMs = at('later');
  if (earlierMs === laterMs) return { kind: 'unique', ms: earlierMs, earlierMs, laterMs };
  // In an overlap both instants show the wall time that was asked for; in a gap neither does.
  const kind = msToWall(earlierMs, zone) === wall.slice(0, 16) ? 'overlap' : 'gap';
  return { kind, ms: kind === 'gap' ? laterMs : earlierMs, earlierMs, laterMs };
}

/** The instant of a wall time ('YYYY-MM-DDTHH:MM') in an IANA zone: after the jump in a gap, the first in an overlap. */
export function wallToMs(wall: string, zone: string): number {
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

/** What the clocks on the wall show: 'YYYY-MM-DDTHH:MM'. */
export function msToWall(ms: number, zone: string): string {
  return zoned(ms, zone).toPlainDateTime().toString({ smallestUnit: 'minute' });
}

/** The calendar day of an instant in a zone, 'YYYY-MM-DD'. */
export function dayOf(ms: number, zone: string): string {
  return zoned(ms, zone).toPlainDate().toString();
}

/** The instant of a clock time ('HH:MM') on a day ('YYYY-MM-DD') in a zone, resolved as `wallToMs` does. */
export function dayAtMs(day: string, clock: string, zone: string): number {
  return wallToMs(`${day}T${clock}`, zone);
}

/** The day `days` later (or earlier, when negative). */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** Calendar days from `fromDay` to `toDay`; negative when `toDay` is earlier. */
export function daysBetween(fromDay: string, toDay: string): number {
  return Temporal.PlainDate.from(fromDay).until(toDay, { largestUnit: 'day' }).days;
}

/** A calendar day ('YYYY-MM-DD') as typed, or null when there is no such day. */
export function parseDay(typed: string): string | null {
  const day = typed.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  try {
    return Temporal.PlainDate.from(day).toString();
  } catch {
    return null;
  }
}

/** Whether `zone` is an IANA zone such as Europe/London. Offsets and abbreviations are not: they know no daylight saving. */
export function isZone(zone: string): boolean {
  if (zone === 'UTC') return true;
  if (!/^[A-Z][A-Za-z_]+(\/[A-Za-z_+-]+)+$/.test(zone)) return false;
  try {
    // Throws for a zone it does not know.
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A moment in a reader's language with weekday and zone: "Fri, Jan 29, 2027, 19:00 EST". */
export function sayMoment(ms: number, zone: string, locale: string): string {
  return format('moment', locale, zone).format(ms);
}

/** A calendar day with its weekday: "Fri, Jan 29, 2027". */
export function sayDay(day: string, locale: string): string {
  return format('day', locale, 'UTC').format(Date.parse(`${day}T00:00:00Z`));
}

/** The clock of an instant with its zone: "19:00 EST". */
export function sayClock(ms: number, zone: string, locale: string): string {
  return format('clock', locale, zone).format(ms);
}

/** A zone as people say it: "New York time". */
export function sayZone(zone: string): string {
  return zone === 'UTC' ? 'UTC' : `${(zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')} time`;
}

/** A word about which hour is meant, for somebody who wrote 01:30 on the night the clocks change; else nothing. */
export function clockChangeWords(wall: string, zone: string): string {
  const clock = wall.slice(11);
  const { kind } = wallTime(wall, zone);
  if (kind === 'overlap') return ` ${clock} happens twice that night; the first is meant.`;
  return kind === 'gap' ? ` ${clock} is skipped that night, as the clocks go forward; the time after the jump is meant.` : '';
}

/**
 * A length of time, rounded to what matters at its size: "45 s", "90 s", "2 min", "2 min 30 s", "3 h 5 min", "1 day 3 h", "4 days".
 * Below zero is said as 0 s.
 */
export function sayDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  if (hours < 72) return twoUnits(Math.floor(hours / 24), hours < 48 ? 'day' : 'days', hours % 24, 'h');
  return `${Math.round(ms / DAY_MS)} days`;
}

function twoUnits(large: number, largeName: string, small: number, smallName: string): string {
  return small === 0 ? `${large} ${largeName}` : `${large} ${largeName} ${small} ${smallName}`;
}

function zoned(ms: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
}

type Style = 'moment' | 'day' | 'clock';

const DAY_PARTS = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
const CLOCK_PARTS = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;
const PARTS: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  moment: { ...DAY_PARTS, ...CLOCK_PARTS },
  day: DAY_PARTS,
  clock: CLOCK_PARTS,
};

// Building a format costs about a hundred times what using it does; a house has few locales and zones.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(style: Style, locale: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${style}|${locale}|${timeZone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, { ...PARTS[style], timeZone });
  formats.set(key, made);
  return made;
}
