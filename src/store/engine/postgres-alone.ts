import type { Alone } from './engine.ts';
import { lockOf } from './postgres.ts';
import type { Ask, Session, SessionPart } from './postgres-session.ts';

const FREE = 'free';

// Without a session nobody knows whose it is. Mostly the whole server is away, and it can be nobody else's.
const UNSURE_MS = 60_000;

type Duty = {
  readonly lock: bigint;
  readonly work: Alone;
  state: 'waiting' | 'held' | 'unsure' | 'ending';
  unsureSinceMs: number;
  told: boolean; // that another has it
  ended: Promise<void>;
};

/** What one process at a time does: whoever has a lock on its name that lasts as long as the session. */
export function openAlone(session: () => Session): SessionPart & {
  readonly alone: (name: string, work: Alone) => { readonly stop: () => Promise<void> };
} {
  const duties = new Set<Duty>();

  async function look(ask: Ask): Promise<void> {
    for (const duty of duties) {
      if (duty.state === 'waiting' || duty.state === 'unsure') await tryFor(duty, ask);
    }
  }

  async function tryFor(duty: Duty, ask: Ask): Promise<void> {
    const [row] = await ask(`select pg_try_advisory_lock(${duty.lock}) as got`);
    const isOurs = row?.['got'] === true;
    if (!duties.has(duty)) return isOurs ? session().free(duty.lock) : undefined; // stopped meanwhile
    if (isOurs) {
      const isNew = duty.state === 'waiting';
      Object.assign(duty, { state: 'held', told: false });
      return isNew ? duty.work.begin() : undefined;
    }
    if (duty.state === 'unsure') end(duty);
    if (!duty.told) duty.work.wait();
    duty.told = true;
  }

  function end(duty: Duty): void {
    duty.state = 'ending';
    duty.ended = duty.work.end().finally(() => {
      duty.state = 'waiting';
    });
  }

  return {
    async up() {
      for (const duty of duties) becomeUnsure(duty); // the locks of the session before are gone
    },
    look,
    without() {
      for (const duty of duties) {
        becomeUnsure(duty);
        if (duty.state === 'unsure' && performance.now() - duty.unsureSinceMs > UNSURE_MS) end(duty);
      }
    },
    heard(word) {
      if (word === FREE) session().stir();
    },
    alone(name, work) {
      const duty: Duty = {
        lock: lockOf(`alone ${name}`),
        work,
        state: 'waiting',
        unsureSinceMs: 0,
        told: false,
        ended: Promise.resolve(),
      };
      duties.add(duty);
      session().stir();
      return {
        async stop() {
          duties.delete(duty);
          const wasHeld = duty.state === 'held';
          if (wasHeld || duty.state === 'unsure') end(duty);
          await duty.ended;
          if (!wasHeld) return;
          await session().free(duty.lock);
          await session().say(FREE);
        },
      };
    },
  };
}

function becomeUnsure(duty: Duty): void {
  if (duty.state !== 'held') return;
  duty.state = 'unsure';
  duty.unsureSinceMs = performance.now();
}
