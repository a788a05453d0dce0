import { isUtf8 } from 'node:buffer';

export type JsonReading = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'faulty'; readonly why: string };

// A whole number of 16 digits or more where JSON has a value. It may also be found inside a string: then only time is lost.
const LONG_NUMBER = /(?:^|[:,[\s])-?\d{16}/;

/** Reads JSON without losing digits: a whole number that JavaScript cannot hold becomes the string of its digits. */
export function parseJson(body: Buffer): JsonReading {
  if (!isUtf8(body)) return { kind: 'faulty', why: 'the body is not UTF-8' };
  const text = body.toString('utf8');
  try {
    return { kind: 'json', value: LONG_NUMBER.test(text) ? JSON.parse(text, losslessly) : JSON.parse(text) };
  } catch (fault) {
    if (fault instanceof SyntaxError) return { kind: 'faulty', why: 'the body is not JSON' };
    // The reviver calls itself once per level.
    if (fault instanceof RangeError) return { kind: 'faulty', why: 'the body is nested too deeply' };
    throw fault;
  }
}

function losslessly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}
