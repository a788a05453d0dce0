const DIGITS_WITHOUT_CURRENCY = 2;

/** Digits after the point of a currency (ISO 4217 as Intl knows it): 2 for USD, 0 for JPY. 2 where no currency is named. */
export function minorDigits(currency: string | null): number {
  if (currency === null) return DIGITS_WITHOUT_CURRENCY;
  const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return options.maximumFractionDigits ?? DIGITS_WITHOUT_CURRENCY;
}

/** An amount in the currency's smallest units, rounded to the nearest: 58.5 USD is 5850. */
export function toMinor(amount: number, currency: string | null): number {
  // Through text: 1.005 * 100 is 100.49999999999999.
  return Math.round(Number(`${amount}e${minorDigits(currency)}`));
}

/** An amount as a plain number with the currency's digits: "58.50". */
export function sayMinor(minor: number, currency: string | null): string {
  const digits = minorDigits(currency);
  return (minor / 10 ** digits).toFixed(digits);
}
