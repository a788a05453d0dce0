import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';

/** Asks one person at a terminal, or reads answers from a pipe, a line each. */
export type Questions = {
  /** The trimmed answer; an empty line is `fallback`. Null once the input has ended. */
  readonly ask: (question: string, fallback?: string) => Promise<string | null>;
  /** The same, without showing what is typed. */
  readonly askSecret: (question: string) => Promise<string | null>;
  /** The number of a choice, from 0; an empty line is `likely`, if there is one. Null for none of them, or once the input has ended. */
  readonly choose: (question: string, choices: readonly string[], likely?: number) => Promise<number | null>;
  readonly askYes: (question: string) => Promise<boolean>;
  readonly close: () => void;
};

/** Starts asking. What is typed ahead waits for its question. */
export function openQuestions({
  input,
  output,
}: {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}): Questions {
  let hidden = false;
  const shown = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!hidden) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: shown, terminal: input.isTTY === true && output.isTTY === true });
  const coming = lines[Symbol.asyncIterator]();

  async function next(question: string): Promise<string | null> {
    output.write(question);
    const line = await coming.next();
    return line.done === true ? null : line.value.trim();
  }

  async function choose(question: string, choices: readonly string[], likely?: number): Promise<number | null> {
    const how = likely === undefined ? 'Number, or nothing to leave it out: ' : `Number, or - to leave it out [${likely + 1}]: `;
    output.write(`${question}\n`);
    for (const [at, choice] of choices.entries()) output.write(`  ${at + 1}  ${choice}\n`);
    for (;;) {
      const typed = await next(how);
      if (typed === null || typed === '-') return null;
      if (typed === '') return likely ?? null;
      const at = Number(typed) - 1;
      if (Number.isInteger(at) && at >= 0 && at < choices.length) return at;
      output.write(`Type a number from 1 to ${choices.length}.\n`);
    }
  }

  return {
    async ask(question, fallback) {
      const typed = await next(fallback === undefined ? `${question}: ` : `${question} [${fallback}]: `);
      return typed === '' && fallback !== undefined ? fallback : typed;
    },
    async askSecret(question) {
      const answer = next(`${question} (what you paste is not shown): `);
      hidden = true;
      const typed = await answer;
      hidden = false;
      output.write('\n');
      return typed;
    },
    choose,
    async askYes(question) {
      const typed = await next(`${question} [y/n]: `);
      return typed !== null && /^y(es)?$/iu.test(typed);
    },
    close: () => lines.close(),
  };
}
