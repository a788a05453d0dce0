import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be shut, as when it stops or a cable is pulled. */
export type Gate = AsyncDisposable & {
  readonly url: string;
  /** Breaks every connection and takes no more: the server is gone. */
  readonly shut: () => Promise<void>;
  /** Lets no byte through, and breaks nothing: the server stands still. */
  readonly freeze: () => void;
  /** As it was at first. */
  readonly open: () => Promise<void>;
};

/** Stands before the server of `url`, on loopback. */
export async function openGate(url: string): Promise<Gate> {
  const behind = new URL(url);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((near) => {
    const far = connect(Number(behind.port), behind.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (isFrozen) from.pause();
    }
  });
  const listen = (port: number): Promise<void> => new Promise((listening) => server.listen(port, '127.0.0.1', () => listening()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const near = new URL(url);
  near.host = `127.0.0.1:${port}`;

  async function shut(): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    url: near.href,
    shut,
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    async open() {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
      if (!server.listening) await listen(port);
    },
    [Symbol.asyncDispose]: shut,
  };
}
