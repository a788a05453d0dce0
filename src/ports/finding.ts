/** One thing looked at: fine, or what is wrong and what to do about it. */
export type Finding = { readonly what: string; readonly fine: boolean; readonly told: string };
