import { ChannelType, Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { AnyCommand } from '../../ports/command.ts';
import type { Finding } from '../../ports/finding.ts';
import type { Api, ApiFault, ApiNeeds } from './api.ts';
import { discordApi, faultOf, faultWords, isLacking } from './api.ts';
import { Id } from './json.ts';
import { DISCORD_PATH } from './limits.ts';
import { CODES } from './outcome.ts';
import { Channel, Guild, NEEDED, lacking } from './permissions.ts';
import { drift, registrationOf } from './register.ts';

export type CheckNeeds = ApiNeeds & {
  readonly guildId: string | null;
  readonly channels: readonly string[]; // addresses Showcaller posts to
  readonly commands: readonly AnyCommand[];
  readonly clock: Clock;
  readonly overHttp?: { readonly publicKey: string; readonly publicUrl: string | null } | null; // not given, or null: over the gateway
};

const SKEW_MAX_MS = 60_000; // more, and what is asked seems to come from the past
const AUTHORIZE_URL = 'https://discord.com/oauth2/authorize';
const DISCORD_API = 'https://discord.com/api';

const Named = z.object({ id: Id, username: z.string().catch('the bot') });
const Member = z.object({ roles: z.array(Id) });

/** The address an administrator opens to put the bot into a server, with exactly the permissions it needs. */
export function inviteUrl(applicationId: string): string {
  const permissions = Object.values(NEEDED).reduce((sum, bit) => sum | bit, 0n);
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'bot applications.commands',
    permissions: String(permissions),
  });
  return `${AUTHORIZE_URL}?${query.toString()}`;
}

/** Looks at everything on Discord that Showcaller depends on. Never rejects. */
export async function checkDiscord(needs: CheckNeeds): Promise<readonly Finding[]> {
  const api = discordApi(needs);
  const skew = await checkClock(needs);
  const me = await read(api, Routes.user(), Named);
  if (me.kind === 'fault' && !isLacking(me.fault)) return [...skew, tokenFault(me.fault)];
  const bot = me.kind === 'value' ? me.value : null;
  const token = fine('Discord token', bot === null ? UNTRIED : `accepted; the bot is ${bot.username}`);
  const application = await read(api, Routes.currentApplication(), Application);
  // A bot's application has the bot's id, except for the oldest bots.
  const applicationId = application.kind === 'value' ? application.value.id : (bot?.id ?? null);
  const intents = fine('Discord intents', 'only Guilds is used, which needs nobody’s approval');
  const commands = await checkCommands(api, applicationId, needs.commands);
  const botUserId = bot?.id ?? applicationId;
  const places = await checkGuild(api, { ...needs, botUserId, applicationId });
  const way = application.kind === 'value' ? checkWay(application.value, needs.overHttp ?? null) : [];
  return [...skew, token, intents, commands, ...way, ...places];
}

const Application = z.object({
  id: Id,
  verify_key: z.string().nullish().catch(null),
  interactions_endpoint_url: z.string().nullish().catch(null),
});

/** Discord sends interactions one way only: to the address that stands with the application, else over the gateway. */
function checkWay(
  { verify_key: key, interactions_endpoint_url }: z.infer<typeof Application>,
  over: NonNullable<CheckNeeds['overHttp']> | null,
) {
  const what = 'Discord interactions';
  const stands = interactions_endpoint_url ?? null;
  if (over === null) {
    const told = `go to ${stands}, so nothing typed reaches the gateway: take the address away, or set DISCORD_PUBLIC_KEY`;
    return stands === null ? [] : [amiss(what, told)];
  }
  const wanted = over.publicUrl === null ? null : new URL(DISCORD_PATH, over.publicUrl).href;
  if (typeof key === 'string' && key.toLowerCase() !== over.publicKey.toLowerCase())
    return [amiss(what, 'DISCORD_PUBLIC_KEY is another application’s: copy it from General Information')];
  if (stands !== null && (wanted === null || stands === wanted)) return [fine(what, `sent to ${stands}`)];
  const told = `are not sent here: put ${wanted ?? `the public address and ${DISCORD_PATH}`} into Interactions Endpoint URL`;
  return [amiss(what, stands === null ? told : `${told}, where ${stands} stands`)];
}

const UNTRIED = 'cannot be tried: this server does not say whose it is';

function fine(what: string, told: string): Finding {
  return { what, fine: true, told };
}

function amiss(what: string, told: string): Finding {
  return { what, fine: false, told };
}

type Answer<T> = { readonly kind: 'value'; readonly value: T } | { readonly kind: 'fault'; readonly fault: ApiFault };

async function read<T>(api: Api, route: `/${string}`, shape: z.ZodType<T>): Promise<Answer<T>> {
  try {
    return { kind: 'value', value: shape.parse(await api('GET', route)) };
  } catch (fault) {
    return { kind: 'fault', fault: faultOf(fault) };
  }
}

function tokenFault(fault: ApiFault): Finding {
  const isRefused = fault.kind === 'refused' && fault.status === 401;
  const told = isRefused
    ? 'not accepted. Make a new one (Discord’s developer page, Bot, Reset Token) and put it into DISCORD_TOKEN.'
    : `could not be tried: ${faultWords(fault)}. Is this machine online, and is DISCORD_API_URL right?`;
  return amiss('Discord token', told);
}

