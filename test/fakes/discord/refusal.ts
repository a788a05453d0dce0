import { errorTree } from './shape.ts';
import type { World } from './world.ts';
import type { Body, Fault } from './types.ts';

/** An answer Discord gives instead of doing what was asked. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Body;

  constructor(status: number, code: number, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.status = status;
    this.body = { message, code, ...(faults.length === 0 ? {} : { errors: errorTree(faults) }) };
  }
}

/** Discord's own refusals, by what they mean. */
export const refusals = {
  unauthorized: () => new Refusal(401, 0, '401: Unauthorized'),
  notFound: () => new Refusal(404, 0, '404: Not Found'),
  unknownApplication: () => new Refusal(404, 10_002, 'Unknown Application'),
  unknownChannel: () => new Refusal(404, 10_003, 'Unknown Channel'),
  unknownGuild: () => new Refusal(404, 10_004, 'Unknown Guild'),
  unknownMember: () => new Refusal(404, 10_007, 'Unknown Member'),
  unknownMessage: () => new Refusal(404, 10_008, 'Unknown Message'),
  unknownUser: () => new Refusal(404, 10_013, 'Unknown User'),
  unknownWebhook: () => new Refusal(404, 10_015, 'Unknown Webhook'),
  unknownInteraction: () => new Refusal(404, 10_062, 'Unknown interaction'),
  alreadyAcknowledged: () => new Refusal(400, 40_060, 'Interaction has already been acknowledged.'),
  missingAccess: () => new Refusal(403, 50_001, 'Missing Access'),
  notTheAuthor: () => new Refusal(403, 50_005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new Refusal(400, 50_006, 'Cannot send an empty message'),
  missingPermissions: () => new Refusal(403, 50_013, 'Missing Permissions'),
  invalidWebhookToken: () => new Refusal(401, 50_027, 'Invalid Webhook Token'),
  badBody: (faults: readonly Fault[]) => new Refusal(400, 50_035, 'Invalid Form Body', faults),
};

/** Refuses a body with faults and complains of it: no well-made client sends one. */
export function mustBeFine(world: World, what: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  world.complain(
    'bad-body',
    `${what}: ${faults.map(({ path, code, message }) => `${path || 'body'} ${code} ${message}`).join('; ')}`,
  );
  if (faults.every(({ code }) => code === 'MESSAGE_EMPTY')) throw refusals.emptyMessage();
  throw refusals.badBody(faults);
}
