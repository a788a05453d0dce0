import { ButtonStyle } from 'discord-api-types/v10';
import { unreachable } from '../../domain/unreachable.ts';
import type { FormAsk } from '../../ports/chat.ts';
import type { Button } from '../../ports/message.ts';
import { refuse, say } from '../../ports/message.ts';
import type { FormReference } from './form.ts';
import { readReference, renderForm } from './form.ts';
import { CUSTOM_ID_CHARS_MAX, FORM_WITHIN_MS } from './limits.ts';
import type { Asker } from './parse.ts';
import type { Body } from './render.ts';
import { buttonRow } from './render.ts';
import type { Room, Values } from './room.ts';
import { beforePress, bodyOf, runAndShow, withRow } from './room.ts';
import { within } from './sleep.ts';

/** What a button's custom_id means: a stored command, an answer to a question, or a form to open. */
export type Pressed =
  | { readonly kind: 'command'; readonly buttonId: string }
  | { readonly kind: 'yes'; readonly buttonId: string; readonly shownAs: string }
  | { readonly kind: 'no' }
  | { readonly kind: 'open'; readonly reference: FormReference };

/** Reads a custom_id. Whatever is none of ours is taken for a stored button, which is then said to be unknown. */
export function readCustomId(customId: string): Pressed {
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
  { customId, messageId }: { customId: string; messageId: string },
): Promise<void> {
  const pressed = readCustomId(customId);
  switch (pressed.kind) {
    case 'command':
      return pressStored(room, asker, { buttonId: pressed.buttonId, shownAs: messageId, typed: {} });
    case 'yes':
      // The question is a private answer of ours, so what comes of it takes its place.
      if (await room.answers.deferUpdate(asker)) {
        const { buttonId, shownAs } = pressed;
        await runAndShow(room, asker, { kind: 'button', buttonId, shownAs }, { kind: 'button', buttonId });
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

type Stored = { readonly buttonId: string; readonly shownAs: string; readonly typed: Values };

async function pressStored(room: Room, asker: Asker, { buttonId, shownAs, typed }: Stored): Promise<void> {
  const nothing = { kind: 'nothing' } as const;
  const before = await within(beforePress(room, asker, buttonId), FORM_WITHIN_MS, nothing);
  switch (before.kind) {
    case 'form':
      await room.answers.openForm(asker, renderForm(before.form, { buttonId, typed }));
      return;
    case 'confirm':
      await room.answers.say(asker, questionBody(before.confirm, buttonId, shownAs));
      return;
    case 'nothing':
      if (!(await room.answers.defer(asker))) return;
      return runAndShow(room, asker, { kind: 'button', buttonId, shownAs }, { kind: 'button', buttonId });
    default:
      return unreachable(before);
  }
}

async function openForm(room: Room, asker: Asker, reference: FormReference, messageId: string): Promise<void> {
  const { door, answers, typedInto } = room;
  const typed = typedInto.get(messageId) ?? {};
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
function questionBody({ title, text, yes }: NonNullable<Button['confirm']>, buttonId: string, shownAs: string): Body {
  const question = bodyOf(say(title, { kind: 'text', text: title }, { kind: 'text', text }));
  const full = `y:${shownAs}:${buttonId}`;
  const customId = full.length <= CUSTOM_ID_CHARS_MAX ? full : `y::${buttonId}`;
  return withRow(
    question,
    buttonRow([
      { custom_id: customId, style: ButtonStyle.Danger, label: yes },
      { custom_id: 'n:', style: ButtonStyle.Secondary, label: 'Leave it' },
    ]),
  );
}
