import { COMMANDS } from '../../commands/index.ts';
import { createDispatch, type Dispatch } from '../chat/dispatch.ts';
import { deliverDue, type CourierNeeds } from '../jobs/courier.ts';
import { createSuggest } from '../chat/suggest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Sender } from '../ports/post.ts';
import type { Store } from '../ports/store.ts';
import { postMessage } from '../words/post.ts';

/** The middle of the house, wired: the one way in for people and the one way out for posts. */
export type House = {
  readonly dispatch: Dispatch;
  readonly suggest: ReturnType<typeof createSuggest>;
  readonly courierNeeds: CourierNeeds;
  readonly courier: { readonly deliverDue: (nowMs: number) => Promise<void> };
};

/** Wires commands and courier around a store. `senders` are the platforms this process is connected to. */
export function openHouse(needs: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly senders: ReadonlyMap<string, Sender>;
}): House {
  const { store, clock, log, senders } = needs;
  const courierNeeds: CourierNeeds = {
    courier: store.courier,
    senders,
    words: postMessage,
    keepButtons: (teamId, calls, nowMs) => store.team(teamId).buttons.keep(calls, nowMs),
    clock,
    log,
    worker: `${process.pid}`,
  };
  return {
    dispatch: createDispatch({ store, commands: COMMANDS, clock, log }),
    suggest: createSuggest({ store, commands: COMMANDS, clock }),
    courierNeeds,
    courier: {
      deliverDue(nowMs) {
        const startedMs = performance.now();
        return deliverDue(courierNeeds, nowMs, () => Math.round(performance.now() - startedMs));
      },
    },
  };
}
