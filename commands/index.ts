import type { AnyCommand } from '../src/ports/command.ts';
import { alertAck, alertDismiss, alertSnooze, alertTest } from './alert.ts';
import { dropEnd, dropList, dropShow, dropStart, dropUse } from './drop.ts';
import { help } from './help.ts';
import {
  inventoryAdjust,
  inventoryCount,
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
import { pause } from './pause.ts';
import { policy } from './policy.ts';
import { resume } from './resume.ts';
import { showcallerHealth } from './showcaller.ts';
import { stock } from './stock.ts';
import { teamChannel, teamGrant, teamList, teamRevoke } from './team.ts';
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
  alertAck,
  alertSnooze,
  alertDismiss,
  alertTest,
  teamList,
  teamGrant,
  teamRevoke,
  teamChannel,
  help,
  showcallerHealth,
];
