import { isBody, listOf, textOf } from './shape.ts';
import { CHAT_INPUT, SUBCOMMAND, SUBCOMMAND_GROUP } from './command-limits.ts';
import { wireChannel, wireMember, wireRole, wireUser } from './wire.ts';
import type { Channel, Person, World } from './world.ts';
import type { Body, OptionValue } from './types.ts';

const STRING = 3;
const WHOLE = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const ROLE = 8;
const NUMBER = 10;

/** A registered command, found by what is typed: its own options, and how they nest in the interaction. */
export type Found = {
  readonly command: Body;
  readonly options: readonly Body[];
  readonly nest: (options: readonly Body[]) => readonly Body[];
};

export type FindNeeds = {
  readonly world: World;
  readonly commands: Map<string, Body[]>;
  readonly overrides: ReadonlyMap<string, readonly string[]>; // by command name: who may, whatever its permissions say
};

/** The commands Discord's client would offer this person here. A server's own goes before one of the same name for everywhere. */
export function offered(
  { world, commands, overrides }: FindNeeds,
  person: Person,
  channel: Channel,
  type: number,
): readonly Body[] {
  const guild = channel.guildId === null ? null : world.guilds.get(channel.guildId);
  if (guild?.hasBot === false) return []; // thrown out, its commands are gone too
  const own = channel.guildId === null ? [] : (commands.get(channel.guildId) ?? []);
  const names = new Set(own.filter((one) => one['type'] === type).map((one) => one['name']));
  const everywhere = (commands.get('global') ?? []).filter((one) => !names.has(one['name']));
  const bits = world.permissionsIn(person, channel);
  const isAdmin = (bits & (1n << 3n)) !== 0n;
  return [...own, ...everywhere].filter((one) => {
    if (one['type'] !== type) return false;
    const contexts = Array.isArray(one['contexts']) ? one['contexts'] : one['dm_permission'] === false ? [0] : [0, 1];
    if (!contexts.includes(channel.guildId === null ? 1 : 0)) return false;
    if (channel.guildId === null || isAdmin) return true;
    if (!world.can(person, channel, 'USE_APPLICATION_COMMANDS')) return false;
    const allowed = overrides.get(String(one['name']));
    if (allowed !== undefined) return allowed.includes(person.id);
    const needed = one['default_member_permissions'];
    if (typeof needed !== 'string') return true;
    return BigInt(needed) !== 0n && (bits & BigInt(needed)) === BigInt(needed);
  });
}

/** Finds `inventory receive` among what is offered, or throws the way a person would notice: it is not there. */
export function findTyped(needs: FindNeeds, person: Person, channel: Channel, typed: string): Found {
  const [name, ...verbs] = typed.replace(/^\//, '').split(' ');
  const command = offered(needs, person, channel, CHAT_INPUT).find((one) => one['name'] === name);
  if (command === undefined) throw new Error(`Discord offers ${person.name} no command /${String(name)} here`);
  let options = listOf(command['options']);
  const path: Body[] = [];
  for (const verb of verbs) {
    const next = options.find((one) => one['name'] === verb && (one['type'] === SUBCOMMAND || one['type'] === SUBCOMMAND_GROUP));
    if (next === undefined) throw new Error(`/${typed}: there is no ${verb}`);
    path.push(next);
    options = listOf(next['options']);
  }
  if (options.some(({ type }) => type === SUBCOMMAND || type === SUBCOMMAND_GROUP))
    throw new Error(`/${typed} needs one more word`);
  const nest = (inner: readonly Body[]): readonly Body[] =>
    path.reduceRight<readonly Body[]>((inside, one) => [{ name: one['name'], type: one['type'], options: inside }], inner);
  return { command, options, nest };
}

/** The options as the interaction carries them, once Discord's client would let them pass. */
export function fillOptions(found: Found, given: Readonly<Record<string, OptionValue>>): readonly Body[] {
  const unknown = Object.keys(given).filter((name) => !found.options.some((one) => one['name'] === name));
  if (unknown.length > 0) throw new Error(`no such option: ${unknown.join(', ')}`);
  return found.options.flatMap((option) => {
    const name = textOf(option['name']);
    const value = given[name];
    if (value === undefined) {
      if (option['required'] === true) throw new Error(`${name} is required`);
      return [];
    }
    const wrong = unfit(option, value);
    if (wrong !== null) throw new Error(`${name}: ${wrong}`);
    return [{ name, type: option['type'], value }];
  });
}

function unfit(option: Body, value: OptionValue): string | null {
  const choices = listOf(option['choices']);
  if (choices.length > 0 && !choices.some((one) => one['value'] === value)) return `${String(value)} is not among the choices`;
  const least = Number(option['min_value'] ?? option['min_length'] ?? -Infinity);
  const most = Number(option['max_value'] ?? option['max_length'] ?? Infinity);
  switch (option['type']) {
    case BOOLEAN:
      return typeof value === 'boolean' ? null : 'is yes or no';
    case WHOLE:
    case NUMBER:
      if (typeof value !== 'number' || (option['type'] === WHOLE && !Number.isSafeInteger(value))) return 'is no number';
      return value < least || value > most ? `is from ${least} to ${most}` : null;
    case STRING:
      if (typeof value !== 'string' || value.trim() === '') return 'is no text';
      return value.length < least || value.length > Math.min(most, 6_000) ? `is from ${least} to ${most} characters` : null;
    default:
      return typeof value === 'string' && /^\d{15,20}$/.test(value) ? null : 'is no id';
  }
}

/** What Discord resolves of the ids among the options. */
export function resolve(world: World, options: readonly Body[]): Body {
  const pick = (type: number): readonly string[] =>
    options.flatMap((one) => (one['type'] === type ? [textOf(one['value'])] : []));
  const table = (ids: readonly string[], make: (id: string) => Body | null): Body =>
    Object.fromEntries(ids.flatMap((id) => (make(id) === null ? [] : [[id, make(id)]])));
  const users = pick(USER);
  return {
    users: table(users, (id) => wireUser(world.person(id))),
    members: table(users, (id) => ({ ...wireMember(world.person(id)), user: undefined })),
    channels: table(pick(CHANNEL), (id) => wireChannel(world, world.channel(id))),
    roles: table(pick(ROLE), (id) => {
      const role = world.roles.get(id);
      return role === undefined ? null : wireRole(role);
    }),
  };
}

/** Whether there is anything in a resolved table. */
export function isAnyResolved(resolved: Body): boolean {
  return Object.values(resolved).some((table) => isBody(table) && Object.keys(table).length > 0);
}
