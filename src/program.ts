import { closeSync, openSync, writeSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { readEnvFile, readSettings, type Settings } from './config.ts';
import { openLog } from './log.ts';
import { backup, restore } from './verbs/backup.ts';
import { databaseOf, withStore, type Database, type Opened } from './verbs/database.ts';
import { doctor } from './verbs/doctor.ts';
import { erase } from './verbs/erase.ts';
import { exportRows } from './verbs/export.ts';
import { columnsOf, ordersFile, planFile } from './verbs/files.ts';
import { importOrders, importPlan } from './verbs/import.ts';
import { machineWords, Refused } from './verbs/refused.ts';
import { manifest } from './verbs/manifest.ts';
import { move } from './verbs/move.ts';
import { rehearseAtConsole } from './verbs/rehearse-console.ts';
import { timesOf } from './verbs/rehearse.ts';
import { serve } from './verbs/serve.ts';
import { openQuestions } from './verbs/setup/questions.ts';
import { setup } from './verbs/setup/setup.ts';
import { simulateOrders } from './verbs/simulate.ts';
import type { ExitCode, Terminal } from './verbs/terminal.ts';
import type { HeardFacts } from './domain/order.ts';
import type { Plan } from './ports/plan.ts';

const SAMPLE_PLAN = new URL('../examples/hoodie-run.yaml', import.meta.url).pathname;
const SAMPLE_ORDERS = new URL('../examples/hoodie-run-orders.csv', import.meta.url).pathname;

const terminal: Terminal = {
  write: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
};
const clock = { now: () => Date.now() };
const LINGER_MS = 1_000;
const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

function settingsNow(): Settings {
  const reading = readSettings({ ...readEnvFile('.env'), ...process.env });
  if (reading.kind === 'settings') return reading.settings;
  throw new Refused(
    'The settings cannot be used:',
    ...reading.faults.map((fault) => `  ${fault}`),
    'See .env.example for what each may be.',
  );
}

function databaseNow({ DATABASE_URL }: Settings): Database {
  if (DATABASE_URL !== undefined) return databaseOf(DATABASE_URL);
  throw new Refused(
    'DATABASE_URL is not set, so there is no database to use.',
    'Put DATABASE_URL=file:showcaller.db into .env, then try again.',
  );
}

/** Runs a verb on the database there is. */
function withStored(work: (opened: Opened) => Promise<ExitCode>): Promise<ExitCode> {
  return withStore(databaseNow(settingsNow()), { mayCreate: false }, work);
}

function planAt(file: string): Plan {
  const reading = planFile(file);
  if (reading.kind === 'read') return reading.value;
  throw new Refused(...reading.lines);
}

function ordersAt(file: string, columns: string | undefined, zone: string): readonly HeardFacts[] {
  const map = columns === undefined ? 'shopify' : columnsOf(columns);
  if (map === null)
    throw new Refused('--columns is like id=InvoiceNo,sku=StockCode,units=Quantity,at=InvoiceDate[,price=UnitPrice].');
  const reading = ordersFile(file, { columns: map, zone });
  if (reading.kind === 'read') return reading.value;
  throw new Refused(...reading.lines);
}

type RehearseOptions = {
  readonly plan?: string;
  readonly orders?: string;
  readonly columns?: string;
  readonly speed: number;
  readonly seed?: number;
  readonly quiet: boolean;
  readonly json: boolean;
};

/** The plan's orders from a file; the sample's own for the sample; else invented from the seed. */
function ordersFor(plan: Plan, { plan: planPath, orders, columns, seed }: RehearseOptions): readonly HeardFacts[] {
  if (orders !== undefined) return ordersAt(orders, columns, plan.drop.zone);
  if (planPath === undefined && seed === undefined) return ordersAt(SAMPLE_ORDERS, undefined, plan.drop.zone);
  return simulateOrders(plan, { seed: seed ?? 1, startMs: timesOf(plan, []).liveAtMs });
}

function rehearse(options: RehearseOptions): Promise<ExitCode> {
  const plan = planAt(options.plan ?? SAMPLE_PLAN);
  const { input, output } = { input: process.stdin, output: process.stdout };
  const { speed, quiet, json } = options;
  // Only faults are worth a log line in a rehearsal: the screen is the show.
  const log = openLog('error');
  return rehearseAtConsole(
    { plan, orders: ordersFor(plan, options), speed, quiet, json },
    { input, output, warn: terminal.warn, log, colours },
  );
}

/** With a database and a port it serves; with neither it rehearses. */
async function start(options: RehearseOptions): Promise<ExitCode> {
  const settings = settingsNow();
  const { DATABASE_URL, PORT } = settings;
  if (DATABASE_URL === undefined && PORT === undefined) return rehearse(options);
  if (PORT === undefined)
    throw new Refused('DATABASE_URL is set but PORT is not. Set PORT=8080 to serve, or run: npm start -- rehearse');
  const stopAsked = new Promise((stop) => {
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
  const code = await serve({
    settings,
    database: databaseNow(settings),
    port: PORT,
    clock,
    log: openLog(settings.SHOWCALLER_LOG_LEVEL),
    terminal,
    input: process.stdin,
    output: process.stdout,
    colours,
    stopAsked,
  });
  // What a platform's library left open keeps nobody waiting.
  setTimeout(() => process.exit(code), LINGER_MS).unref();
  return code;
}

function wholeFrom(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < min || value > max)
      throw new InvalidArgumentError(`a whole number from ${min} to ${max}`);
    return value;
  };
}

function rehearsing(command: Command): Command {
  return command
    .option('--plan <file>', 'drop plan to rehearse (the sample hoodie run unless given)')
    .option(
      '--orders <file>',
      'CSV of orders to replay (Shopify export, or any CSV with --columns); invented from the seed unless given',
    )
    .option('--columns <map>', 'which column is what: id=…,sku=…,units=…,at=…[,price=…]')
    .option('--speed <times>', 'rehearsal seconds per second, at a terminal', wholeFrom(1, 100_000), 30)
    .option('--seed <number>', 'invent the orders from this number', wholeFrom(0, 2_147_483_647))
    .option('--quiet', 'show answers and the summary, not the posts', false)
    .option('--json', 'print nothing but the after-show summary, as JSON', false);
}

function program(exit: (code: ExitCode) => void): Command {
  const showcaller = new Command('showcaller')
    .description('The stage manager of a live-commerce drop.')
    .enablePositionalOptions(); // an option after a verb is that verb's own
  rehearsing(showcaller).action(async (options: RehearseOptions) => exit(await start(options)));
  rehearsing(showcaller.command('rehearse').description('play a show at this terminal; nothing leaves it')).action(
    async (options: RehearseOptions) => exit(await rehearse(options)),
  );
  showcaller
    .command('import <file>')
    .description('import a drop plan (.yaml), or orders (.csv) of a team')
    .option('--team <id>', 'whose orders these are')
    .option('--columns <map>', 'which column is what, for a CSV that is not a Shopify export')
    .action(async (file: string, options: { team?: string; columns?: string }) => exit(await importFile(file, options)));
  showcaller
    .command('doctor')
    .description('look at everything Showcaller stands on')
    .action(async () => exit(await runDoctor()));
  showcaller
    .command('setup')
    .description('ask for what is needed, try it, and write .env')
    .action(async () => exit(await runSetup()));
  showcaller
    .command('manifest')
    .description('print the manifest your Slack app is made from')
    .action(() => exit(manifest(settingsNow(), terminal)));
  showcaller
    .command('export')
    .description('print every row of a team as JSON lines')
    .option('--team <id>', 'this team only')
    .option('--out <file>', 'write to a file instead')
    .action(async (options: { team?: string; out?: string }) => exit(await exportTo(options)));
  showcaller
    .command('backup <file>')
    .description('write a consistent copy of the database, also while serving')
    .action(async (file: string) => exit(await backup(databaseNow(settingsNow()), file, terminal)));
  showcaller
    .command('restore <file>')
    .description('put a backup in the place of the database')
    .option('--replace', 'even if there is a database; it is kept beside the new one', false)
    .action(async (from: string, { replace }: { replace: boolean }) =>
      exit(await restore(databaseNow(settingsNow()), { from, replace, nowMs: clock.now() }, terminal)),
    );
  showcaller
    .command('erase')
    .description('take a person out of everything that is kept; says first what would go')
    .requiredOption('--person <id>', 'the id of the person, as the plan and /team list have it')
    .option('--team <id>', 'whose person, if there are several teams')
    .option('--yes', 'do it without asking', false)
    .action(async (options: EraseOptions) => exit(await eraseFrom(options)));
  showcaller
    .command('move <from> <to>')
    .description('copy everything to another database, file:… or postgres://…, and prove both hold the same')
    .option('--team <id>', 'this team only')
    .action(async (from: string, to: string, { team }: { team?: string }) =>
      exit(await move({ from, to, team: team ?? null }, terminal)),
    );
  return showcaller;
}

function runDoctor(): Promise<ExitCode> {
  const settings = settingsNow();
  return withStore(databaseNow(settings), { mayCreate: false }, (opened) => doctor({ ...opened, settings, clock }, terminal));
}

async function runSetup(): Promise<ExitCode> {
  const questions = openQuestions({ input: process.stdin, output: process.stdout });
  try {
    return await setup({ settings: settingsNow(), questions, terminal, now: clock.now, folder: process.cwd() });
  } finally {
    questions.close();
  }
}

type EraseOptions = { readonly team?: string; readonly person: string; readonly yes: boolean };

function eraseFrom({ team, person, yes }: EraseOptions): Promise<ExitCode> {
  return withStored(async ({ engine, store }) => {
    const ask = { team, teamIds: await store.teamIds(), person, isSure: yes, nowMs: clock.now() };
    return erase(engine, ask, { terminal, confirm: (question) => typedAgain(question, person) });
  });
}

/** Asks at a terminal; where nobody can answer, the answer is no. */
async function typedAgain(question: string, expected: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const questions = openQuestions({ input: process.stdin, output: process.stdout });
  try {
    return (await questions.ask(question)) === expected;
  } finally {
    questions.close();
  }
}

function importFile(file: string, { team, columns }: { team?: string; columns?: string }): Promise<ExitCode> {
  if (!file.endsWith('.csv')) {
    const plan = planAt(file);
    return withStore(databaseNow(settingsNow()), { mayCreate: true }, ({ store }) =>
      importPlan({ store, nowMs: clock.now() }, plan, terminal),
    );
  }
  return withStored(async ({ store }) => {
    const teamIds = await store.teamIds();
    const teamId = team ?? (teamIds.length === 1 ? teamIds[0] : undefined);
    if (teamId === undefined || !teamIds.includes(teamId)) {
      throw new Refused(
        `Whose orders are these? Say --team with one of: ${teamIds.join(', ') || 'none yet; import a plan first'}.`,
      );
    }
    const { zone } = await store.team(teamId).team.view();
    return importOrders({ store, nowMs: clock.now() }, { teamId, orders: ordersAt(file, columns, zone) }, terminal);
  });
}

function exportTo({ team, out }: { team?: string; out?: string }): Promise<ExitCode> {
  return withStored(async ({ engine, store }) => {
    // Opened first, and only where nothing is: an export never overwrites.
    const file = out === undefined ? null : openSync(out, 'wx');
    const write = file === null ? terminal.write : (line: string) => void writeSync(file, `${line}\n`);
    const code = await exportRows(engine, { teamIds: await store.teamIds(), team: team ?? null }, { write, warn: terminal.warn });
    if (file !== null) closeSync(file);
    return code;
  });
}

/** Does what the command line asks for. */
export async function main(): Promise<void> {
  // Somebody who only wanted the first lines (`| head`) has them.
  process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EPIPE') throw fault;
    process.exit(0);
  });
  try {
    await program((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (fault) {
    const lines = fault instanceof Refused ? fault.lines : machineWords(fault);
    if (lines === null) throw fault;
    for (const line of lines) terminal.warn(line);
    process.exitCode = fault instanceof Refused ? 2 : 1;
  }
}