async function checkClock({ apiUrl, timeoutMs, clock }: CheckNeeds): Promise<readonly Finding[]> {
  try {
    const address = `${(apiUrl ?? DISCORD_API).replace(/\/+$/u, '')}/v10${Routes.gateway()}`;
    const { headers } = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
    const atMs = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(atMs)) return [];
    const skewMs = clock.now() - atMs;
    if (Math.abs(skewMs) <= SKEW_MAX_MS) return [fine('Clock', 'agrees with Discord’s')];
    const way = skewMs > 0 ? 'ahead of' : 'behind';
    return [
      amiss(
        'Clock',
        `${Math.round(Math.abs(skewMs) / 1000)} s ${way} Discord’s. Let this machine set its clock by the network (NTP).`,
      ),
    ];
  } catch {
    return []; // that Discord cannot be reached is said of the token
  }
}

async function checkCommands(api: Api, applicationId: string | null, commands: readonly AnyCommand[]): Promise<Finding> {
  const what = 'Discord commands';
  if (applicationId === null) return fine(what, 'cannot be looked at: this server does not say which application the bot is');
  const known = await read(api, Routes.applicationCommands(applicationId), z.array(z.unknown()));
  if (known.kind === 'fault') {
    // A server without the route is a smaller one; nothing can be done about it.
    return { what, fine: isLacking(known.fault), told: `cannot be looked at: ${faultWords(known.fault)}` };
  }
  const differences = drift(registrationOf(commands), known.value);
  if (differences.length === 0) return fine(what, 'registered as they should be');
  return amiss(what, `${differences.join('; ')}. Starting Showcaller registers them.`);
}

type Place = CheckNeeds & { readonly botUserId: string | null; readonly applicationId: string | null };

async function checkGuild(api: Api, place: Place): Promise<readonly Finding[]> {
  const { guildId, botUserId, applicationId, channels } = place;
  const what = 'Discord server';
  if (guildId === null) {
    const told = 'DISCORD_GUILD_ID is not set, so the channels’ permissions are not looked at. Set it to the server’s id.';
    return [{ what, fine: channels.length === 0, told }];
  }
  const guild = await read(api, Routes.guild(guildId), Guild);
  if (guild.kind === 'fault') {
    if (isLacking(guild.fault)) return [fine(what, 'cannot be looked at here, and so neither can its channels')];
    const isOut = guild.fault.kind === 'refused' && guild.fault.status !== 401;
    const told = isOut
      ? `the bot is not in it. Invite it: ${inviteUrl(applicationId ?? 'APPLICATION_ID')}`
      : `cannot be looked at: ${faultWords(guild.fault)}`;
    return [amiss(what, told)];
  }
  const member = botUserId === null ? null : await read(api, Routes.guildMember(guildId, botUserId), Member);
  const roleIds = member?.kind === 'value' ? member.value.roles : null;
  const seen: Seen = { guild: guild.value, roleIds, botUserId: botUserId ?? '' };
  const findings: Finding[] = [fine(what, `the bot is in ${guild.value.name}`)];
  // One after the other: a doctor is in no hurry, and Discord counts.
  for (const address of channels) findings.push(await checkChannel(api, address, seen));
  return findings;
}

type Seen = { readonly guild: Guild; readonly roleIds: readonly string[] | null; readonly botUserId: string };

const THREADS: readonly number[] = [ChannelType.AnnouncementThread, ChannelType.PublicThread, ChannelType.PrivateThread];
const WRITABLE: readonly number[] = [...THREADS, ChannelType.GuildText, ChannelType.GuildAnnouncement, ChannelType.GuildVoice];

async function checkChannel(api: Api, address: string, { guild, roleIds, botUserId }: Seen): Promise<Finding> {
  const isId = /^\d{1,20}$/u.test(address);
  if (!isId) return amiss(`Discord channel ${address}`, 'is no channel’s id. Bind it again: /team channel, typed there.');
  const channel = await read(api, Routes.channel(address), Channel);
  if (channel.kind === 'fault') return amiss(`Discord channel ${address}`, unseenWords(channel.fault));
  const what = `Discord channel #${channel.value.name ?? address}`;
  if (!WRITABLE.includes(channel.value.type))
    return amiss(what, 'takes no messages. Bind a text channel: /team channel, typed there.');
  const guildId = channel.value.guild_id ?? guild.id;
  if (guildId !== guild.id)
    return amiss(what, `is in another server than ${guild.name}. Bind a channel of this one: /team channel.`);
  const isThread = THREADS.includes(channel.value.type);
  const parentId = channel.value.parent_id;
  const parent = isThread && typeof parentId === 'string' ? await read(api, Routes.channel(parentId), Channel) : channel;
  const overwritesOf = parent.kind === 'value' ? parent.value : channel.value;
  const lacks = lacking({ guild, roleIds, botUserId, overwritesOf, isThread });
  // A server that tells no roles is a smaller one; nothing can be done about it.
  if (lacks === null) return fine(what, 'can be seen; what Showcaller may do there cannot be looked at');
  if (lacks.length === 0) return fine(what, 'can be seen, written to and read back');
  return amiss(what, `Showcaller lacks ${lacks.join(', ')} there. Allow it in the channel’s settings, under Permissions.`);
}

function unseenWords(fault: ApiFault): string {
  if (fault.kind === 'refused' && fault.code === CODES.unknownChannel) {
    return 'does not exist any more. Bind another: /team channel, typed where it should be.';
  }
  if (fault.kind === 'refused' && fault.code === CODES.missingAccess) {
    return 'cannot be seen by Showcaller. Allow View Channel in the channel’s settings, under Permissions.';
  }
  return `cannot be looked at: ${faultWords(fault)}`;
}
