import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const PLAN = join(ROOT, 'examples/hoodie-run.yaml');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'showcaller-verbs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs a verb as a process of its own, in an empty folder so that no `.env` is read. */
function showcaller(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return new Promise((exit) => child.once('close', (code) => exit({ code, out, err })));
}

const at = (name: string) => ({ DATABASE_URL: `file:${join(folder, name)}` });
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

test('from a plan to a restored copy: import, import again, orders, doctor, export, backup, restore', async () => {
  const env = at('a.db');
  const first = await showcaller(['import', PLAN], env);
  expect({ code: first.code, said: lastLine(first.out) }).toMatchObject({
    code: 0,
    said: expect.stringContaining('Imported Hoodie Run No. 3'),
  });
  expect(await showcaller(['import', PLAN], env)).toMatchObject({
    code: 0,
    out: expect.stringContaining('Nothing had changed.'),
  });

  const sales = join(folder, 'sales.csv');
  writeFileSync(sales, 'no,item,n,when\n1,PIN,2,2027-01-29 19:00\n2,PIN,1,2027-01-29 19:01\n');
  const orders = ['import', sales, '--columns', 'id=no,sku=item,units=n,at=when'];
  expect(await showcaller(orders, env)).toMatchObject({ code: 0, out: '2 orders read: 2 recorded.\n' });
  expect(await showcaller(orders, env)).toMatchObject({ code: 0, out: '2 orders read: 2 known already.\n' });

  const doctor = await showcaller(['doctor'], env);
  expect({ code: doctor.code, said: lastLine(doctor.out) }).toEqual({ code: 0, said: 'All is well.' });

  const file = join(folder, 'team.jsonl');
  expect(await showcaller(['export', '--out', file], env)).toMatchObject({ code: 0, out: '' });
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { table: string; row: Record<string, unknown> });
  const commits = rows.filter(({ table, row }) => table === 'movements' && row['kind'] === 'commit');
  expect(commits.map(({ row }) => [row['sku'], row['units']])).toEqual([
    ['PIN', 2],
    ['PIN', 1],
  ]);
  expect(await showcaller(['export', '--out', file], env)).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing is overwritten'),
  });

  const copy = join(folder, 'a.backup');
  expect(await showcaller(['backup', copy], env)).toMatchObject({ code: 0 });
  expect(await showcaller(['backup', copy], env)).toMatchObject({ code: 1, err: expect.stringContaining('exists already') });
  expect(await showcaller(['restore', copy], env)).toMatchObject({ code: 1, err: expect.stringContaining('--replace') });
  expect(await showcaller(['restore', copy], at('b.db'))).toMatchObject({ code: 0, out: expect.stringContaining('Restored') });
  const again = await showcaller(['doctor'], at('b.db'));
  expect({ code: again.code, said: lastLine(again.out) }).toEqual({ code: 0, said: 'All is well.' });
}, 180_000); // a dozen processes, one after another

test('doctor and export make no database, and say how to', async () => {
  for (const verb of ['doctor', 'export']) {
    expect(await showcaller([verb], at('none.db'))).toMatchObject({ code: 2, out: '', err: expect.stringContaining('import') });
  }
  expect(existsSync(join(folder, 'none.db'))).toBe(false);
}, 30_000);

test('a fault of the machine is two lines, not a trace', async () => {
  const taken = createServer();
  await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
  const { port } = taken.address() as AddressInfo;
  mkdirSync(join(folder, 'plan.yaml'));
  const cases: readonly (readonly [readonly string[], Record<string, string>])[] = [
    [[], { ...at('c.db'), PORT: String(port) }],
    [[], { DATABASE_URL: 'file:/no/such/folder/a.db', PORT: '0' }],
    [['import', PLAN], { DATABASE_URL: 'file:/no/such/folder/a.db' }],
    [['import', join(folder, 'plan.yaml')], at('c.db')],
  ];
  for (const [args, env] of cases) {
    const { code, err } = await showcaller(args, env);
    const lines = err
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('{'));
    expect({ args, failed: code !== 0, lines: lines.length, trace: / at .*:\d+:\d+/.test(err) }).toEqual({
      args,
      failed: true,
      lines: 2,
      trace: false,
    });
  }
  taken.close();
}, 60_000);

test('settings are faulted all at once, and the database without a port says what to do', async () => {
  const { code, err } = await showcaller([], { PORT: 'x', SHOWCALLER_PROT: '1' });
  expect(code).toBe(2);
  expect(err).toContain('PORT: expected a whole number');
  expect(err).toContain('SHOWCALLER_PROT: no setting has this name');
  expect(await showcaller([], at('d.db'))).toMatchObject({ code: 2, err: expect.stringContaining('PORT=8080') });
}, 30_000);

test('an invented show runs on whole milliseconds, its clocks included', async () => {
  const { code, err, out } = await showcaller(['rehearse', '--seed', '3', '--json']);
  expect({ code, faults: err.split('\n').filter((line) => line.startsWith('{')) }).toEqual({ code: 0, faults: [] });
  expect((JSON.parse(out) as { alertCount: number }).alertCount).toBeGreaterThan(0);
}, 60_000);

test('erasing says first what would go, does nothing unasked, and leaves no name in an export', async () => {
  const env = at('erase.db');
  await showcaller(['import', PLAN], env);
  const unasked = await showcaller(['erase', '--person', 'finn'], env);
  expect(unasked).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was erased') });
  expect(unasked.out).toContain('Finn Gallagher (finn) would be erased:');
  expect((await showcaller(['export'], env)).out).toContain('Gallagher');
  expect(await showcaller(['erase', '--person', 'finn', '--yes'], env)).toMatchObject({ code: 0, err: '' });
  expect((await showcaller(['export'], env)).out).not.toContain('Gallagher');
  expect(await showcaller(['erase', '--person', 'maya', '--yes'], env)).toMatchObject({
    code: 1,
    err: expect.stringContaining('the last founder'),
  });
}, 120_000);
