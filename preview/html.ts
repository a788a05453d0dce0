/** A piece of a page. Only `html` makes one, so whatever stands in it was written here or escaped. */
export type Html = { readonly markup: string };

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Builds a piece of a page: strings put into it are escaped, pieces stay what they are. */
export function html(texts: TemplateStringsArray, ...values: readonly (string | number | Html | readonly Html[])[]): Html {
  const shown = values.map((value) => {
    if (typeof value === 'string' || typeof value === 'number')
      return String(value).replaceAll(/[&<>"']/gu, (sign) => ENTITIES[sign] ?? sign);
    return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
  });
  return { markup: texts.map((text, at) => `${text}${shown[at] ?? ''}`).join('') };
}

/** Nothing. */
export const NOTHING: Html = { markup: '' };

/** Our own style sheets: the one thing that is put into a page unescaped. */
export function styles(css: string): Html {
  return { markup: css };
}

/** Pieces with something between. */
export function joined(pieces: readonly Html[], between: Html): Html {
  return { markup: pieces.map(({ markup }) => markup).join(between.markup) };
}
