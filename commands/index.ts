import type { AnyCommand } from '../src/ports/command.ts';
import { alertAck, alertDismiss, alertSnooze, alertTest } from './alert.ts';
import { dropEnd, dropList, dropShow, dropStart, dropUse } from './drop.ts';
import { help } from './help.ts';
import { home } from './home.ts';
import {
  inventoryAdjust,
  inventoryCount,
  inventoryDrift,
  inventoryReceive,
  inventoryReserve,
  inventoryShip,
  inventoryThreshold,
} from './inventory.ts';
import {
  milestoneAdd,
  milestoneAssign,
  milestoneDone,
  milestoneList,
  milestoneMove,
  milestoneReopen,
  milestoneSnooze,
} from './milestone.ts';
import { link, pings } from './link.ts';
import { pause } from './pause.ts';
import { policy } from './policy.ts';
import { resume } from './resume.ts';
import { showcallerHealth } from './showcaller.ts';
import { stock } from './stock.ts';
import { teamChannel, teamGrant, teamLink, teamList, teamRevoke, teamUnlink } from './team.ts';
import { timeline } from './timeline.ts';
import { undo } from './undo.ts';

/** Everything that can be typed, in the order `/help` lists it. */
export const COMMANDS: readonly AnyCommand[] = [
  stock,
  policy,
  pause,
  resume,
  undo,
  timeline,
  home,
  dropShow,
  dropList,
  dropUse,
  dropStart,
  dropEnd,
  milestoneList,
  milestoneAdd,
  milestoneDone,
  milestoneMove,
  milestoneAssign,
  milestoneSnooze,
  milestoneReopen,
  inventoryReceive,
  inventoryShip,
  inventoryCount,
  inventoryAdjust,
  inventoryReserve,
  inventoryThreshold,
  inventoryDrift,
  alertAck,
  alertSnooze,
  alertDismiss,
  alertTest,
  teamList,
  teamGrant,
  teamRevoke,
  teamLink,
  teamUnlink,
  teamChannel,
  link,
  pings,
  help,
  showcallerHealth,
];
