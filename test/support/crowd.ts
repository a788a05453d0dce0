import { connect, type Socket } from 'node:net';

/** Many connections that do harm by what they do not do. */
export type Crowd = {
  readonly sockets: readonly Socket[];
  /** How many of them the server has closed. */
  readonly closedCount: () => number;
  readonly leave: () => void;
};

/** What each says at first, and whether it reads what it is answered. */
export type Manner = { readonly began?: string | Buffer; readonly reads?: boolean };

const AT_ONCE = 250;
// Each source address has ports of its own, so that ten thousand of ours take none from other tests.
const SOURCES = 8;

/** Opens `count` connections. */
export async function openCrowd(port: number, count: number, { began = '', reads = true }: Manner = {}): Promise<Crowd> {
  const sockets: Socket[] = [];
  let closedCount = 0;
  const open = (n: number): Promise<void> =>
    new Promise((opened, failed) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (n % SOURCES)}` });
      socket.once('connect', () => {
        if (began !== '') socket.write(began);
        socket.off('error', failed).on('error', () => undefined); // sent away: counted below
        opened();
      });
      socket.once('error', failed);
      socket.once('close', () => (closedCount += 1));
      if (reads) socket.resume();
      sockets.push(socket);
    });
  for (let at = 0; at < count; at += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, n) => open(at + n)));
  }
  return {
    sockets,
    closedCount: () => closedCount,
    leave: () => sockets.forEach((socket) => socket.destroy()),
  };
}
