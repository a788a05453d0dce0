import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export type ConsoleConnection = {
  /** Writes a line above the prompt. */
  readonly write: (line: string) => void;
  /** Resolves when the input has ended (or `close` was called) and every line before that was handled. */
  readonly ended: Promise<void>;
  readonly close: () => void;
};

/**
 * Reads lines and hands them over one at a time, in order: the next waits until the handler is done with the last. The prompt
 * is drawn only on a terminal.
 */
export function connectConsole(needs: {
  readonly input: Readable;
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly prompt: () => string;
  readonly onLine: (line: string) => Promise<void>;
  /** What Tab proposes for a line typed so far: whole lines. */
  readonly complete: (line: string) => Promise<readonly string[]>;
}): ConsoleConnection {
  const { input, output, prompt, onLine, complete } = needs;
  const terminal = output.isTTY === true && (input as Readable & { readonly isTTY?: boolean }).isTTY === true;
  const completer = (line: string, answer: (fault: Error | null, found: [string[], string]) => void): void => {
    // A proposal that cannot be made is no reason to stop somebody typing.
    complete(line).then(
      (found) => answer(null, [[...found], line]),
      () => answer(null, [[], line]),
    );
  };
  const lines = createInterface({ input, output: terminal ? output : undefined, terminal, historySize: 200, completer });
  let handled: Promise<void> = Promise.resolve();
  let closed = false;
  const ended = Promise.withResolvers<void>();

  function draw(): void {
    if (!terminal || closed) return;
    lines.setPrompt(prompt());
    lines.prompt(true);
  }

  lines.on('line', (line) => {
    handled = handled.then(() => onLine(line)).then(draw);
    handled.catch(ended.reject);
  });
  lines.on('close', () => {
    closed = true;
    handled.then(ended.resolve, ended.reject);
  });
  draw();

  return {
    write(line) {
      // What somebody is typing is wiped and drawn again below, so that posts never tear it apart.
      if (terminal && !closed) output.write('\r\u001B[K');
      output.write(`${line}\n`);
      draw();
    },
    ended: ended.promise,
    close: () => lines.close(),
  };
}
