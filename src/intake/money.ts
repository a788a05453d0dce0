import { minorDigits } from '../domain/money.ts';

// Asking Intl costs more than reading the order; a house sells in few currencies.
const digitsByCurrency = new Map<string | null, number>();

function digitsOf(currency: string | null): number {
  const known = digitsByCurrency.get(currency);
  if (known !== undefined) return known;
  const digits = minorDigits(currency);
  if (digitsByCurrency.size < 1000) digitsByCurrency.set(currency, digits);
  return digits;
}

/**
 * A price as a shop writes it ("58.00", "0.5", "-3") in the currency's smallest units, without floating point; digits beyond
 * those round half away from zero. Null when it is no such number, or has more than 12 digits before the point.
 */
export function minorUnits(text: string, currency: string | null): number | null {
  const [, sign, whole, fraction = ''] = /^([+-]?)(\d{1,12})(?:\.(\d{1,12}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined) return null;
  const digits = digitsOf(currency);
  const minor = Number(whole + fraction.slice(0, digits).padEnd(digits, '0')) + (Number(fraction[digits] ?? 0) >= 5 ? 1 : 0);
  return sign === '-' && minor !== 0 ? -minor : minor;
}
