import { createInterface } from 'node:readline';
import { isBody, listOf, textOf } from './shape.ts';
import { startFakeDiscord, visibleText, type FakeDiscord, type Handle, type ShownModal, type WireMessage } from './index.ts';
import type { Body, OptionValue } from './types.ts';

const HELP = `
  maya #alerts /stock sku:HOODIE-M      a slash command, its options by name
  maya #alerts ?stock sku:HOO           what is proposed for the option typed last
  maya #alerts menu Add a milestone     a command of the newest message's own menu
  maya #alerts say is it on?            says something
  maya #team                            what the channel shows
  maya press Acknowledge                the newest button that reads so, in what Maya sees
  maya fill reason=…; other=…           fills and sends the form she opened last
  rate-limit POST /channels/:id/messages 5   the next such call is told to come back in 5 s
  http http://127.0.0.1:8080/discord/interactions …   sends interactions there from now on, in turn
  down · up · drop · revoke · twice · once`;

// Ids that never change, so that a plan and an .env written for one run still fit the next.
const PEOPLE = {
  maya: '800000000000000001',
  priya: '800000000000000002',
  hugo: '800000000000000003',
  olga: '800000000000000004',
  finn: '800000000000000005',
  sam: '800000000000000006',
  fan: '800000000000000007', // one of the public: nothing but what everybody has
} as const;
const CHANNELS = {
  team: '900000000000000001',
  alerts: '900000000000000002',
  host: '900000000000000003',
  community: '900000000000000004',
} as const;

const log = (line: string): void => void process.stdout.write(`${line}\n`);
const indented = (text: string): string => text.replaceAll('\n', '\n      ');
const nameOf = (ids: Readonly<Record<string, string>>, id: string): string =>
  Object.entries(ids).find(([, one]) => one === id)?.[0] ?? id;

/** A message as a person reads it: mentions by name, times by the clock of Greenwich. */
function shown(message: WireMessage): string {
  const named = visibleText(message)
    .replaceAll(/<@!?(\d+)>/gu, (_all, id: string) => `@${nameOf(PEOPLE, id)}`)
    .replaceAll(/<#(\d+)>/gu, (_all, id: string) => `#${nameOf(CHANNELS, id)}`)
    .replaceAll(/<t:(\d+):\w>/gu, (_all, seconds: string) => new Date(Number(seconds) * 1_000).toISOString().slice(11, 16));
  return indented(named);
}

/** Tells what there is to see as it comes, once each. */
function watch(discord: FakeDiscord): void {
  const told = new Set<string>();
  const once = (key: string, line: () => string): void => {
    if (told.has(key)) return;
    told.add(key);
    log(line());
  };
  const look = (): void => {
    for (const [name, id] of Object.entries(CHANNELS)) {
      for (const one of discord.messages(id)) {
        const how = one.edited_timestamp !== null ? ' (edited)' : one.message_reference === undefined ? '' : ' (reply)';
        once(`${one.id}/${one.edited_timestamp}/${visibleText(one)}`, () => `#${name}${how}\n      ${shown(one)}`);
      }
    }
    for (const [name, id] of Object.entries(PEOPLE)) {
      for (const one of discord.ephemerals(id)) {
        const text = shown(one);
        if (text !== '') once(`${one.id}/${text}`, () => `only ${name} sees\n      ${text}`);
      }
    }
    discord.notifications.forEach((one, at) =>
      once(`ring/${at}`, () => `🔔 ${nameOf(PEOPLE, one.userId)} in #${nameOf(CHANNELS, one.channelId)} (${one.why})`),
    );
    discord.complaints.forEach((one, at) => once(`complaint/${at}`, () => `✗ ${one.what}: ${one.detail}`));
  };
  setInterval(look, 100).unref();
}

/** A person's clients: what was opened last. */
type Desk = { readonly discord: FakeDiscord; readonly forms: Map<string, ShownModal> };

function settle({ forms }: Desk, user: string, { modal, deferred }: Handle): void {
  if (modal === null) return log(deferred ? '  thinking…' : '  answered');
  forms.set(user, modal);
  const fields = modal.inputs.map(({ customId, label, required, value, choices }) => {
    const among = choices.length === 0 ? '' : ` (${choices.map((one) => one.value).join(', ')})`;
    return `      ${customId}${required ? '*' : ''}  ${label}${among}${value === '' ? '' : `: ${value}`}`;
  });
  log([`  a form opens: ${modal.title}`, ...fields].join('\n'));
}

/** `/alert dismiss alert:HOODIE-M reason:few were made`: the command's words, then its options up to the next name. */
function typedCommand(discord: FakeDiscord, line: string): { command: string; options: Record<string, OptionValue> } {
  const [words = '', ...rest] = line.slice(1).split(/\s+(?=[\w-]+:)/u);
  const command = words.trim();
  const known = optionsOf(discord, command);
  const options = rest.map((pair): [string, OptionValue] => {
    const at = pair.indexOf(':');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1).trim()];
    const isNumber = known.some((option) => option['name'] === name && (option['type'] === 4 || option['type'] === 10));
    return [name, isNumber ? Number(value) : value];
  });
  return { command, options: Object.fromEntries(options) };
}

function optionsOf(discord: FakeDiscord, command: string): readonly Body[] {
  const [name, ...verbs] = command.split(' ');
  const top = [...discord.commands(), ...discord.commands(discord.guildId)].find((one) => one['name'] === name);
  const found = verbs.reduce<Body | undefined>(
    (at, verb) => listOf(at?.['options']).find((option) => option['name'] === verb),
    top,
  );
  return listOf(found?.['options']);
}

