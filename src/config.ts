import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { nearest } from './domain/near.ts';
import { PLATFORMS, type Account } from './domain/team.ts';
import { LOG_LEVELS } from './log.ts';

const PREFIXES = ['SHOWCALLER_', 'SLACK_', 'DISCORD_', 'SHOPIFY_'] as const;
const TEAM = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** `team=secret[,team=secret]`, as a map. `isSecret` says which secrets will do; `kind` is what the fault calls them. */
function secrets(kind: string, isSecret: (secret: string) => boolean) {
  return z
    .string()
    .default('')
    .transform((text, context): ReadonlyMap<string, string> => {
      const pairs = text.split(',').filter((pair) => pair.trim() !== '');
      const byTeam = new Map<string, string>();
      for (const pair of pairs) {
        const [, team = '', secret = ''] = /^\s*([^=]*)=(.*?)\s*$/.exec(pair) ?? [];
        // Neither the pair nor the secret may be repeated in a fault: faults are printed.
        if (!TEAM.test(team)) context.addIssue('expected team=secret, separated by commas, with the team id of the plan');
        else if (!isSecret(secret)) context.addIssue(`the secret of team ${team} is not ${kind}`);
        else if (byTeam.has(team)) context.addIssue(`team ${team} is here twice`);
        else byTeam.set(team, secret);
      }
      return byTeam;
    });
}

function isStandardSecret(secret: string): boolean {
  const base64 = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : '';
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 && bytes.length >= 24 && bytes.length <= 64;
}

// Empty means not set: `.env` files keep lines such as PORT= for later.
const optional = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema);

