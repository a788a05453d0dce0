/** Ends a verb that cannot go on: what is wrong and what to do, a line each. */
export class Refused extends Error {
  readonly lines: readonly string[];
  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Something else uses this port. Stop it, or set another PORT.',
  EACCES: 'This is not allowed here. Choose another place or port, or ask who runs this machine.',
  ENOENT: 'Check the path: a folder on the way is missing.',
  EISDIR: 'This is a folder; name a file.',
  EEXIST: 'It exists already, and nothing is overwritten. Choose another name.',
  ENOSPC: 'The disk is full. Make room, then try again.',
  EROFS: 'This place cannot be written to. Choose another.',
  ECONNREFUSED: 'Nothing answers there. Is the database running, and is DATABASE_URL right?',
  ENOTFOUND: 'There is no machine of this name. Is DATABASE_URL right?',
  SQLITE_CANTOPEN: 'The database file cannot be opened. Is its folder there, and may this user write in it?',
  SQLITE_BUSY: 'Another process holds the database. Try again in a moment.',
  SQLITE_NOTADB: 'This file is not a database. Is DATABASE_URL right?',
  SQLITE_FULL: 'The disk is full. Make room, then try again.',
};

/** A fault of the machine (a path, a port, a disk, a server) in words; null for anything else, which is a bug. */
export function machineWords(fault: unknown): readonly string[] | null {
  if (!(fault instanceof Error)) return null;
  const code = (fault as NodeJS.ErrnoException).code ?? '';
  const hint = HINTS[code] ?? (code.startsWith('SQLITE_CANTOPEN') ? HINTS['SQLITE_CANTOPEN'] : undefined);
  if (hint === undefined) return null;
  // An error of several addresses has no message of its own.
  return [`Could not go on: ${fault.message === '' ? code : fault.message}`, hint];
}
