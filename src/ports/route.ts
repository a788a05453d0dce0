/** What a route is asked, its body still raw. */
export type Asked = {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>; // names in small letters
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly nowMs: number;
};

/** What is answered: JSON, one line of plain text, or nothing where the text is empty. */
export type Answer = {
  readonly status: number;
  readonly body: string | Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** One address. `answer` is only called when `authentic` said yes, which looks at nothing but headers, address and raw bytes. */
export type Route = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly bytesMax: number;
  readonly open: boolean; // true: nobody has to sign, and nothing secret is said
  readonly authentic: (asked: Asked) => boolean;
  readonly answer: (asked: Asked) => Promise<Answer>;
};
