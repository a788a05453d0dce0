import type { FormAsk, Reply } from '../src/ports/chat.ts';
import type { Button } from '../src/ports/message.ts';
import type { Delivery } from '../src/ports/post.ts';

/** A message as it stood at a moment of the evening. */
export type Moment = { readonly delivery: Delivery; readonly atMs: number };

/** A post of one channel: as it came, and as its last edit left it. */
export type Post = { readonly first: Moment; readonly last: Moment; readonly editCount: number };

/** Something one person alone is shown. */
export type Private = { readonly who: string; readonly typed: string; readonly atMs: number } & (
  | { readonly kind: 'answer'; readonly reply: Pick<Reply, 'message' | 'buttonIds' | 'telling'> }
  | { readonly kind: 'home'; readonly reply: Pick<Reply, 'message' | 'buttonIds' | 'telling'> }
  | { readonly kind: 'form'; readonly form: FormAsk; readonly buttonId: string | null }
  | { readonly kind: 'question'; readonly confirm: NonNullable<Button['confirm']>; readonly buttonId: string }
);

/** All there is to show on one platform. */
export type Evening = {
  readonly zone: string;
  readonly locale: string;
  readonly channels: Readonly<Record<string, readonly Post[]>>; // by purpose, oldest first
  readonly privates: readonly Private[];
};

/** A sample that the evening does not bring about, by its name. */
export type Extra = { readonly name: string; readonly kind: 'card' | 'ring' | 'answer'; readonly moment: Moment };

/** One platform's page, and what the platform would have refused of it. */
export type Page = { readonly html: string; readonly faults: readonly string[] };
