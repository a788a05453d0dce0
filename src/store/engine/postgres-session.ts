import { Client, type ClientConfig } from 'pg';

/** Asks the session's connection; rejects when it is lost. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Something that lives on a session. None of these throws but for what `ask` does. */
export type SessionPart = {
  /** Connected, for the first time or again: what is asked here holds until the connection is lost. */
  readonly up: (ask: Ask) => Promise<void>;
  /** Every now and then while connected. */
  readonly look: (ask: Ask) => Promise<void>;
  /** Every now and then while not connected. */
  readonly without: () => void;
  readonly heard: (word: string) => void;
};

/** A connection that is kept beside the pool. */
export type Session = {
  /** Begins, or looks again now. */
  readonly stir: () => void;
  /** Says a word to the sessions of other processes. Nothing happens while not connected. */
  readonly say: (word: string) => Promise<void>;
  /** Frees a lock, if the session that has it is still there. */
  readonly free: (lock: bigint) => Promise<void>;
  readonly close: () => Promise<void>;
};

const CHANNEL = 'showcaller';
const LOOK_MS = 2_000;
const SILENT_MS = 5_000;
const AGAIN_FIRST_MS = 250;
const AGAIN_MAX_MS = 5_000;

// A process that stands still, or whose machine is gone, loses its session at the server, and with it what it alone does.
const SETTINGS = `
  set idle_session_timeout = 15000;
  set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 2;
  listen ${CHANNEL}`;

/** Keeps a session from its first `stir` on, connecting again whenever it is lost. Never throws. */
export function keepSession(connection: ClientConfig, parts: readonly SessionPart[]): Session {
  const stopping = new AbortController();
  const nap = createNap();
  let client: Client | null = null; // connected
  let failureCount = 0;
  let living: Promise<void> | null = null;

  async function live(): Promise<void> {
    while (!stopping.signal.aborted) await nap.take(await turn());
  }

  /** Answers when to look again. */
  async function turn(): Promise<number> {
    try {
      client ??= await connect(connection, parts, lost);
      const ask = asking(client);
      for (const part of parts) await part.look(ask);
      failureCount = 0;
      return LOOK_MS;
    } catch {
      if (client !== null) end(client);
      client = null;
      for (const part of parts) part.without();
      failureCount += 1;
      return Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** (failureCount - 1));
    }
  }

  function lost(gone: Client): void {
    if (client !== gone) return; // given up already, or not connected yet
    end(gone);
    client = null;
    nap.end(); // at once: mostly the server is there already
  }

  async function tell(text: string, values: readonly unknown[]): Promise<void> {
    await client?.query(text, [...values]).catch(ignored);
  }

  return {
    stir() {
      if (stopping.signal.aborted) return;
      living ??= live();
      nap.end();
    },
    // What is not said now is found by the next look.
    say: (word) => tell('select pg_notify($1, $2)', [CHANNEL, word]),
    free: (lock) => tell('select pg_advisory_unlock($1)', [lock]),
    async close() {
      stopping.abort();
      nap.end();
      await living;
      await client?.end().catch(ignored);
    },
  };
}

/** A pause that can be ended; one that is ended before it began is not taken. */
function createNap(): { readonly take: (ms: number) => Promise<void>; readonly end: () => void } {
  let ended = false;
  let wake = (): void => undefined;
  return {
    async take(ms) {
      if (!ended) {
        await new Promise<void>((resume) => {
          const timer = setTimeout(resume, ms);
          wake = () => {
            clearTimeout(timer);
            resume();
          };
        });
      }
      ended = false;
    },
    end() {
      ended = true;
      wake();
    },
  };
}

async function connect(connection: ClientConfig, parts: readonly SessionPart[], lost: (client: Client) => void): Promise<Client> {
  const client = new Client({ ...connection, query_timeout: SILENT_MS });
  client.on('error', () => lost(client));
  client.on('end', () => lost(client));
  client.on('notification', ({ processId, payload = '' }) => {
    if (processId !== processIdOf(client)) for (const part of parts) part.heard(payload);
  });
  try {
    await client.connect();
    await client.query(SETTINGS);
    for (const part of parts) await part.up(asking(client));
    return client;
  } catch (fault) {
    end(client);
    throw fault;
  }
}

function end(client: Client): void {
  void client.end().catch(ignored);
}

function asking(client: Client): Ask {
  return async (text, values = []) => (await client.query(text, [...values])).rows as Readonly<Record<string, unknown>>[];
}

// What a notification names as its sender; the types of `pg` leave it out.
function processIdOf(client: Client): number | null {
  return (client as unknown as { readonly processID: number | null }).processID;
}

function ignored(): void {}
