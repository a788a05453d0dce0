import type { Session, SessionPart } from './postgres-session.ts';

const POSTS = 'posts';

// Told after the commit and not within it: a notification inside makes the commits of a whole server wait for each other
// (measured with pgbench: eight writers at a third of their pace). One that is lost costs the second until everybody looks anyway.
// Told at most this often: a look is a look, whatever it was told of.
const PACE_MS = 20;

/** Tells the processes beside this one that posts were written, and hears it of them. */
export function openRings(session: () => Session): SessionPart & {
  readonly ring: () => void;
  readonly onRing: (wake: () => void) => void;
} {
  let wake = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let again = false;

  function ring(): void {
    if (timer !== undefined) {
      again = true;
      return;
    }
    again = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (again) ring();
    }, PACE_MS).unref();
    void session().say(POSTS);
  }

  return {
    up: async () => wake(), // nobody knows what was told meanwhile
    look: () => Promise.resolve(),
    without: () => undefined,
    heard(word) {
      if (word === POSTS) wake();
    },
    ring,
    onRing(call) {
      wake = call;
      session().stir();
    },
  };
}
