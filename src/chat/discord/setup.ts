import { ChannelType, Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { ApiNeeds } from './api.ts';
import { discordApi, faultOf, faultWords, unlessLacking } from './api.ts';
import { inviteUrl } from './check.ts';
import { Id } from './json.ts';

/** What a token turned out to be good for, or why it is not. */
export type DiscordTried =
  | { readonly kind: 'accepted'; readonly botName: string; readonly inviteUrl: string; readonly warning: string | null }
  | { readonly kind: 'refused'; readonly told: string };

const Bot = z.object({ id: Id, username: z.string().catch('the bot') });
const Application = z.object({ id: Id });

const UNTRIED =
  'This server cannot say whose token it is, so it was not tried. Starting Showcaller shows whether it is accepted.';

/** Tries a bot token. A server that has no way to try one takes any, with a warning. */
export async function tryDiscordToken(needs: ApiNeeds): Promise<DiscordTried> {
  const api = discordApi(needs);
  try {
    const answer = await unlessLacking(api('GET', Routes.user()));
    const bot = answer === null ? null : Bot.parse(answer);
    const application = await api('GET', Routes.currentApplication()).then(
      (told) => Application.parse(told),
      () => bot,
    );
    return {
      kind: 'accepted',
      botName: bot?.username ?? 'the bot',
      inviteUrl: inviteUrl(application?.id ?? 'APPLICATION_ID'),
      warning: bot === null ? UNTRIED : null,
    };
  } catch (thrown) {
    const fault = faultOf(thrown);
    const isRefused = fault.kind === 'refused' && fault.status === 401;
    const told = isRefused
      ? 'Discord does not accept this token: Reset Token on the Bot page makes a new one'
      : faultWords(fault);
    return { kind: 'refused', told };
  }
}

const Guilds = z.array(z.object({ id: Id, name: z.string().catch('a server without a name') }));

/** The servers the bot is in. Empty where that cannot be asked. */
export async function discordGuilds(needs: ApiNeeds): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return discordApi(needs)('GET', Routes.userGuilds()).then(
    (answer) => Guilds.parse(answer),
    () => [],
  );
}

const Channels = z.array(z.object({ id: Id, name: z.string().nullish(), type: z.number() }));
const WRITABLE: readonly number[] = [ChannelType.GuildText, ChannelType.GuildAnnouncement];

/** A server's text channels, by name. Empty where they cannot be listed. */
export async function discordChannels(
  needs: ApiNeeds,
  guildId: string,
): Promise<readonly { readonly address: string; readonly name: string }[]> {
  const channels = await discordApi(needs)('GET', Routes.guildChannels(guildId)).then(
    (answer) => Channels.parse(answer),
    () => [],
  );
  return channels
    .filter(({ type }) => WRITABLE.includes(type))
    .map(({ id, name }) => ({ address: id, name: name ?? id }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}
