const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** Milliseconds of '30s', '10m', '2h', '1d' or several together, largest first: '1h30m'. Null when it is something else. */
export function durationMs(given: string): number | null {
  const match = /^(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,8})m)?(?:(\d{1,9})s)?$/iu.exec(given.trim());
  if (match === null || match[0] === '') return null;
  const [, d, h, m, s] = match.map((part) => Number(part ?? 0));
  return (d ?? 0) * UNIT_MS.d + (h ?? 0) * UNIT_MS.h + (m ?? 0) * UNIT_MS.m + (s ?? 0) * UNIT_MS.s;
}

/** A duration as it is typed: 5400000 is '1h30m'. Rounded up to whole seconds. */
export function durationText(ms: number): string {
  let rest = Math.ceil(ms / UNIT_MS.s) * UNIT_MS.s;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / UNIT_MS[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * UNIT_MS[unit];
  }
  return text === '' ? '0s' : text;
}
