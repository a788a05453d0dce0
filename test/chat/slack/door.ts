import { unreachable } from '../../../src/domain/unreachable.ts';
import type { Ask, FormAsk, FrontDoor, Reply, Request, SuggestAsk } from '../../../src/ports/chat.ts';
import { type AnyCommand, day, defineCommand, text } from '../../../src/ports/command.ts';
import type { Log } from '../../../src/ports/log.ts';
import { say, type Message } from '../../../src/ports/message.ts';

const answers = () => Promise.resolve(say('unused'));

/** A few commands of each kind: typed at once, with a form, with proposals, on a message, and reserved by Slack. */
export const SAMPLE_COMMANDS: readonly AnyCommand[] = [
  defineCommand({
    name: 'stock',
    summary: 'What is left to sell',
    may: 'stock.see',
    options: { sku: text('Which item; left out: all', { charsMax: 64, required: false, suggest: 'sku' }) },
    run: answers,
  }),
  defineCommand({
    name: 'milestone add',
    summary: 'Add a dated step with one owner',
    may: 'milestone.manage',
    options: {
      name: text('What is to be done', { charsMax: 100 }),
      day: day('The day it is due'),
      owner: text('Its owner; left out: you', { charsMax: 60, required: false, suggest: 'person' }),
    },
    shortcut: { label: 'Add to timeline', fills: 'name' },
    run: answers,
  }),
  defineCommand({ name: 'showcaller health', summary: 'How it is doing', may: 'health.see', options: {}, run: answers }),
  defineCommand({ name: 'help', summary: 'What can be typed', may: 'help.see', options: {}, run: answers }),
];

export type FakeDoor = FrontDoor & {
  readonly requests: Request[];
  readonly asked: SuggestAsk[];
  /** What the next runs answer, instead of saying what was asked. */
  readonly next: Partial<Reply>[];
  /** The forms buttons need, by button id. */
  readonly forms: Map<string, FormAsk>;
  /** Buttons about which nothing can be found out, by button id: the apology. */
  readonly failing: Map<string, Message>;
  faults: Readonly<Record<string, string>> | null;
};

/** A front door that answers by saying what it was asked, and remembers it. */
export function fakeDoor(workspaceId: string): FakeDoor {
  const door: FakeDoor = {
    commands: SAMPLE_COMMANDS,
    requests: [],
    asked: [],
    next: [],
    forms: new Map(),
    failing: new Map(),
    faults: null,
    teamOf: (workspace) => Promise.resolve(workspace.workspaceId === workspaceId ? 'night-market' : null),
    formFor: (ask) => formFor(ask),
    beforePress({ buttonId }) {
      const form = door.forms.get(buttonId);
      const message = door.failing.get(buttonId);
      if (message !== undefined) return Promise.resolve({ kind: 'failed', message });
      return Promise.resolve(form === undefined ? { kind: 'nothing' } : { kind: 'form', form });
    },
    formFaults: () => door.faults,
    run(request) {
      door.requests.push(request);
      const plain: Reply = { message: echo(request.ask), buttonIds: [], form: null, telling: { zone: 'UTC', locale: 'en' } };
      return Promise.resolve({ ...plain, ...door.next.shift() });
    },
    suggest(ask) {
      door.asked.push(ask);
      return Promise.resolve([
        { value: 'HOODIE-M', label: 'HOODIE-M · Hoodie, medium · 3 left' },
        { value: 'x'.repeat(80), label: 'too long for Slack' },
      ]);
    },
  };
  return door;
}

/** The form of `milestone add`, with what is known of it. */
export function milestoneForm(input: FormAsk['input'] = {}, missing: readonly string[] = ['name', 'day']): FormAsk {
  const command = SAMPLE_COMMANDS.find(({ name }) => name === 'milestone add');
  if (command === undefined) throw new Error('no such command');
  return { command, input, missing };
}

/** A log that keeps its event names, with their fields. */
export function keepingLog(): Log & { readonly lines: (readonly [event: string, fields: object])[] } {
  const lines: (readonly [string, object])[] = [];
  const keep = (event: string, fields: object = {}): void => void lines.push([event, fields]);
  return { lines, info: keep, warn: keep, error: keep };
}

function formFor(ask: Ask): FormAsk | null {
  if (ask.kind === 'text' && ask.text === '/milestone add') return milestoneForm();
  if (ask.kind === 'text' && ask.text.startsWith('/milestone add ')) return milestoneForm({ name: ask.text.slice(15) }, ['day']);
  if (ask.kind === 'typed' && ask.name === 'milestone add') return milestoneForm(ask.input as FormAsk['input'], ['day']);
  return null;
}

function echo(ask: Ask): Message {
  switch (ask.kind) {
    case 'text':
      return say(`You typed ${ask.text}`);
    case 'button':
      return say(`You pressed ${ask.buttonId}`);
    case 'typed':
    case 'form':
      return say(`${ask.kind} ${ask.name} ${JSON.stringify(ask.input)}`);
    default:
      return unreachable(ask);
  }
}
