import { isBody, listOf } from './shape.ts';
import { CHAT_INPUT, commandFaults, commandListFaults } from './command-limits.ts';
import { mustBeFine, refusals } from './refusal.ts';
import { done, guildOf, ok } from './route.ts';
import { APPLICATION_ID } from './world.ts';
import type { Asked, Route, RouteNeeds } from './route.ts';
import type { Body } from './types.ts';

const COMMANDS_CREATED_PER_DAY = 200;

/** Registering commands, for everywhere and for one server. */
export function aboutCommands({ world, commands }: RouteNeeds): readonly Route[] {
  const created = new Map<string, number[]>();

  function placeOf({ params }: Asked): { readonly key: string; readonly where: 'global' | 'guild' } {
    if (params['application'] !== APPLICATION_ID) throw refusals.unknownApplication();
    return params['guild'] === undefined ? { key: 'global', where: 'global' } : { key: params['guild'], where: 'guild' };
  }

  function kept(key: string, given: Body): Body {
    const type = Number(given['type'] ?? CHAT_INPUT);
    const before = (commands.get(key) ?? []).find((one) => one['name'] === given['name'] && one['type'] === type);
    if (before === undefined) {
      const times = (created.get(key) ?? []).filter((atMs) => atMs > world.now() - 86_400_000);
      created.set(key, [...times, world.now()]);
      if (times.length >= COMMANDS_CREATED_PER_DAY)
        world.complain('commands', `more than ${COMMANDS_CREATED_PER_DAY} commands created in a day`);
    }
    const scope = key === 'global' ? { contexts: null, integration_types: [0], dm_permission: true } : { guild_id: key };
    const standard = {
      description: '',
      default_member_permissions: null,
      nsfw: false,
      name_localizations: null,
      description_localizations: null,
    };
    const ids = { id: before?.['id'] ?? world.snowflake(), application_id: APPLICATION_ID, version: world.snowflake(), type };
    return { ...standard, ...scope, ...given, ...ids };
  }

  const routes = (base: string): readonly Route[] => [
    {
      route: `GET ${base}`,
      auth: 'bot',
      query: ['with_localizations'],
      handle: (asked) => {
        if (asked.params['guild'] !== undefined) guildOf(world, asked);
        return ok(commands.get(placeOf(asked).key) ?? []);
      },
    },
    {
      route: `PUT ${base}`,
      auth: 'bot',
      handle: (asked) => {
        const { key, where } = placeOf(asked);
        if (where === 'guild') guildOf(world, asked);
        mustBeFine(world, 'commands', commandListFaults(asked.body, where));
        commands.set(
          key,
          listOf(asked.body).map((one) => kept(key, one)),
        );
        world.changed();
        return ok(commands.get(key));
      },
    },
    {
      route: `POST ${base}`,
      auth: 'bot',
      handle: (asked) => {
        const { key, where } = placeOf(asked);
        mustBeFine(world, 'command', commandFaults(asked.body, where));
        const made = kept(key, isBody(asked.body) ? asked.body : {});
        const others = (commands.get(key) ?? []).filter((one) => one['id'] !== made['id']);
        mustBeFine(world, 'commands', commandListFaults(strip([...others, made]), where));
        commands.set(key, [...others, made]);
        return { status: others.length === (commands.get(key) ?? []).length - 1 ? 201 : 200, body: made };
      },
    },
    {
      route: `DELETE ${base}/:command`,
      auth: 'bot',
      handle: (asked) => {
        const { key } = placeOf(asked);
        const before = commands.get(key) ?? [];
        const after = before.filter((one) => one['id'] !== asked.params['command']);
        if (after.length === before.length) throw refusals.notFound();
        commands.set(key, after);
        return done;
      },
    },
  ];
  return [...routes('/applications/:application/commands'), ...routes('/applications/:application/guilds/:guild/commands')];
}

/** Commands as a client would send them: without what Discord adds. */
function strip(commands: readonly Body[]): readonly Body[] {
  return commands.map((one) => {
    const { application_id: _a, version: _v, guild_id: _g, ...rest } = one;
    return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  });
}
