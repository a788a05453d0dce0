import { randomUUID } from 'node:crypto';
import { COMMANDS } from '../../commands/index.ts';
import { createFrontDoor } from '../chat/dispatch.ts';
import { deliverDue, type CourierNeeds } from '../jobs/courier.ts';
import type { FrontDoor } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Sender } from '../ports/post.ts';
import type { PlatformReach } from '../ports/reach.ts';
import type { Store } from '../ports/store.ts';
import type { Homes } from '../ports/store/posts.ts';
import { late } from '../words/late.ts';
import { pingsOf } from '../words/ping.ts';
import { postMessage } from '../words/post.ts';

/** The middle of the house, wired: the one way in for people and the one way out for posts. */
export type House = {
  readonly door: FrontDoor;
  readonly courierNeeds: CourierNeeds;
  readonly courier: { readonly deliverDue: (nowMs: number) => Promise<void> };
};

/** Wires commands and courier around a store. `senders` are the platforms this process is connected to. */
export function openHouse(needs: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly senders: ReadonlyMap<string, Sender>;
  readonly reach?: () => readonly PlatformReach[];
  readonly homes?: () => Homes;
}): House {
  const { store, clock, log, senders, reach = () => [], homes = () => ({}) } = needs;
  const courierNeeds: CourierNeeds = {
    courier: store.courier,
    senders,
    words: postMessage,
    pingsOf,
    late,
    keepButtons: (teamId, buttons, nowMs) => store.team(teamId).buttons.keep(buttons, nowMs),
    clock,
    log,
    worker: `${process.pid}-${randomUUID()}`, // in two containers both are process 1
    homes,
  };
  return {
    door: createFrontDoor({ store, commands: COMMANDS, clock, log, reach }),
    courierNeeds,
    courier: {
      deliverDue(nowMs) {
        const startedMs = performance.now();
        return deliverDue(courierNeeds, nowMs, () => Math.round(performance.now() - startedMs));
      },
    },
  };
}
