import type { Settings } from '../../config.ts';
import type { Store } from '../../ports/store.ts';
import type { Terminal } from '../terminal.ts';
import type { Questions } from './questions.ts';

/** What each part of the wizard works with. */
export type SetupStage = {
  readonly settings: Settings; // as they were before
  readonly questions: Questions;
  readonly terminal: Terminal;
  readonly store: Store;
  readonly teamId: string;
  readonly now: () => number;
  readonly folder: string; // where files for the person are put
};

/** Variables to write into `.env`. */
export type Chosen = Readonly<Record<string, string>>;

/** Asks until what is pasted is accepted, or nothing is. `attempt` answers what is wrong as words. */
export async function askUntil<T extends object>(
  { questions, terminal }: SetupStage,
  question: string,
  attempt: (token: string) => Promise<T | string>,
): Promise<{ readonly token: string; readonly good: T } | null> {
  for (;;) {
    const token = await questions.askSecret(question);
    if (token === null || token === '') {
      terminal.write('Left out for now.');
      return null;
    }
    const good = await attempt(token);
    if (typeof good !== 'string') return { token, good };
    terminal.write(`That does not work: ${good}. Try again, or press Enter to leave it out.`);
  }
}
