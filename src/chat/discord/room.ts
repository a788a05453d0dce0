import { ButtonStyle } from 'discord-api-types/v10';
import type { Account, Place } from '../../domain/team.ts';
import type { Ask, BeforePress, FrontDoor, Reply } from '../../ports/chat.ts';
import type { Log } from '../../ports/log.ts';
import type { Message } from '../../ports/message.ts';
import type { Answers } from './answer.ts';
import type { FormReference } from './form.ts';
import { referenceText } from './form.ts';
import { BUTTONS } from './limits.ts';
import type { Asker } from './parse.ts';
import type { Body, ButtonRow } from './render.ts';
import { buttonRow, renderMessage } from './render.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What dealing with people takes: the front door, a way to answer, and what was typed into forms that were refused. */
export type Room = {
  readonly door: FrontDoor;
  readonly answers: Answers;
  readonly log: Log;
  readonly typedInto: Map<string, Values>; // by the id of the private answer that refused them; a restart forgets them
};

/** A button under an answer that opens a form, and what stands in it. */
export type OpenAgain = { readonly reference: FormReference; readonly label: string; readonly typed: Values };

const TYPED_MAX = 200;

/** Who asks, and where. */
export function seatOf({ userId, channel }: Asker): { readonly account: Account; readonly place: Place } {
  return { account: { platform: 'discord', accountId: userId }, place: { platform: 'discord', channel } };
}

/** The team of the server somebody asks in. */
export function teamOf({ door }: Room, { guildId }: Asker): Promise<string | null> {
  return guildId === null ? Promise.resolve(null) : door.teamOf({ platform: 'discord', workspaceId: guildId });
}

/** What a stored button needs before it runs. */
export async function beforePress(room: Room, asker: Asker, buttonId: string): Promise<BeforePress> {
  return room.door.beforePress({ teamId: await teamOf(room, asker), buttonId });
}

/**
 * Runs an ask where an answer was announced, and shows what comes of it; with a button that opens the form, should it
 * need one.
 */
export async function runAndShow(room: Room, asker: Asker, ask: Ask, reference: FormReference | null): Promise<void> {
  const teamId = await teamOf(room, asker);
  const reply = await room.door.run({ ...seatOf(asker), teamId, requestKey: `discord:${asker.interactionId}`, ask });
  // A form opens only as a first response, and it is too late for that.
  const again = reply.form === null || reference === null ? null : { reference, label: 'Fill it in', typed: reply.form.input };
  await show(room, asker, reply, again);
}

/** Puts an answer where one was announced. */
export async function show(
  { answers, typedInto }: Room,
  asker: Asker,
  { message, buttonIds }: Pick<Reply, 'message' | 'buttonIds'>,
  again: OpenAgain | null,
): Promise<void> {
  const body = bodyOf(message, buttonIds);
  const messageId = await answers.complete(asker, again === null ? body : withRow(body, openRow(again)));
  if (again === null || messageId === null) return;
  typedInto.set(messageId, again.typed);
  const [oldest] = typedInto.keys();
  if (typedInto.size > TYPED_MAX && oldest !== undefined) typedInto.delete(oldest);
}

/** A private answer's body. */
export function bodyOf(message: Message, buttonIds: readonly string[] = []): Body {
  return renderMessage(message, { kind: 'card', buttonIds, pings: [], postId: null });
}

/** The body with one more row of buttons; the last gives way where there is no room. */
export function withRow(body: Body, row: ButtonRow): Body {
  return { ...body, components: [...body.components.slice(0, BUTTONS.rows - 1), row] };
}

function openRow({ reference, label }: OpenAgain): ButtonRow {
  // What does not fit into the button is kept in `typedInto`; after a restart only that would have to be typed again.
  const bare = reference.kind === 'button' ? reference : { ...reference, known: {} };
  const text = referenceText(reference) ?? referenceText(bare) ?? '';
  return buttonRow([{ custom_id: `o:${text}`, style: ButtonStyle.Primary, label }]);
}

/** What somebody typed, without what they left empty. */
export function given(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''));
}

/** A command that was typed, for a form opened later: only plain values are kept. */
export function commandReference(name: string, values: Values): FormReference {
  const known = Object.entries(values).filter((entry): entry is [string, string | number] =>
    ['string', 'number'].includes(typeof entry[1]),
  );
  return { kind: 'command', name, known: Object.fromEntries(known) };
}
