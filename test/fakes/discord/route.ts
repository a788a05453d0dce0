import { refusals } from './refusal.ts';
import type { Interactions } from './interactions.ts';
import type { Channel, Guild, World } from './world.ts';
import type { Body } from './types.ts';

export type Asked = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};
export type Answer = { readonly status: number; readonly body?: unknown };
export type Route = {
  readonly route: string; // `METHOD /path/:parameter`
  readonly auth: 'bot' | 'none'; // interaction tokens speak for themselves
  readonly query?: readonly string[]; // what may stand behind the question mark
  readonly handle: (asked: Asked) => Answer;
};

export type RouteNeeds = {
  readonly world: World;
  readonly interactions: Interactions;
  readonly gatewayUrl: () => string;
  readonly commands: Map<string, Body[]>; // by server id, or 'global'
  readonly openDirect: (user: string) => Channel;
};

/** What was asked for. */
export const ok = (body: unknown): Answer => ({ status: 200, body });
/** It is done, and there is nothing to tell. */
export const done: Answer = { status: 204 };

/** Throws inside an expression. */
export function raise(refusal: Error): never {
  throw refusal;
}

/** The server a path names, if the bot is in it. */
export function guildOf(world: World, { params }: Asked): Guild {
  const guild = world.guilds.get(params['guild'] ?? '');
  if (guild === undefined) throw refusals.unknownGuild();
  // A server one was thrown out of, and one that never was, look different to Discord too.
  if (!guild.hasBot) throw refusals.missingAccess();
  return guild;
}
