/** What a note is about. */
export type About = 'answers' | 'commands' | 'edits' | 'history' | 'who' | 'servers' | 'signature';

/** What works less well here than on Discord itself, in words: one note about each thing. */
export type Notes = {
  /** Puts down a note in place of the one before; null takes it away. */
  readonly note: (about: About, words: string | null) => void;
  readonly all: () => readonly string[];
};

/** Notes that whoever speaks with Discord writes down, and health shows. */
export function discordNotes(): Notes {
  const notes = new Map<About, string>();
  return {
    note(about, words) {
      if (words === null) notes.delete(about);
      else notes.set(about, words);
    },
    all: () => [...notes.values()],
  };
}
