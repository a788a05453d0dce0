import type { Platform, Role } from '../domain/team.ts';

/** A piece of running text. Strings are plain: each renderer escapes them. Times are shown in the reader's own way. */
export type Span =
  | string
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'time'; readonly atMs: number; readonly style: 'clock' | 'day' | 'moment' | 'relative' }
  | { readonly kind: 'channel'; readonly platform: Platform; readonly address: string }; // a link where it is this platform's
export type Text = string | readonly Span[];

/** The only thing that ever rings anybody. */
export type Mention = { readonly personId: string } | { readonly role: Role };

/** A command typed for you. The presser's own permission counts. */
export type CommandCall = { readonly name: string; readonly input: Readonly<Record<string, string | number>> };

export type Button = {
  readonly label: string; // at most 75 characters
  readonly style: 'plain' | 'primary' | 'danger';
  readonly call: CommandCall;
  readonly confirm: { readonly title: string; readonly text: string; readonly yes: string } | null; // asked before it runs
};

/** A closed union: it grows only when every platform's renderer can show the new part. */
export type Part =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'fields'; readonly rows: readonly (readonly [label: string, value: Text])[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'buttons'; readonly buttons: readonly Button[] }
  | { readonly kind: 'image'; readonly file: string; readonly altText: string } // a file the surface can read
  | { readonly kind: 'context'; readonly text: Text };

/** How a message feels. Always said in words too: colour alone says nothing. */
export type Tone = 'plain' | 'good' | 'warning' | 'critical' | 'refusal';

export type Message = {
  readonly summary: string; // one line: the notification and screen-reader text
  readonly tone: Tone;
  readonly mentions: readonly Mention[];
  readonly parts: readonly Part[];
};

/** What `words` needs besides facts: whose language and zone, and names for person ids ("someone who left" once erased). */
export type Telling = {
  readonly locale: string;
  readonly zone: string;
  readonly nameOf: (personId: string) => string;
};

/** A plain answer. */
export function say(summary: string, ...parts: readonly Part[]): Message {
  return { summary, tone: 'plain', mentions: [], parts };
}

/** An answer that something was not done; nothing was changed. */
export function refuse(summary: string, ...parts: readonly Part[]): Message {
  return { summary, tone: 'refusal', mentions: [], parts };
}
