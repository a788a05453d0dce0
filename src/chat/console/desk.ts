import type { Account, Place } from '../../domain/team.ts';
import type { Message } from '../../ports/message.ts';
import { refuse, say } from '../../ports/message.ts';
import type { ButtonNumbers, Pressable } from './buttons.ts';
import { parseLine } from './parse.ts';

/** What dispatch is asked by a console, and what it answers. */
type Run = (request: {
  readonly teamId: string;
  readonly account: Account;
  readonly place: Place;
  readonly requestKey: string;
  readonly ask: { readonly kind: 'text'; readonly text: string } | { readonly kind: 'button'; readonly buttonId: string };
}) => Promise<{ readonly message: Message; readonly buttonIds: readonly string[] }>;

/** Who sits at the console, and which channel they type in. */
export type Seat = { readonly account: Account; readonly place: Place };

/** One person at a terminal: commands by name, buttons by number, and the question a dangerous button asks first. */
export type Desk = {
  readonly handle: (line: string, seat: Seat) => Promise<void>;
};

/** Runs what is typed and shows the private answers. Every line is a request of its own. */
export function createDesk(needs: {
  readonly run: Run;
  readonly teamId: string;
  readonly numbers: ButtonNumbers;
  readonly show: (reply: { readonly message: Message; readonly buttonIds: readonly string[] }) => void;
}): Desk {
  const { run, teamId, numbers, show } = needs;
  let asked: Pressable | null = null; // waiting for a yes; a crash forgets it, and nothing was done

  const tell = (message: Message) => show({ message, buttonIds: [] });

  async function press({ buttonId }: Pressable, seat: Seat): Promise<void> {
    show(await run({ teamId, ...seat, requestKey: `console:${crypto.randomUUID()}`, ask: { kind: 'button', buttonId } }));
  }

  return {
    async handle(typed, seat) {
      const line = parseLine(typed);
      const waiting = asked;
      if (line.kind === 'empty') return;
      asked = null;
      if (line.kind === 'yes' && waiting !== null) return press(waiting, seat);
      if (waiting !== null && line.kind !== 'command') tell(say(`${waiting.label} was not done.`));
      if (line.kind === 'command') {
        show(
          await run({ teamId, ...seat, requestKey: `console:${crypto.randomUUID()}`, ask: { kind: 'text', text: line.text } }),
        );
      } else if (line.kind === 'button') {
        const button = numbers.find(line.number);
        if (button === null) tell(refuse(`No button here has the number ${line.number}.`));
        else if (button.confirm === null) await press(button, seat);
        else {
          asked = button;
          const { title, text, yes } = button.confirm;
          tell(
            say(
              title,
              { kind: 'text', text: title },
              { kind: 'text', text },
              { kind: 'context', text: `Type yes to go on (${yes}), anything else to leave it.` },
            ),
          );
        }
      } else if (waiting === null)
        tell(refuse('Commands start with a slash: /help lists them. A button is pressed by its number.'));
    },
  };
}
