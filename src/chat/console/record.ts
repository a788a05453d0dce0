import { existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';
import type { NumberRecord } from './buttons.ts';

const Entry = z.object({
  postId: z.string(),
  remoteId: z.string(),
  kind: z.enum(['new', 'edit', 'ring']),
  address: z.string(),
  summary: z.string(),
  pings: z.array(z.string()), // person ids
  atMs: z.number(),
});
/** One delivery as the record keeps it. */
export type RecordEntry = z.infer<typeof Entry>;

const NumberedButton = z.object({
  button: z.number().int().positive(),
  buttonId: z.string(),
  label: z.string(),
  confirm: z.object({ title: z.string(), text: z.string(), yes: z.string() }).nullable(),
});

/** Where the console keeps what it delivered, so that a post in doubt after a crash is found instead of repeated. */
export type DeliveryRecord = {
  readonly append: (entry: RecordEntry) => void;
  readonly remoteIdOf: (postId: string) => string | null;
};

/** A record in memory, gone with the process. */
export function memoryRecord(): DeliveryRecord {
  const remoteIds = new Map<string, string>();
  return {
    append: ({ postId, remoteId }) => void remoteIds.set(postId, remoteId),
    remoteIdOf: (postId) => remoteIds.get(postId) ?? null,
  };
}

/** A record in a file of one JSON line per delivery, each on disk before `append` returns. */
export function fileRecord(file: string): DeliveryRecord {
  const memory = memoryRecord();
  for (const entry of readRecord(file)) memory.append(entry);
  const write = lineWriter(file);
  return {
    append(entry) {
      write(entry);
      memory.append(entry);
    },
    remoteIdOf: memory.remoteIdOf,
  };
}

/** The numbers of buttons, as lines of their own in the same file. */
export function buttonRecord(file: string): NumberRecord {
  const known = linesOf(file, NumberedButton).map(({ button: number, ...pressable }) => ({ number, ...pressable }));
  const write = lineWriter(file);
  return { known, keep: ({ number, ...pressable }) => write({ button: number, ...pressable }) };
}

/** Appends lines, each on disk when it returns. */
function lineWriter(file: string): (line: object) => void {
  // A line torn by a crash must not swallow the next one.
  const torn = existsSync(file) && !/(^|\n)$/u.test(readFileSync(file, 'utf8'));
  const descriptor = openSync(file, 'a');
  if (torn) writeSync(descriptor, '\n');
  return (line) => {
    writeSync(descriptor, `${JSON.stringify(line)}\n`);
    fsyncSync(descriptor);
  };
}

/** The deliveries a record file holds. A line torn by a crash was never delivered, and is passed over. */
export function readRecord(file: string): readonly RecordEntry[] {
  return linesOf(file, Entry);
}

function linesOf<T>(file: string, shape: z.ZodType<T>): readonly T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const entry = shape.safeParse(parsed(line));
      return entry.success ? [entry.data] : [];
    });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
