import { discordChannels, discordGuilds, tryDiscordToken } from '../../chat/discord/setup.ts';
import { bindTo, chooseChannels } from './channels.ts';
import { askUntil, type Chosen, type SetupStage } from './stage.ts';

const TIMEOUT_MS = 10_000;

/** Asks for Discord's token and tries it, then binds the server and its channels. Nothing where Discord is left out. */
export async function setUpDiscord(stage: SetupStage): Promise<Chosen> {
  const { questions, terminal, settings } = stage;
  if (!(await questions.askYes('\nDo you use Discord?'))) return {};
  const say = terminal.write;
  say('1. Open https://discord.com/developers/applications and press New Application.');
  say(
    '2. On its Bot page press Reset Token and copy the token. Showcaller needs none of the privileged intents: leave them off.',
  );
  const needs = (token: string) => ({ token, apiUrl: settings.DISCORD_API_URL ?? null, timeoutMs: TIMEOUT_MS });
  const bot = await askUntil(stage, 'Bot token', async (token) => {
    const tried = await tryDiscordToken(needs(token));
    if (tried.kind === 'refused') return tried.told;
    say(tried.warning ?? `Discord knows it: the bot is ${tried.botName}.`);
    return tried;
  });
  if (bot === null) return {};
  const guild = await chooseGuild(stage, () => discordGuilds(needs(bot.token)), bot.good.inviteUrl);
  if (guild === null || !(await bindTo(stage, { platform: 'discord', workspaceId: guild.id }))) return {};
  say('Where does each kind of message go?');
  await chooseChannels(stage, { platform: 'discord', channels: await discordChannels(needs(bot.token), guild.id) });
  return { DISCORD_TOKEN: bot.token, DISCORD_GUILD_ID: guild.id };
}

type Guild = { readonly id: string; readonly name: string };

/** Shows the invite link and waits until the bot is in a server. */
async function chooseGuild(
  { questions, terminal }: SetupStage,
  guildsNow: () => Promise<readonly Guild[]>,
  inviteUrl: string,
): Promise<Guild | null> {
  terminal.write(`3. Open this link to put the bot into your server: ${inviteUrl}`);
  for (;;) {
    const typed = await questions.ask('Press Enter when it is there, or paste the server’s id; skip leaves it out');
    if (typed === null || typed === 'skip') return null;
    if (/^\d{5,20}$/u.test(typed)) return { id: typed, name: 'the server of that id' };
    const guilds = await guildsNow();
    const [only, ...others] = guilds;
    if (only === undefined) {
      terminal.write('The bot is in no server yet.');
      continue;
    }
    if (others.length === 0) {
      terminal.write(`The bot is in ${only.name}.`);
      return only;
    }
    const at = await questions.choose(
      'Which server is the team’s?',
      guilds.map(({ name }) => name),
    );
    return at === null ? null : (guilds[at] ?? null);
  }
}
