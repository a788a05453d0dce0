/** The one source of time. Only edges call it. */
export type Clock = { readonly now: () => number }; // epoch milliseconds
