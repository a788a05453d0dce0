import type { Account, Place, Workspace } from '../domain/team.ts';
import type { AnyCommand } from './command.ts';
import type { Button, CommandCall, Message, Telling } from './message.ts';

/** What somebody asked, in one of four ways. */
export type Ask =
  | { readonly kind: 'text'; readonly text: string } // a whole line, such as `/stock HOODIE-M`
  | { readonly kind: 'typed'; readonly name: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'button'; readonly buttonId: string; readonly shownAs?: string } // `shownAs`: the message's id on its platform
  | { readonly kind: 'form'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

export type Request = {
  readonly teamId: string | null; // null: this workspace belongs to no team yet, and the answer says so
  readonly account: Account;
  readonly place: Place;
  readonly requestKey: string; // the same when the platform delivers the request again
  readonly ask: Ask;
};

/** A form to open: what is known so far and what is still to ask for. */
export type FormAsk = {
  readonly command: AnyCommand;
  readonly input: CommandCall['input'];
  readonly missing: readonly string[];
};

/** The private answer. `buttonIds` line up with the message's buttons; `form` is set where a platform may open one instead. */
export type Reply = {
  readonly message: Message;
  readonly buttonIds: readonly string[];
  readonly form: FormAsk | null;
  readonly telling: Pick<Telling, 'zone' | 'locale'>; // where the platform cannot show a time in its reader's own way
};

/** What has to come before a pressed button does its work. */
export type BeforePress =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'form'; readonly form: FormAsk }
  | { readonly kind: 'confirm'; readonly confirm: NonNullable<Button['confirm']> }
  | { readonly kind: 'failed'; readonly message: Message }; // it could not be found out, so nothing may run: an apology to show

/** A proposal while a value is typed: at most 100 characters each. */
export type Suggestion = { readonly value: string; readonly label: string };

/** Proposals one platform may show at once. */
export const SUGGESTIONS_MAX = 25;

export type SuggestAsk = {
  readonly teamId: string | null;
  readonly account: Account;
  readonly place: Place;
  readonly command: string;
  readonly option: string;
  readonly typed: string;
};

/** The one way in for people, whatever the platform. Nothing here throws: a fault is logged once and apologised for. */
export type FrontDoor = {
  /** Everything that can be typed, in the order it is listed. */
  readonly commands: readonly AnyCommand[];
  /** The team a workspace belongs to, or null. One indexed read. */
  readonly teamOf: (workspace: Workspace) => Promise<string | null>;
  /** The form this ask needs first, or null. Pure and at once, for platforms where a form opens before anything else. */
  readonly formFor: (ask: Ask) => FormAsk | null;
  /** What a button needs before it runs. One indexed read. */
  readonly beforePress: (press: { readonly teamId: string | null; readonly buttonId: string }) => Promise<BeforePress>;
  /** What cannot be taken of a filled form, in words by option name; null when all of it can. Pure. */
  readonly formFaults: (name: string, input: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>> | null;
  /** Runs a request the one way: read, permission, run, answer. */
  readonly run: (request: Request) => Promise<Reply>;
  /** Proposes values for a text option: at most 25, what is on air first; none to who may not run the command. */
  readonly suggest: (ask: SuggestAsk) => Promise<readonly Suggestion[]>;
};
