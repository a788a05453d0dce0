type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** One line per outcome: a dotted event name and flat fields. Never tokens, URLs with secrets, signatures or message text. */
export type Log = {
  readonly info: (event: string, fields?: Fields) => void;
  readonly warn: (event: string, fields?: Fields) => void;
  readonly error: (event: string, fields?: Fields) => void;
};
