import { unreachable } from '../../domain/unreachable.ts';
import type { Ask } from '../../ports/chat.ts';
import type { Message } from '../../ports/message.ts';
import { refuse } from '../../ports/message.ts';
import { apology } from '../../words/refusal.ts';
import { cutPlain, plain } from './escape.ts';
import { readReference, renderForm } from './form.ts';
import type { FormReference } from './form.ts';
import { PROPOSALS, PROPOSE_WITHIN_MS } from './limits.ts';
import type { Asker, Deed, Interaction } from './parse.ts';
import { completePress, press } from './press.ts';
import type { Room, Values } from './room.ts';
import { beforePress, bodyOf, commandReference, given, runAndShow, seatOf, show, teamOf } from './room.ts';
import { within } from './sleep.ts';

/**
 * Deals with what somebody did: acknowledges first and privately, or opens a form at once; then asks the front door, and
 * shows what it says. Never rejects.
 */
export async function deal(room: Room, { asker, deed }: Interaction): Promise<void> {
  try {
    if (deed.kind === 'unread') await sayUnread(room, asker, deed);
    else if (asker.guildId === null) await sendToServer(room, asker, deed);
    else await dealWith(room, asker, deed);
  } catch (fault) {
    const id = crypto.randomUUID().slice(0, 8);
    const told = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    room.log.error('discord.deed-failed', { id, deed: deed.kind, fault: told });
    if (deed.kind !== 'typing') await room.answers.complete(asker, bodyOf(apology(id)));
  }
}

type Known = Exclude<Deed, { readonly kind: 'unread' }>;

function dealWith(room: Room, asker: Asker, deed: Known): Promise<void> {
  switch (deed.kind) {
    case 'typed':
      return typed(room, asker, deed.name, deed.input);
    case 'on-message':
      return onMessage(room, asker, deed);
    case 'pressed':
      return press(room, asker, deed);
    case 'filled':
      return filled(room, asker, deed);
    case 'typing':
      return typing(room, asker, deed);
    default:
      return unreachable(deed);
  }
}

async function sayUnread({ answers }: Room, asker: Asker, { isTyping }: Deed & { readonly kind: 'unread' }): Promise<void> {
  if (isTyping) await answers.propose(asker, []);
  else await answers.say(asker, bodyOf(refuse('What this server sent cannot be read, so nothing was done. Please try again.')));
}

async function sendToServer({ answers }: Room, asker: Asker, deed: Deed): Promise<void> {
  if (deed.kind === 'typing') await answers.propose(asker, []);
  else
    await answers.say(
      asker,
      bodyOf(refuse('Commands work in your server, in a channel. Here nobody knows which team is meant.')),
    );
}

async function typed(room: Room, asker: Asker, name: string, input: Values): Promise<void> {
  const ask: Ask = { kind: 'typed', name, input };
  const form = room.door.formFor(ask);
  if (form !== null) await room.answers.openForm(asker, renderForm(form, { buttonId: null }));
  else if (await room.answers.defer(asker)) await runAndShow(room, asker, ask, commandReference(name, input));
}

async function onMessage(room: Room, asker: Asker, { label, firstLine }: Deed & { readonly kind: 'on-message' }): Promise<void> {
  const command = room.door.commands.find(({ shortcut }) => shortcut?.label === label);
  if (command?.shortcut === undefined) {
    await room.answers.say(asker, bodyOf(refuse('There is no such command any more. /help lists them.')));
    return;
  }
  const { fills } = command.shortcut;
  const option = command.options[fills];
  const charsMax = option?.kind === 'text' ? option.charsMax : PROPOSALS.chars;
  return typed(room, asker, command.name, given({ [fills]: cutPlain(plain(firstLine), charsMax) }));
}

async function filled(room: Room, asker: Asker, { customId, values }: Deed & { readonly kind: 'filled' }): Promise<void> {
  const reference = readReference(customId.replace(/^f:/u, ''));
  if (!(await room.answers.defer(asker))) return;
  if (reference === null)
    return show(room, asker, { message: refuse('This form is from an older version. Please start again.'), buttonIds: [] }, null);
  const known = await knownOf(room, asker, reference);
  if (known === null) return;
  const { name } = known;
  const input = given({ ...known.input, ...values });
  const faults = room.door.formFaults(name, input);
  if (faults === null) return runAndShow(room, asker, { kind: 'form', name, input }, reference);
  // Discord cannot show what is wrong in the form itself. What was typed goes into the button where it fits, so that it
  // survives a restart.
  const again = reference.kind === 'button' ? reference : commandReference(name, input);
  const opener = { reference: again, label: 'Open the form again', typed: values };
  return show(room, asker, { message: faultsMessage(faults), buttonIds: [] }, opener);
}

/** What a form is for; null where its button needs another thing by now, which is then dealt with. */
async function knownOf(
  room: Room,
  asker: Asker,
  reference: FormReference,
): Promise<{ readonly name: string; readonly input: Values } | null> {
  if (reference.kind === 'command') return { name: reference.name, input: reference.known };
  const { buttonId } = reference;
  const before = await beforePress(room, asker, buttonId);
  if (before.kind === 'form') return { name: before.form.command.name, input: before.form.input };
  await completePress(room, asker, { buttonId, shownAs: null, typed: {} }, before);
  return null;
}

function faultsMessage(faults: Readonly<Record<string, string>>): Message {
  const words = Object.values(faults);
  const summary = 'Not taken yet. Nothing was changed.';
  return refuse(summary, { kind: 'text', text: summary }, ...words.map((text) => ({ kind: 'text', text }) as const));
}

async function typing(room: Room, asker: Asker, deed: Deed & { readonly kind: 'typing' }): Promise<void> {
  await room.answers.propose(asker, await within(proposalsFor(room, asker, deed), PROPOSE_WITHIN_MS, []));
}

type Proposal = { readonly name: string; readonly value: string };

async function proposalsFor(
  room: Room,
  asker: Asker,
  { name, option, typed }: Deed & { readonly kind: 'typing' },
): Promise<Proposal[]> {
  const { door } = room;
  const known = door.commands.find((command) => command.name === name)?.options[option];
  if (known?.kind === 'choice') {
    const wanted = typed.trim().toLowerCase();
    const alike = known.choices.filter((choice) => choice.toLowerCase().includes(wanted));
    return alike.slice(0, PROPOSALS.count).map((choice) => ({ name: cutPlain(choice, PROPOSALS.chars), value: choice }));
  }
  const found = await door.suggest({ ...seatOf(asker), teamId: await teamOf(room, asker), command: name, option, typed });
  return found
    .filter(({ value }) => value !== '' && value.length <= PROPOSALS.chars)
    .slice(0, PROPOSALS.count)
    .map(({ label, value }) => ({ name: cutPlain(plain(label), PROPOSALS.chars) || value, value }));
}
