import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Serving = { readonly pid: number; readonly port: number; readonly stop: () => Promise<void> };

/** Starts a server that says `{"event":"serving","port":…}` on standard error, and waits for that line. */
export async function startServing(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Serving> {
  const child = spawn(process.execPath, [...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await portOf(child);
  if (child.pid === undefined) throw new Error('a process that serves has a number');
  return {
    pid: child.pid,
    port,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function portOf(child: ChildProcess): Promise<number> {
  if (child.stderr === null) throw new Error('no standard error to read');
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      said.push(line);
      if (line.startsWith('{') && line.includes('"serving"')) resolve((JSON.parse(line) as { port: number }).port);
    });
    child.once('exit', () => reject(new Error(`it never served:\n${said.join('\n')}`)));
  });
}

/** Runs a script to its end and answers what it printed. */
export function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    let complained = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
    child.once('exit', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${args.join(' ')} failed:\n${complained}${printed}`)),
    );
  });
}
