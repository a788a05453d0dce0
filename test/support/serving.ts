import { spawn, type ChildProcess } from 'node:child_process';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

/** A child process that serves. */
export type Serving = { readonly process: ChildProcess; readonly url: string; readonly port: number };

/** Runs a verb to its end. Answers its exit code and what it told on stderr. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; told: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (data: Buffer) => (told += data.toString()));
  return new Promise((exit) => child.once('close', (code) => exit({ code, told })));
}

/** Serves in a child process; resolves once it listens. */
export async function serve(env: NodeJS.ProcessEnv): Promise<Serving> {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['pipe', 'ignore', 'pipe'] });
  let told = '';
  const url = await new Promise<string>((found, failed) => {
    child.stderr.on('data', (data: Buffer) => {
      told += data.toString();
      const said = /serving on (http:\/\/[\d.:]+)/.exec(told)?.[1];
      if (said !== undefined) found(said);
    });
    child.once('exit', (_code, signal) => failed(new Error(told, { cause: signal })));
  });
  return { process: child, url, port: Number(new URL(url).port) };
}

/** The exit code, once it has ended. */
export function exitOf({ process: child }: Serving): Promise<number | null> {
  return new Promise((exit) => child.once('exit', exit));
}
