/** Who has something, and until when. */
export type Lease = { readonly what: string; readonly worker: string; readonly untilMs: number };

/** How one process's part of the work stands. */
export type Share = {
  readonly mine: readonly string[]; // what this process does now, `taken` included
  readonly taken: readonly string[];
  readonly givenUp: readonly string[];
  /** Something has to be written: taken, given up, or due to be renewed. */
  readonly changes: boolean;
};

/**
 * Divides what is to be done among the processes that are there. Each keeps what it has up to its equal share, takes what nobody
 * has, and gives up the rest; `processes` are the leases by which processes show that they are there.
 */
export function shareOf(
  work: { readonly all: readonly string[]; readonly leases: readonly Lease[]; readonly processes: readonly Lease[] },
  { worker, leaseMs, nowMs }: { readonly worker: string; readonly leaseMs: number; readonly nowMs: number },
): Share {
  const holds = ({ untilMs }: Lease): boolean => untilMs > nowMs;
  const standing = work.leases.filter(holds);
  const present = new Set([worker, ...work.processes.filter(holds).map((lease) => lease.worker)]);
  const quota = Math.ceil(work.all.length / present.size);
  const holderOf = new Map(standing.map((lease) => [lease.what, lease.worker]));
  const had = work.all.filter((what) => holderOf.get(what) === worker);
  const kept = had.slice(0, quota);
  const taken = work.all.filter((what) => !holderOf.has(what)).slice(0, quota - kept.length);
  const givenUp = had.slice(quota);
  // A third of the lease is used up: two renewals may fail before others take over.
  const fresh = [...standing, ...work.processes].some(
    (lease) => lease.worker === worker && lease.untilMs - nowMs > (leaseMs * 2) / 3,
  );
  return { mine: [...kept, ...taken], taken, givenUp, changes: taken.length > 0 || givenUp.length > 0 || !fresh };
}
