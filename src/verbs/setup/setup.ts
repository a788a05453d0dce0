import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../../config.ts';
import type { Store } from '../../ports/store.ts';
import { databaseOf, withStore } from '../database.ts';
import { planFile } from '../files.ts';
import { importPlan } from '../import.ts';
import { Refused } from '../refused.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { setUpDiscord } from './discord.ts';
import { writeEnvFile } from './env-file.ts';
import type { Questions } from './questions.ts';
import type { Chosen, SetupStage } from './stage.ts';
import { setUpSlack } from './slack.ts';

const SAMPLE = 'examples/hoodie-run.yaml';

/**
 * `setup`: asks for what is missing, tries each token as it is given, binds workspaces and channels, and writes `.env`. What is
 * left empty is left out; asking again later changes only what is answered.
 */
export async function setup(needs: {
  readonly settings: Settings;
  readonly questions: Questions;
  readonly terminal: Terminal;
  readonly now: () => number;
  readonly folder: string;
}): Promise<ExitCode> {
  const { settings, questions, terminal, now, folder } = needs;
  const say = terminal.write;
  say('This sets Showcaller up: where it keeps things, your drop plan, Slack, Discord. Nothing is posted anywhere meanwhile.');
  say('Leave out what you do not need by pressing Enter; run it again whenever you like.');
  const basics = await askBasics(needs);
  if (basics === null) return stopped(terminal);
  return withStore(databaseOf(basics['DATABASE_URL'] ?? ''), { mayCreate: true }, async ({ store }) => {
    const teamId = await teamToSetUp(needs, store);
    if (teamId === null) return stopped(terminal);
    const stage = { settings, questions, terminal, store, teamId, now, folder };
    const slack = await setUpSlack(stage);
    const discord = await setUpDiscord(stage);
    const chosen = { ...basics, ...slack, ...discord, ...(await askOwners(stage, { slack, discord })) };
    writeEnvFile(resolve(folder, '.env'), chosen);
    say('');
    say(`Written to .env: ${Object.keys(chosen).join(', ')}. Only you can read that file.`);
    say('Now: npm start. In another terminal, npm start -- doctor looks over everything.');
    say('Then type /team channel in each channel that is not bound yet, and /link to be known on the other platform.');
    return 0;
  });
}

function stopped({ warn }: Terminal): ExitCode {
  warn('Stopped; .env was not changed.');
  return 1;
}

async function askBasics({ settings, questions }: { settings: Settings; questions: Questions }): Promise<Chosen | null> {
  const url = await questions.ask('\nWhere to keep everything', settings.DATABASE_URL ?? 'file:showcaller.db');
  const port = await questions.ask('Port to serve on', String(settings.PORT ?? 8080));
  if (url === null || port === null) return null;
  if (!/^(file:.+|postgres(ql)?:\/\/.+)$/u.test(url)) throw new Refused(`${url} is no place for a database: file:showcaller.db`);
  return { DATABASE_URL: url, PORT: port };
}

/** The team this is about; with none yet, a plan is asked for and imported. */
async function teamToSetUp(
  { questions, terminal, now }: { questions: Questions; terminal: Terminal; now: () => number },
  store: Store,
): Promise<string | null> {
  const teamIds = await store.teamIds();
  if (teamIds.length > 1) {
    const at = await questions.choose('\nWhich team is this about?', teamIds);
    return at === null ? null : (teamIds[at] ?? null);
  }
  if (teamIds[0] !== undefined) return teamIds[0];
  for (;;) {
    const file = await questions.ask('\nYour drop plan (a YAML file; the sample shows how one looks)', SAMPLE);
    if (file === null) return null;
    const reading = planFile(file);
    if (reading.kind === 'read') {
      await importPlan({ store, nowMs: now() }, reading.value, terminal);
      return reading.value.team.id;
    }
    for (const line of reading.lines) terminal.write(line);
    if (!existsSync(file)) terminal.write(`Try ${SAMPLE}.`);
  }
}

/** Somebody has to be founder before anybody is listed with their account. */
async function askOwners(
  { questions, terminal, settings, store, teamId, now }: SetupStage,
  { slack, discord }: { slack: Chosen; discord: Chosen },
): Promise<Chosen> {
  const asked = [
    ...('SLACK_BOT_TOKEN' in slack ? (['slack'] as const) : []),
    ...('DISCORD_TOKEN' in discord ? (['discord'] as const) : []),
  ];
  if (asked.length === 0) return {};
  terminal.write('');
  const { members } = await store.team(teamId).team.view();
  const at = await questions.choose(
    'Somebody has to give out roles from the start. Which of these are you?',
    members.map(({ name }) => name),
  );
  const personId = at === null ? null : (members[at]?.personId ?? null);
  const owners: string[] = settings.SHOWCALLER_OWNERS.map(({ platform, accountId }) => `${platform}:${accountId}`);
  for (const platform of asked) {
    const where =
      platform === 'slack'
        ? 'Your Slack member id (your profile, ⋮, Copy member ID; it starts with U)'
        : 'Your Discord user id (Settings, Advanced, Developer Mode; then right-click your name, Copy User ID)';
    const id = await questions.ask(where);
    if (id === null || id === '') continue;
    if (!(platform === 'slack' ? /^[UW][A-Z0-9]{2,}$/u : /^\d{2,20}$/u).test(id)) {
      terminal.write(`${id} does not look like one, so it was left out. Run setup again to try once more.`);
      continue;
    }
    owners.push(`${platform}:${id}`);
    await store.team(teamId).team.adoptOwners({ accounts: [{ platform, accountId: id }], personId, nowMs: now() });
  }
  return owners.length === 0 ? {} : { SHOWCALLER_OWNERS: [...new Set(owners)].join(',') };
}
