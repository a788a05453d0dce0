/** One word of typed text. `raw` is as typed; `value` is without quotes; `key` is set for `key:value`. */
export type Token = { readonly raw: string; readonly value: string; readonly quoted: boolean; readonly key: string | null };

// Phones and Macs turn straight quotes into curly ones.
const QUOTES: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“' };

/** Splits text into words. A quote counts only where a word or a value starts and only when it is closed; else it is a letter. */
export function tokens(text: string, isKey: (key: string) => boolean): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text, at)) at += 1;
    if (at >= text.length) return found;
    const key = keyAt(text, at, isKey);
    const valueAt = key === null ? at : valueStart(text, at + key.length + 1, isKey);
    const quoted = quotedAt(text, valueAt);
    const end = quoted?.end ?? wordEnd(text, valueAt);
    found.push({
      raw: text.slice(at, end),
      value: quoted?.value ?? text.slice(valueAt, end),
      quoted: quoted !== null,
      key,
    });
    at = end;
  }
}

/** A value as it has to be typed to be read back as one word. */
export function quote(value: string): string {
  return /^[^\s"“”„:\\/]+$/u.test(value) ? value : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function isSpace(text: string, at: number): boolean {
  return /\s/u.test(text[at] ?? '');
}

function wordEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isSpace(text, end)) end += 1;
  return end;
}

function keyAt(text: string, at: number, isKey: (key: string) => boolean): string | null {
  const key = /^[A-Za-z][A-Za-z0-9_-]*(?=:)/u.exec(text.slice(at, at + 40))?.[0];
  return key !== undefined && isKey(key.toLowerCase()) ? key.toLowerCase() : null;
}

/** `reason: misprint` means `reason:misprint`. */
function valueStart(text: string, from: number, isKey: (key: string) => boolean): number {
  let at = from;
  while (at < text.length && isSpace(text, at)) at += 1;
  return at >= text.length || keyAt(text, at, isKey) !== null ? from : at;
}

function quotedAt(text: string, at: number): { readonly value: string; readonly end: number } | null {
  const close = QUOTES[text[at] ?? ''];
  if (close === undefined) return null;
  let value = '';
  for (let next = at + 1; next < text.length; next += 1) {
    const letter = text[next];
    if (letter === '\\' && (text[next + 1] === close || text[next + 1] === '\\')) {
      value += text[next + 1];
      next += 1;
    } else if (letter === close) {
      const end = next + 1;
      if (end < text.length && !isSpace(text, end)) return null;
      return { value, end };
    } else value += letter;
  }
  return null;
}