function whole(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A token; `others` is how the one begins that it is taken for most often. Never repeated in a fault: faults are printed. */
function token(others: string) {
  const error = `expected the other token: one that starts with ${others} does not belong here`;
  return optional(
    z
      .string()
      .max(500)
      .refine((text) => !text.startsWith(others), { error })
      .optional(),
  );
}

function apiUrl() {
  return optional(z.url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:3100/api/' }).optional());
}

/** `slack:U…,discord:…`, as accounts. */
function accounts() {
  return z
    .string()
    .default('')
    .transform((text, context): readonly Account[] =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
        .flatMap((one) => {
          const [, platform, accountId] = /^(slack|discord|console):([\w.@-]{1,100})$/.exec(one) ?? [];
          const known = PLATFORMS.find((name) => name === platform);
          if (known !== undefined && accountId !== undefined) return [{ platform: known, accountId }];
          context.addIssue(`expected slack:U…, discord:… or both, separated by commas; ${one} is neither`);
          return [];
        }),
    );
}

const Settings = z.strictObject({
  DATABASE_URL: optional(
    z
      .string()
      .regex(/^(file:.+|postgres(ql)?:\/\/.+)$/, 'expected file:path/to/showcaller.db or postgres://…')
      .optional(),
  ).describe('Where everything is kept: file:showcaller.db for one machine, postgres://… for more. Not set: only rehearsals run'),
  HOST: optional(z.string().max(255).default('127.0.0.1')).describe(
    'Address to serve on; 0.0.0.0 for every network of this machine',
  ),
  PORT: optional(whole(0, 65_535).optional()).describe('Port to serve on. Not set: nothing is served'),
  SLACK_BOT_TOKEN: token('xapp-').describe(
    'Slack bot token (xoxb-…), from OAuth & Permissions of your Slack app. Not set: no Slack',
  ),
  SLACK_APP_TOKEN: token('xoxb-').describe('Slack app-level token (xapp-…) with connections:write, for Socket Mode'),
  SLACK_SIGNING_SECRET: optional(
    z
      .string()
      .min(8, 'expected the signing secret of a Slack app')
      .max(200)
      .refine((text) => !/^xox|^xapp/u.test(text), { error: 'expected the signing secret, and this is a token' })
      .optional(),
  ).describe(
    'Signing Secret of your Slack app, in place of SLACK_APP_TOKEN: Slack then sends to SHOWCALLER_PUBLIC_URL, and many may serve',
  ),
  SLACK_API_URL: apiUrl().describe('Another server that speaks Slack, such as http://127.0.0.1:3100/api/. Not set: Slack'),
  DISCORD_TOKEN: optional(z.string().min(1).max(300).optional()).describe(
    'Discord bot token, from the Bot page of your Discord application. Not set: no Discord',
  ),
  DISCORD_PUBLIC_KEY: optional(
    z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'expected the 64 letters and digits of an application’s public key')
      .optional(),
  ).describe(
    'Public Key of the application: Discord then sends to SHOWCALLER_PUBLIC_URL, no gateway is used, and many may serve',
  ),
  DISCORD_GUILD_ID: optional(
    z
      .string()
      .regex(/^\d{1,20}$/, 'expected the digits of a server id')
      .optional(),
  ).describe('The Discord server it serves. Not set: the only one the bot is in'),
  DISCORD_API_URL: apiUrl().describe('Another server that speaks Discord, such as http://127.0.0.1:4655/api. Not set: Discord'),
  SHOWCALLER_OWNERS: accounts().describe(
    'slack:U…[,discord:…]: accounts that are founders of the team, whatever the plan says, so that somebody can begin',
  ),
  SHOWCALLER_PUBLIC_URL: optional(
    z.url({ protocol: /^https?$/, error: 'expected an address such as https://drops.example.com' }).optional(),
  ).describe('Address under which shops reach this machine, such as https://drops.example.com. The doctor tries it'),
  SHOPIFY_WEBHOOK_SECRET: secrets('between 4 and 200 letters', (secret) => secret.length >= 4 && secret.length <= 200).describe(
    "team=secret[,team=secret]: the signing secret of each team's Shopify webhooks",
  ),
  SHOWCALLER_INTAKE_SECRET: secrets('whsec_ and base64 of 24 to 64 bytes', isStandardSecret).describe(
    'team=whsec_…[,team=whsec_…]: the Standard Webhooks secret for POST /intake/orders/team',
  ),
  SHOWCALLER_METRICS_TOKEN: optional(
    z
      .string()
      .regex(/^[\x21-\x7e]{16,200}$/, 'expected 16 to 200 letters without spaces, such as openssl rand -hex 32 prints')
      .optional(),
  ).describe('Token for GET /metrics (Authorization: Bearer …), for Prometheus. Not set: there is no such page'),
  SHOWCALLER_LOG_LEVEL: optional(
    z.enum(LOG_LEVELS, { error: `expected one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  ).describe(`Least grave line to log: ${LOG_LEVELS.join(', ')}`),
  SHOWCALLER_CONSOLE_RECORD: optional(z.string().max(1_000).optional()).describe(
    'File the console platform appends every post and button number to, as JSON lines. Not set: they are only shown',
  ),
});
export type Settings = z.output<typeof Settings>;

export type SettingsReading =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

/** The variables of a `.env` file; none when there is no such file. What the environment itself says goes before them. */
export function readEnvFile(file: string): Readonly<Record<string, string | undefined>> {
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** Reads the settings from environment variables. Every fault is told at once; names of ours that nobody knows are refused. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SettingsReading {
  const names = Object.keys(Settings.shape);
  const ours = Object.entries(env).filter(([name]) => names.includes(name) || PREFIXES.some((prefix) => name.startsWith(prefix)));
  const parsed = Settings.safeParse(Object.fromEntries(ours));
  if (parsed.success) return { kind: 'settings', settings: parsed.data };
  return { kind: 'faulty', faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, names)) };
}

function faultsOf(issue: z.core.$ZodIssue, names: readonly string[]): readonly string[] {
  if (issue.code !== 'unrecognized_keys') return [`${issue.path.map(String).join('.')}: ${issue.message}`];
  return issue.keys.map((name) => {
    const near = nearest(name, names);
    return `${name}: no setting has this name${near === null ? '' : `. Did you mean ${near}?`}`;
  });
}

/** One row per setting, for the docs and `.env.example`: name, default as it would be written, what it is. */
export function settingRows(): readonly { readonly name: string; readonly fallback: string; readonly about: string }[] {
  const defaults: Readonly<Record<string, unknown>> = Settings.parse({});
  return Object.entries(Settings.shape).map(([name, schema]) => {
    const value = defaults[name];
    const fallback = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return { name, fallback, about: schema.description ?? '' };
  });
}

/** The settings as a Markdown table. */
export function settingsTable(): string {
  const rows = settingRows().map(
    ({ name, fallback, about }) => `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${about} |`,
  );
  return ['| setting | default | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The text of `.env.example`: every setting with its default, commented out. */
export function envExample(): string {
  const blocks = settingRows().map(({ name, fallback, about }) => `# ${about}\n# ${name}=${fallback}\n`);
  return [
    '# Copy to .env, take away the # before what you set, and start again. Put quotes around a value with a # in it.\n',
    ...blocks,
  ].join('\n');
}
