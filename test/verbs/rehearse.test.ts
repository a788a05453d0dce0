import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { createButtonNumbers } from '../../src/chat/console/buttons.ts';
import { consoleSender } from '../../src/chat/console/send.ts';
import { openLog } from '../../src/log.ts';
import type { AfterShow } from '../../src/ports/store/drops.ts';
import { columnsOf, ordersFile, planFile } from '../../src/verbs/files.ts';
import { openRehearsal } from '../../src/verbs/rehearse.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const UCI = `${ROOT}test/data/uci_online_retail_2011-11-28_2011-12-09.csv`;

/** Runs `node src/main.ts` with lines on standard input, as a pipe would. */
function start(args: readonly string[], lines: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const env = { PATH: process.env['PATH'], NO_COLOR: '1' };
  const child = spawn(process.execPath, ['src/main.ts', ...args], { cwd: ROOT, env });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  return new Promise((exit) => child.once('exit', (code) => exit({ code, out, err })));
}

test('a newcomer at a pipe: stock, pause, stock, resume, a button, and the end of the show', async () => {
  const { code, out, err } = await start(
    [],
    [
      '/wait 20m',
      '/stock HOODIE-M',
      '/pause HOODIE-M label misprint',
      '/stock HOODIE-M',
      '/resume HOODIE-M',
      '/as fan',
      '/stock PIN',
      '/pause',
    ],
  );
  const faults = err.split('\n').filter((line) => line !== '' && !line.startsWith('…')); // progress is no fault
  expect({ code, faults }).toEqual({ code: 0, faults: [] });
  const answers = out.split('\n');
  const after = (line: string) => answers.slice(answers.findIndex((each) => each.endsWith(line)) + 1);
  expect(after('> /stock HOODIE-M')[0]).toBe('Hoodie, medium (HOODIE-M)');
  expect(out).toMatch(/70 on hand − \d+ committed − 3 reserve − 0 held − 0 damaged = \d+ left to sell/);
  const paused = after('> /pause HOODIE-M label misprint').join('\n');
  expect(paused).toContain('label misprint');
  for (const channel of ['#team', '#alerts', '#host', '#community'])
    expect(paused).toMatch(new RegExp(`${channel} .*PAUSED`, 'i'));
  expect(after('> /as fan')[0]).toContain('one of the public now');
  const fan = after('> /stock PIN').slice(0, 4).join('\n');
  expect(fan).toMatch(/available/i);
  expect(fan).not.toMatch(/\d+ left|on hand/);
  expect(after('> /pause').join('\n')).toMatch(/producer/i);
  expect(out).toContain('After Hoodie Run No. 3');
}, 60_000);

test('with --json, standard output is the summary alone, and its numbers are the file’s', async () => {
  const { code, out } = await start(['rehearse', '--json'], []);
  expect(code).toBe(0);
  const report = JSON.parse(out) as AfterShow;
  const rows = parse<Record<string, string>>(readFileSync(`${ROOT}examples/hoodie-run-orders.csv`, 'utf8'), { columns: true });
  const sold = (sku: string) =>
    rows.filter((row) => row['Lineitem sku'] === sku).reduce((sum, row) => sum + Number(row['Lineitem quantity']), 0);
  expect(report.skus.find(({ sku }) => sku === 'HOODIE-XL')?.soldUnits).toBe(sold('HOODIE-XL'));
  expect(report.skus.find(({ sku }) => sku === 'HOODIE-M')?.soldUnits).toBe(sold('HOODIE-M') + sold('BOX'));
  expect(report.skus.find(({ sku }) => sku === 'PIN')?.soldUnits).toBe(sold('PIN') + 2 * sold('BOX'));
  expect(report.unknownSkus).toEqual([{ sku: 'TOTE', units: 1, orderCount: 1 }]);
}, 60_000);

test('a plan with faults is refused by file and line, and nothing starts', async () => {
  const { code, out, err } = await start(['rehearse', '--plan', 'package.json'], []);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^package\.json:\d+:\d+ /);
}, 30_000);

test('twelve days of real orders: alerts at the right orders, totals straight from the file', async () => {
  const plan = planFile(`${ROOT}examples/uci-plan.yaml`);
  const columns = columnsOf('id=InvoiceNo,sku=StockCode,units=Quantity,at=InvoiceDate');
  if (plan.kind === 'faulty' || columns === null) throw new Error('the example cannot be read');
  const orders = ordersFile(UCI, { columns, zone: plan.value.drop.zone });
  if (orders.kind === 'faulty') throw new Error(orders.lines.join('\n'));
  const rehearsal = await openRehearsal(
    { plan: plan.value, orders: orders.value },
    { sender: (now) => consoleSender({ write: () => undefined, now, numbers: createButtonNumbers() }), log: openLog('error') },
  );
  await rehearsal.playTo(rehearsal.show.endsAtMs);
  const report = await rehearsal.report();
  const crossings = await rehearsal.team.alerts.crossings();
  await rehearsal.close();

  const rows = parse<Record<string, string>>(readFileSync(UCI, 'utf8'), { columns: true }).map((row) => ({
    invoice: row['InvoiceNo'] ?? '',
    sku: row['StockCode'] ?? '',
    units: Number(row['Quantity']),
  }));
  const sum = (sku: string, keep: (units: number) => boolean) =>
    rows.filter((row) => row.sku === sku && keep(row.units)).reduce((total, { units }) => total + Math.abs(units), 0);
  for (const { sku, soldUnits, broughtBackUnits } of report.skus) {
    expect({ sku, soldUnits, broughtBackUnits }).toEqual({
      sku,
      soldUnits: sum(sku, (units) => units > 0),
      broughtBackUnits: sum(sku, (units) => units < 0),
    });
  }
  expect(report.skus.find(({ sku }) => sku === '23084')).toMatchObject({ soldUnits: 7_665, broughtBackUnits: 14 });

  // The order after which a count has run down to a limit; what comes back is held, so it does not count.
  const orderReaching = (sku: string, count: number, limit: number) => {
    const units = new Map<string, number>();
    for (const row of rows)
      if (row.sku === sku && row.units > 0) units.set(row.invoice, (units.get(row.invoice) ?? 0) + row.units);
    let left = count;
    for (const [invoice, sold] of units)
      if ((left -= sold) <= limit) return { cause: `order csv ${invoice}`, balanceUnits: left };
    return null;
  };
  const first = (sku: string, thresholdId: string) => {
    const crossing = crossings.find((each) => each.subject === sku && each.thresholdId === thresholdId);
    return crossing === undefined ? null : { cause: crossing.cause, balanceUnits: crossing.balanceUnits };
  };
  expect(first('23084', 'percent:20')).toEqual(orderReaching('23084', 7_600, 1_520));
  expect(first('22086', 'percent:20')).toEqual(orderReaching('22086', 3_500, 700));
  expect(first('85123A', 'units:5')).toEqual(orderReaching('85123A', 1_378, 5));
  expect(first('23084', 'oversold')).toEqual(orderReaching('23084', 7_600, -1));
}, 120_000);
