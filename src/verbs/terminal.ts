/** Where a verb says what it does: `write` is standard output, `warn` standard error, a line each. */
export type Terminal = { readonly write: (line: string) => void; readonly warn: (line: string) => void };

/** What the process exits with. */
export type ExitCode = 0 | 1 | 2; // done · could not · wrongly asked
