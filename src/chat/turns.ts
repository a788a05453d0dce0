import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';

/**
 * Lets one piece of work begin in each turn of the event loop. SQLite answers without ever letting it turn, so of many commands that
 * came together all would be worked off before anybody who types meanwhile were acknowledged.
 */
export function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => turnOfTheEventLoop());
    return last;
  };
}
