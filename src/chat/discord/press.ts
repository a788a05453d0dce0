import { ButtonStyle } from 'discord-api-types/v10';
import { unreachable } from '../../domain/unreachable.ts';
import type { BeforePress, FormAsk } from '../../ports/chat.ts';
import type { Button } from '../../ports/message.ts';
import { refuse, say } from '../../ports/message.ts';
import type { FormReference } from './form.ts';
import { readReference, renderForm } from './form.ts';
import { CUSTOM_ID_CHARS_MAX, FORM_WITHIN_MS, PRESS_WITHIN_MS } from './limits.ts';
import type { Asker } from './parse.ts';
import type { Body } from './render.ts';
import { buttonRow } from './render.ts';
import type { Room, Values } from './room.ts';
import { beforePress, bodyOf, runAndShow, show, withRow } from './room.ts';
import { within } from './sleep.ts';

/** What a button's custom_id means: a stored command, an answer to a question, or a form to open. */
export type Pressed =
  | { readonly kind: 'command'; readonly buttonId: string }
  | { readonly kind: 'yes'; readonly buttonId: string; readonly shownAs: string }
  | { readonly kind: 'no' }
  | { readonly kind: 'open'; readonly reference: FormReference };

/** Reads a custom_id. Whatever is none of ours is taken for a stored button, which is then said to be unknown. */
function readCustomId(customId: string): Pressed {
  const [, shownAs, buttonId] = /^y:(\d*):(.+)$/su.exec(customId) ?? [];
  if (shownAs !== undefined && buttonId !== undefined) return { kind: 'yes', shownAs, buttonId };
  if (customId === 'n:') return { kind: 'no' };
  const reference = customId.startsWith('o:') ? readReference(customId.slice(2)) : null;
  if (reference !== null) return { kind: 'open', reference };
  return { kind: 'command', buttonId: customId.replace(/#\d+$/u, '') };
}

/** Does what a pressed button says. The message it stands on is left alone, unless it is a question only the presser sees. */
export async function press(
  room: Room,
  asker: Asker,
  { customId, messageId }: { readonly customId: string; readonly messageId: string | null },
): Promise<void> {
  const pressed = readCustomId(customId);
  switch (pressed.kind) {
    case 'command':
      return pressStored(room, asker, { buttonId: pressed.buttonId, shownAs: messageId, typed: {} });
    case 'yes':
      // The question is a private answer of ours, so what comes of it takes its place.
      if (await room.answers.deferUpdate(asker)) {
        const { buttonId, shownAs } = pressed;
        await completePress(room, asker, { buttonId, shownAs: shownAs === '' ? null : shownAs, typed: {} }, { kind: 'nothing' });
      }
      return;
    case 'no':
      await room.answers.replace(asker, bodyOf(say('Left as it is. Nothing was done.')));
      return;
    case 'open':
      return openForm(room, asker, pressed.reference, messageId);
    default:
      return unreachable(pressed);
  }
}

/** A stored button, the message it stands on (null where that is not known) and what was typed into its form before. */
export type Stored = { readonly buttonId: string; readonly shownAs: string | null; readonly typed: Values };

/**
 * A form opens only as the first response, so what the button needs is waited for as long as that allows. Later, an
 * answer is announced and the same question asked to its end: without its answer nothing runs.
 */
async function pressStored(room: Room, asker: Asker, stored: Stored): Promise<void> {
  const { buttonId, shownAs, typed } = stored;
  const asked = beforePress(room, asker, buttonId);
  const before = await within<BeforePress | null>(asked, FORM_WITHIN_MS, null);
  switch (before?.kind) {
    case 'form':
      await room.answers.openForm(asker, renderForm(before.form, { buttonId, typed }));
      return;
    case 'confirm':
      await room.answers.say(asker, questionBody(before.confirm, buttonId, shownAs));
      return;
    case 'failed':
      await room.answers.say(asker, bodyOf(before.message));
      return;
    case 'nothing':
      if (await room.answers.defer(asker)) await completePress(room, asker, stored, before);
      return;
    case undefined: {
      if (!(await room.answers.defer(asker))) return;
      const late = await within<BeforePress>(asked, PRESS_WITHIN_MS, { kind: 'failed', message: TOO_LATE });
      return completePress(room, asker, stored, late);
    }
    default:
      return unreachable(before);
  }
}

const TOO_LATE = refuse('Finding out what this button does took too long. Nothing was done. Please press it again.');

/** Does what a button needs where an answer was announced: it runs only when nothing has to come before. */
export async function completePress(
  room: Room,
  asker: Asker,
  { buttonId, shownAs, typed }: Stored,
  before: BeforePress,
): Promise<void> {
  const reference = { kind: 'button', buttonId } as const;
  switch (before.kind) {
    case 'form': {
      const message = say(`/${before.form.command.name} needs a little more. Nothing was done yet.`);
      return show(room, asker, { message, buttonIds: [] }, { reference, label: 'Open the form', typed });
    }
    case 'confirm':
      await room.answers.complete(asker, questionBody(before.confirm, buttonId, shownAs));
      return;
    case 'failed':
      return show(room, asker, { message: before.message, buttonIds: [] }, null);
    case 'nothing':
      return runAndShow(room, asker, { ...reference, ...(shownAs === null ? {} : { shownAs }) }, reference);
    default:
      return unreachable(before);
  }
}

async function openForm(room: Room, asker: Asker, reference: FormReference, messageId: string | null): Promise<void> {
  const { door, answers, typedInto } = room;
  const typed = (messageId === null ? null : typedInto.get(messageId)) ?? {};
  if (reference.kind === 'button') return pressStored(room, asker, { buttonId: reference.buttonId, shownAs: messageId, typed });
  const { name, known } = reference;
  const command = door.commands.find((one) => one.name === name);
  if (command === undefined) {
    await answers.say(asker, bodyOf(refuse('There is no such command any more. /help lists them.')));
    return;
  }
  const form: FormAsk = door.formFor({ kind: 'form', name, input: known }) ?? { command, input: known, missing: [] };
  await answers.openForm(asker, renderForm(form, { buttonId: null, typed }));
}

/** A question only the presser sees. Its yes names the stored button again, so that it may be pressed after a restart. */
function questionBody({ title, text, yes }: NonNullable<Button['confirm']>, buttonId: string, shownAs: string | null): Body {
  const question = bodyOf(say(title, { kind: 'text', text: title }, { kind: 'text', text }));
  const full = `y:${shownAs ?? ''}:${buttonId}`;
  const customId = full.length <= CUSTOM_ID_CHARS_MAX ? full : `y::${buttonId}`;
  return withRow(
    question,
    buttonRow([
      { custom_id: customId, style: ButtonStyle.Danger, label: yes },
      { custom_id: 'n:', style: ButtonStyle.Secondary, label: 'Leave it' },
    ]),
  );
}