/** Presses the newest button that reads so, in a channel or in a private answer. */
async function press(desk: Desk, user: string, label: string): Promise<void> {
  const seen = [...Object.values(CHANNELS).flatMap((id) => desk.discord.messages(id)), ...desk.discord.ephemerals(user)];
  const newestFirst = seen.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  const message = newestFirst.find(({ components }) => components.some((row) => labelsOf(row).includes(label)));
  if (message === undefined) return log(`  nobody shows ${nameOf(PEOPLE, user)} a button that reads ${label}`);
  settle(desk, user, await desk.discord.press({ user, message, button: label }));
}

function labelsOf(row: Body): readonly string[] {
  return Array.isArray(row['components']) ? row['components'].filter(isBody).map((one) => textOf(one['label'])) : [];
}

async function fill(desk: Desk, user: string, pairs: string): Promise<void> {
  const modal = desk.forms.get(user);
  if (modal === undefined) return log('  no form is open');
  const values = pairs
    .split(';')
    .map((pair) => pair.trim().split('=') as [string, string])
    .filter(([name]) => name !== '');
  const sent = await desk.discord.submit({ user, modal, values: Object.fromEntries(values) });
  desk.forms.delete(user); // what Discord's own client does not send stays open
  settle(desk, user, sent);
}

/** What somebody does in a channel. */
async function inChannel(desk: Desk, user: string, channel: string, said: string): Promise<void> {
  const { discord } = desk;
  if (said === '') return discord.messages(channel).forEach((one) => log(`  ${one.author.username}: ${shown(one)}`));
  if (said.startsWith('say ')) return void discord.say({ user, channel, text: said.slice(4) });
  if (said.startsWith('menu ')) {
    const message = discord.messages(channel).at(-1)?.id ?? '';
    return settle(desk, user, await discord.messageCommand({ user, channel, message, name: said.slice(5) }));
  }
  const { command, options } = typedCommand(discord, said);
  if (said.startsWith('?')) {
    const [option = '', typed = ''] = Object.entries(options).at(-1) ?? [];
    const proposed = await discord.autocomplete({ user, channel, command, option, typed: String(typed), options });
    return log(proposed.map(({ name, value }) => `  ${value}  ${name}`).join('\n') || '  nothing is proposed');
  }
  settle(desk, user, await discord.slash({ user, channel, command, options }));
}

async function obey(desk: Desk, line: string): Promise<void> {
  const { discord } = desk;
  const [first = '', second = '', ...rest] = line.trim().split(' ');
  const tail = rest.join(' ');
  if (first === '' || first === 'help') return log(HELP);
  if (first === 'down' || first === 'up') return discord.down(first === 'down');
  if (first === 'http') return discord.sendTo([second, ...rest].filter((url) => url !== ''));
  if (first === 'drop') return discord.dropGateway({ resumable: true });
  if (first === 'revoke') return discord.revokeToken();
  if (first === 'twice' || first === 'once') return discord.deliverTwice(first === 'twice');
  if (first === 'rate-limit') {
    const retryAfterSeconds = Number(rest[1]) || 1;
    return discord.weather({ kind: 'rate-limited', retryAfterSeconds, scope: 'user' }, { route: `${second} ${rest[0] ?? ''}` });
  }
  const user = (PEOPLE as Readonly<Record<string, string>>)[first];
  if (user === undefined) return log(`  there is nobody called ${first}: ${Object.keys(PEOPLE).join(', ')}`);
  if (second === 'press') return press(desk, user, tail);
  if (second === 'fill') return fill(desk, user, tail);
  const channel = (CHANNELS as Readonly<Record<string, string>>)[second.replace('#', '')];
  if (channel === undefined) return log(`  there is no channel ${second}: ${Object.keys(CHANNELS).join(', ')}`);
  return inChannel(desk, user, channel, tail);
}

const listed = (ids: Readonly<Record<string, string>>, mark: string): string =>
  Object.entries(ids)
    .map(([name, id]) => `  ${mark}${name} ${id}`)
    .join('\n');

/** A Discord to try things on by hand: `node test/fakes/discord/by-hand.ts 4655`. */
async function main(): Promise<void> {
  const discord = await startFakeDiscord({ port: Number(process.argv[2] ?? 4655), patienceMs: 5_000 });
  for (const [name, id] of Object.entries(PEOPLE))
    discord.addUser({ name, id, permissions: name === 'fan' ? [] : ['MANAGE_EVENTS'] });
  for (const [name, id] of Object.entries(CHANNELS)) discord.addChannel({ name, id });
  log(`DISCORD_TOKEN=${discord.token}\nDISCORD_GUILD_ID=${discord.guildId}\nDISCORD_API_URL=${discord.apiUrl}`);
  log(`Over HTTP, without the gateway: DISCORD_PUBLIC_KEY=${discord.publicKey}\n`);
  log(`${listed(PEOPLE, '')}\n${listed(CHANNELS, '#')}\n${HELP}\n`);
  watch(discord);
  const desk: Desk = { discord, forms: new Map() };
  for await (const line of createInterface({ input: process.stdin })) {
    await obey(desk, line).catch((fault: unknown) => log(`  ${fault instanceof Error ? fault.message : String(fault)}`));
  }
  await discord.stop();
}

await main();
