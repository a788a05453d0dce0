import type { Account, Place } from '../../domain/team.ts';
import type { Ask, FormAsk, FrontDoor, Reply } from '../../ports/chat.ts';
import type { Message } from '../../ports/message.ts';
import { refuse, say } from '../../ports/message.ts';
import type { ButtonNumbers, Pressable } from './buttons.ts';
import type { Line } from './parse.ts';
import { parseLine } from './parse.ts';

/** Who sits at the console, and which channel they type in. */
export type Seat = { readonly account: Account; readonly place: Place };

/** One person at a terminal: commands by name, buttons by number, and the questions some buttons ask first. */
export type Desk = {
  readonly handle: (line: string, seat: Seat) => Promise<void>;
};

/** What the next line answers; a crash forgets it, and nothing was done. */
type Question =
  | { readonly kind: 'yes'; readonly button: Pressable }
  | { readonly kind: 'form'; readonly button: Pressable; readonly form: FormAsk };

/** Runs what is typed and shows the private answers. Every line is a request of its own. */
export function createDesk(needs: {
  readonly run: FrontDoor['run'];
  readonly teamId: string;
  readonly numbers: ButtonNumbers;
  readonly show: (reply: Pick<Reply, 'message' | 'buttonIds'>) => void;
}): Desk {
  const { run, teamId, numbers, show } = needs;
  let asked: Question | null = null;

  const tell = (message: Message) => show({ message, buttonIds: [] });
  const runs = (ask: Ask, seat: Seat) => run({ teamId, ...seat, requestKey: `console:${crypto.randomUUID()}`, ask });

  function askFor(button: Pressable, form: FormAsk): void {
    asked = { kind: 'form', button, form };
    tell(formQuestion(button, form));
  }

  async function press(button: Pressable, seat: Seat): Promise<void> {
    const reply = await runs({ kind: 'button', buttonId: button.buttonId }, seat);
    if (reply.form === null) show(reply);
    else askFor(button, reply.form);
  }

  async function fill(button: Pressable, { command, input, missing }: FormAsk, text: string, seat: Seat): Promise<void> {
    const [name = '', ...rest] = missing;
    const filled = { ...input, [name]: text };
    if (rest.length > 0) askFor(button, { command, input: filled, missing: rest });
    else show(await runs({ kind: 'form', name: command.name, input: filled }, seat));
  }

  async function pressNumber(number: number, seat: Seat): Promise<void> {
    const button = numbers.find(number);
    if (button === null) return tell(refuse(`No button here has the number ${number}.`));
    if (button.confirm === null) return press(button, seat);
    asked = { kind: 'yes', button };
    tell(confirmQuestion(button.confirm));
  }

  return {
    async handle(typed, seat) {
      const line = parseLine(typed);
      const waiting = asked;
      if (line.kind === 'empty' && waiting?.kind !== 'form') return;
      asked = null;
      if (waiting?.kind === 'yes' && line.kind === 'yes') return press(waiting.button, seat);
      if (waiting?.kind === 'form' && isAnswer(line, waiting.form)) return fill(waiting.button, waiting.form, typed.trim(), seat);
      if (waiting !== null && (waiting.kind === 'form' || line.kind !== 'command')) {
        tell(say(`${waiting.button.label} was not done.`));
      }
      if (line.kind === 'command') show(await runs({ kind: 'text', text: line.text }, seat));
      else if (line.kind === 'button') await pressNumber(line.number, seat);
      else if (waiting === null)
        tell(refuse('Commands start with a slash: /help lists them. A button is pressed by its number.'));
    },
  };
}

/** Whether a line answers what was asked for. Where words are wanted, a number presses its button as always. */
function isAnswer(line: Line, { command, missing: [name = ''] }: FormAsk): boolean {
  if (line.kind === 'button') return command.options[name]?.kind !== 'text';
  return line.kind === 'yes' || line.kind === 'other';
}

function formQuestion({ label }: Pressable, { command, input, missing: [name = ''] }: FormAsk): Message {
  const option = command.options[name];
  const known = Object.values(input).map(String);
  const question = `${label}${known.length === 0 ? '' : ` (${known.join(', ')})`}: ${option?.label ?? name}?`;
  const choices = option?.kind === 'choice' ? `One of ${option.choices.join(', ')}. ` : '';
  const how = `${choices}Type it on the next line, or nothing to leave it.`;
  return say(question, { kind: 'text', text: question }, { kind: 'context', text: how });
}

function confirmQuestion({ title, text, yes }: NonNullable<Pressable['confirm']>): Message {
  return say(
    title,
    { kind: 'text', text: title },
    { kind: 'text', text },
    { kind: 'context', text: `Type yes to go on (${yes}), anything else to leave it.` },
  );
}
