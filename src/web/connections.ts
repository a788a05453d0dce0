import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turnOfTheEventLoop, setTimeout as wait } from 'node:timers/promises';

const QUIET_MS = 20;
const LINGER_MS = 1_000; // a connection that was opened and never says anything holds nobody longer

/** One request, until its answer has left or its connection is gone. */
export type Visit = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How many requests of its connection wait for an answer, itself included. */
  readonly waitingCount: () => number;
  /** It was signed rightly: until it is answered, nobody takes its connection's place. */
  readonly hold: () => void;
};

export type Connections = {
  readonly visit: (request: IncomingMessage, response: ServerResponse) => Visit;
  readonly unanswered: () => readonly Visit[];
  /** Resolves once everybody who has connected was heard, and takes leave of those who said nothing. */
  readonly heardOut: () => Promise<void>;
};

type Connection = {
  isTrusted: boolean;
  isSilent: boolean; // has not asked anything yet
  readonly visits: Set<Visit>;
  readonly held: Set<Visit>;
};

/**
 * Keeps at most `countMax` connections. One more takes the place of the one that has been of no use for longest: first of those
 * who never signed anything, then of those who did. So neither thousands of idle connections nor thousands that send a byte at
 * a time keep a shop out: both grow old without an answered request, and a newcomer that asks at once does not. How many come
 * from one address says nothing here: behind a load balancer all of them do.
 */
export function watchConnections(http: HttpServer, { countMax }: { readonly countMax: number }): Connections {
  const connections = new Map<Socket, Connection>();
  const waiting = createQueue();
  let heardCount = 0;

  function forget(socket: Socket): void {
    connections.delete(socket);
    waiting.remove(socket);
  }

  function isPlaceFree(): boolean {
    if (connections.size < countMax) return true;
    const oldest = waiting.oldest();
    if (oldest === null) return false; // everybody is being answered
    forget(oldest);
    oldest.destroy();
    return true;
  }

  function leave(visit: Visit): void {
    const { socket } = visit.request;
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.visits.delete(visit);
    connection.held.delete(visit);
    if (connection.held.size === 0) waiting.toTheEnd(socket, connection); // it was of use just now
  }

  http.on('connection', (socket) => {
    heardCount += 1;
    if (!isPlaceFree()) {
      socket.destroy();
      return;
    }
    const connection = { isTrusted: false, isSilent: true, visits: new Set<Visit>(), held: new Set<Visit>() };
    connections.set(socket, connection);
    waiting.toTheEnd(socket, connection);
    socket.once('close', () => forget(socket));
  });

  const silent = (): Socket[] => [...connections].flatMap(([socket, { isSilent }]) => (isSilent ? [socket] : []));

  return {
    visit(request, response) {
      heardCount += 1;
      const { socket } = request;
      const connection = connections.get(socket);
      if (connection !== undefined) connection.isSilent = false;
      const visit: Visit = {
        request,
        response,
        waitingCount: () => connection?.visits.size ?? 0,
        hold() {
          if (connection === undefined || !connection.visits.has(visit)) return;
          connection.isTrusted = true;
          connection.held.add(visit);
          waiting.remove(socket);
        },
      };
      connection?.visits.add(visit);
      // An answer that waits behind another one on a connection that breaks never closes; its connection is forgotten whole.
      response.once('close', () => leave(visit));
      return visit;
    },
    unanswered: () => [...connections.values()].flatMap(({ visits }) => [...visits]),
    heardOut: () => heardOut(() => heardCount, silent),
  };
}

/** Who gives way, longest of no use first: strangers before those who have signed something. */
function createQueue() {
  const strangers = new Set<Socket>();
  const trusted = new Set<Socket>();
  function remove(socket: Socket): void {
    strangers.delete(socket);
    trusted.delete(socket);
  }
  return {
    remove,
    toTheEnd(socket: Socket, { isTrusted }: Connection): void {
      remove(socket);
      (isTrusted ? trusted : strangers).add(socket);
    },
    oldest(): Socket | null {
      for (const socket of strangers) return socket;
      for (const socket of trusted) return socket;
      return null;
    },
  };
}

/**
 * Resolves once nobody connects or asks any more. Node's `close` alone resets what is still in the kernel: connections nobody
 * has accepted and requests nobody has read, though their senders believe them sent.
 */
async function heardOut(heardCount: () => number, silent: () => readonly Socket[]): Promise<void> {
  const lingered = AbortSignal.timeout(LINGER_MS);
  let before = -1;
  while (!lingered.aborted && (heardCount() > before || silent().length > 0)) {
    before = heardCount();
    await wait(QUIET_MS);
    // After a long piece of work timers come before sockets: turn until the sockets were asked as well.
    await turnOfTheEventLoop();
    await turnOfTheEventLoop();
  }
  // Node counts one that never said a word as busy.
  for (const socket of silent()) if (socket.bytesRead === 0) socket.end();
}
