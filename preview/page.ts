import { html, styles, type Html } from './html.ts';

const SHARED = `
*{box-sizing:border-box}
body{margin:0;font-size:15px;line-height:1.46;background:var(--page);color:var(--ink);overflow-wrap:anywhere}
main{max-width:860px;margin:0 auto;padding:0 0 24px}
h1{font-size:18px;padding:14px 16px 0;margin:0}
h2{font-size:15px;font-weight:700;padding:10px 16px;margin:24px 0 8px;background:var(--bar);border-block:1px solid var(--line)}
.note{color:var(--quiet);font-size:13px;padding:0 16px;margin:4px 0 12px}
.later{color:var(--quiet);font-size:12px;padding:2px 16px 0;margin:0;font-style:italic}
.message{display:flex;gap:10px;padding:6px 16px}
.avatar{flex:none;width:36px;height:36px;border-radius:var(--round);background:#6b3fa0;color:#fff;display:grid;place-items:center;font-weight:700}
.body{min-width:0;flex:1}
.name{font-weight:700}
.app{font-size:10px;font-weight:600;padding:1px 4px;border-radius:3px;background:var(--tag);color:var(--tag-ink);margin:0 4px;vertical-align:1px}
.when{color:var(--quiet);font-size:12px}
.notification{margin:6px 16px 2px;padding:7px 12px;border-radius:14px;background:var(--push);font-size:13px;max-width:420px}
.notification b{display:block;font-size:12px}
.notification .words{display:-webkit-box;-webkit-line-clamp:4;-webkit-box-orient:vertical;overflow:hidden}
pre{font:12px/1.35 ui-monospace,'DejaVu Sans Mono',monospace;white-space:pre;overflow-x:auto;margin:4px 0;padding:8px;border-radius:4px;background:var(--code);border:1px solid var(--line)}
code{font:12px ui-monospace,'DejaVu Sans Mono',monospace;padding:1px 3px;border-radius:3px;background:var(--code)}
footer{padding:12px 16px;border-top:1px solid var(--line);font-size:13px}
.fault{color:#d7263d;font-weight:700}
`;

/** One chapter of a page. */
export type Chapter = { readonly id: string; readonly title: string; readonly note: string; readonly pieces: readonly Html[] };

/** A whole page, dark where its reader's machine is. It needs nothing but itself. */
export function wholePage(page: {
  readonly title: string;
  readonly css: string;
  readonly chapters: readonly Chapter[];
  readonly faults: readonly string[];
  readonly shownCount: number;
}): string {
  const { title, css, chapters, faults, shownCount } = page;
  const verdict =
    faults.length === 0
      ? html`<p>All ${shownCount} things shown here are within ${title}’s limits.</p>`
      : html`<p class="fault">${title} would refuse ${faults.length} of what is shown here:</p>
          <ul>
            ${faults.map((fault) => html`<li class="fault">${fault}</li>`)}
          </ul>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Showcaller on ${title}</title>
        <style>
          ${styles(SHARED + css)}
        </style>
      </head>
      <body>
        <main>
          <h1>Showcaller on ${title}</h1>
          <p class="note">
            The sample drop as its channels showed it, drawn after ${title}’s own client. Nothing here can be pressed.
          </p>
          ${chapters.map(drawChapter)}
          <footer>${verdict}</footer>
        </main>
      </body>
    </html> `.markup;
}

function drawChapter({ id, title, note, pieces }: Chapter): Html {
  return html`<section id="${id}">
    <h2>${title}</h2>
    ${note === '' ? [] : [html`<p class="note">${note}</p> `]}${pieces.map((piece) => html`${piece} `)}
  </section> `;
}
