import { stripVTControlCharacters } from 'node:util';
import type { Message } from '../../ports/message.ts';
import type { Delivery, Ping, Sender } from '../../ports/post.ts';
import { pingWords } from '../../words/ping.ts';
import type { ButtonNumbers } from './buttons.ts';
import { createButtonNumbers } from './buttons.ts';
import { inert } from './escape.ts';
import { clipped, columnsOf, padded, wrapped } from './layout.ts';
import { WIDTH } from './limits.ts';
import type { DeliveryRecord } from './record.ts';
import { fileRecord, memoryRecord } from './record.ts';
import type { Look } from './render.ts';
import { clockWords, renderMessage } from './render.ts';

const GUTTER = '  │ ';
const CHANNEL_COLUMNS = 11;
const CARDS_MAX = 200; // drawn before, kept to tell what an edit changed
const CHANNEL_COLUMNS_MAX = 24;

export type ConsoleScreen = {
  readonly write: (line: string) => void;
  readonly now: () => number;
  readonly width?: () => number;
  readonly colours?: boolean;
  readonly numbers?: ButtonNumbers;
};

/**
 * Shows posts on a terminal: which channel, whether it is NEW, an EDIT (only what changed) or a RING, and whom a ring pings. An edit
 * pings nobody.
 * With `record` (a file), what was delivered is on disk before it is shown, and `find` answers from it after a crash.
 */
export function consoleSender(needs: ConsoleScreen & { readonly record?: string }): Sender {
  const record: DeliveryRecord = needs.record === undefined ? memoryRecord() : fileRecord(needs.record);
  const numbers = needs.numbers ?? createButtonNumbers();
  const shown = new Map<string, readonly string[]>(); // the newest cards as drawn, oldest first
  return {
    async deliver(delivery) {
      const atMs = needs.now();
      const remoteId = delivery.remoteId ?? delivery.postId;
      const kind = kindOf(delivery);
      record.append({
        postId: delivery.postId,
        remoteId,
        kind,
        address: delivery.address,
        summary: delivery.message.summary,
        pings: delivery.pings.flatMap(({ people }) => people.map(({ personId }) => personId)),
        atMs,
      });
      const { head, body } = postLines(delivery, { ...needs, numbers, atMs });
      for (const line of [...head, ...(kind === 'edit' ? changed(body, shown.get(remoteId)) : body)]) needs.write(line);
      shown.delete(remoteId);
      shown.set(remoteId, body);
      for (const oldest of [...shown.keys()].slice(0, Math.max(0, shown.size - CARDS_MAX))) shown.delete(oldest);
      return { kind: 'sent', remoteId };
    },
    async find({ postId }) {
      const remoteId = record.remoteIdOf(postId);
      return remoteId === null ? null : { remoteId };
    },
  };
}

/** An answer only the person who typed sees, as lines. */
export function replyLines(
  { message, buttonIds }: { readonly message: Message; readonly buttonIds: readonly string[] },
  screen: Omit<ConsoleScreen, 'write'> & { readonly numbers: ButtonNumbers; readonly zone: string; readonly locale: string },
): readonly string[] {
  const width = (screen.width?.() ?? WIDTH.usual) - 2;
  const look = lookOf(message, buttonIds, { ...screen, atMs: screen.now(), width });
  const { headline, body } = renderMessage(message, look);
  return [...headline, ...body.map((line) => `  ${line}`)];
}

function postLines(
  delivery: Delivery,
  screen: ConsoleScreen & { readonly numbers: ButtonNumbers; readonly atMs: number },
): { readonly head: readonly string[]; readonly body: readonly string[] } {
  const { message, buttonIds, zone, locale } = delivery;
  const full = screen.width?.() ?? WIDTH.usual;
  const channel = padded(clipped(`#${inert(delivery.address)}`, CHANNEL_COLUMNS_MAX), CHANNEL_COLUMNS);
  const prefix = `${channel} ${clockWords(screen.atMs, zone)}  ${padded(kindOf(delivery).toUpperCase(), 4)}  `;
  const width = full - GUTTER.length;
  const look = lookOf(message, buttonIds, { ...screen, width, zone, locale });
  const room = Math.max(20, full - columnsOf(prefix));
  const { headline, body } = renderMessage(message, look, room);
  const [first = '', ...more] = headline;
  const pings = delivery.pings.flatMap((ping) => wrapped(pingLine(ping), width));
  const behindGutter = (line: string) => `${GUTTER}${line}`;
  return { head: [`${prefix}${first}`, ...[...more, ...pings].map(behindGutter)], body: body.map(behindGutter) };
}

/** A terminal cannot redraw a card further up, so an edit shows the lines that are new, and says when its buttons are gone. */
function changed(body: readonly string[], before: readonly string[] | undefined): readonly string[] {
  if (before === undefined) return body;
  const isButton = (line: string) => stripVTControlCharacters(line).startsWith(`${GUTTER}[`);
  const gone = before.some(isButton) && !body.some(isButton) ? [`${GUTTER}(its buttons are gone)`] : [];
  return [...body.filter((line) => !before.includes(line)), ...gone];
}

function lookOf(
  message: Message,
  buttonIds: readonly string[],
  screen: Omit<ConsoleScreen, 'write' | 'width'> & {
    readonly numbers: ButtonNumbers;
    readonly atMs: number;
    readonly width: number;
    readonly zone: string;
    readonly locale: string;
  },
): Look {
  const buttons = message.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  const { width, zone, locale, atMs, colours = false } = screen;
  return { width, zone, locale, nowMs: atMs, colours, buttonNumbers: screen.numbers.number(buttons, buttonIds) };
}

function kindOf({ remoteId, kind }: Delivery): 'new' | 'edit' | 'ring' {
  if (remoteId !== null) return 'edit';
  return kind === 'ring' ? 'ring' : 'new';
}

function pingLine(ping: Ping): string {
  const names = ping.people.map(({ name }) => inert(name)).join(', ');
  return `🔔 pings ${names === '' ? 'nobody: ' : `${names} `}${inert(pingWords(ping))}`.trim();
}
