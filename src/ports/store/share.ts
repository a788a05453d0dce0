export type ShareAsk = { readonly worker: string; readonly leaseMs: number };

/** Divides the teams among the processes that share a database. */
export type ShareStore = {
  /** The teams this process looks after now: those it has, and those nobody has, up to its equal share. Asked every second. */
  readonly take: (ask: ShareAsk) => Promise<readonly string[]>;
  /** Leaves all of them to the others. */
  readonly leave: (worker: string) => Promise<void>;
};
