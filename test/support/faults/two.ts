import { eq } from 'drizzle-orm';
import { SERVER_URL } from '../real-postgres.ts';
import type { Serving } from '../serving.ts';
import { quiet } from './outage.ts';
import { connected, faultGround, openShow, type Show } from './show.ts';

/** A show that two processes serve on one PostgreSQL. The first has the platforms' connections; `show.order` goes to the second. */
export type TwoProcesses = AsyncDisposable & { readonly show: Show; readonly first: Serving; readonly second: Serving };

/** `env` goes with the start of each, in this order. */
export async function openTwo(
  more: {
    readonly plan?: Parameters<typeof openShow>[0]['plan'];
    readonly env?: readonly [NodeJS.ProcessEnv, NodeJS.ProcessEnv];
  } = {},
): Promise<TwoProcesses> {
  const { plan = {}, env: [ofFirst, ofSecond] = [{}, {}] } = more;
  const show = await openShow({ ground: await faultGround('postgres', SERVER_URL), plan });
  await show.start(ofFirst);
  const first = show.process();
  await connected(show);
  await quiet(show); // so that the second finds nothing of the start to do
  await show.start(ofSecond);
  const second = show.process();
  return {
    show,
    first,
    second,
    async [Symbol.asyncDispose]() {
      first.process.kill('SIGKILL'); // the show ends the one it started last
      await show[Symbol.asyncDispose]();
    },
  };
}

/** The process of a worker's name. */
export function isWorkerOf({ process }: Serving, worker: string | null): boolean {
  return worker?.startsWith(`${process.pid}-`) === true;
}

/** What half a minute does to the leases of a process that died: they are over. */
export async function passLeases({ engine }: Show, dead: Serving): Promise<void> {
  const { posts, leases } = engine.tables;
  await engine.write('', async ({ db }) => {
    for (const { id, leaseWorker } of await db.select().from(posts)) {
      if (isWorkerOf(dead, leaseWorker)) await db.update(posts).set({ leaseUntilMs: 0 }).where(eq(posts.id, id));
    }
    for (const { worker } of await db.select().from(leases)) {
      if (isWorkerOf(dead, worker)) await db.update(leases).set({ untilMs: 0 }).where(eq(leases.worker, worker));
    }
  });
}
