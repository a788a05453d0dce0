import type { IncomingMessage } from 'node:http';

const DISCARDED_BYTES_MAX = 16 * 1024 * 1024;
const CHUNK_BYTES = 200; // what a piece costs besides what it says: a body may be sent a letter a piece

export type Body =
  | { readonly kind: 'body'; readonly bytes: Buffer; readonly release: () => void }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'busy' } // too many bytes are waiting, and no unfinished body has more of them
  | { readonly kind: 'aborted' };

export type Bodies = { readonly read: (request: IncomingMessage, bytesMax: number) => Promise<Body> };

/** A body that has not ended: its bytes so far, and how to let go of them. */
type Unfinished = { keptBytes: number; readonly refuse: () => void };

/**
 * Reads raw bodies. Nobody is known before the signature over the whole body is checked, so what is kept of all requests
 * together is bounded too, by `bytesMax`. When that is full, the largest unfinished body gives way: a few senders that stop in
 * the middle of something large keep no order out. A body counts until it is released.
 */
export function bodyReader({ bytesMax: allBytesMax }: { readonly bytesMax: number }): Bodies {
  const unfinished = new Set<Unfinished>();
  let allBytes = 0;

  function makeRoom(bytes: number, asker: Unfinished): boolean {
    for (;;) {
      if (allBytes + bytes <= allBytesMax) return true;
      let largest = { keptBytes: asker.keptBytes + bytes, refuse: (): void => undefined };
      for (const other of unfinished) if (other !== asker && other.keptBytes > largest.keptBytes) largest = other;
      if (!unfinished.has(largest)) return false;
      largest.refuse();
    }
  }

  return {
    read: (request, bytesMax) =>
      new Promise((resolve) => {
        let chunks: Buffer[] = [];
        let heardBytes = 0;
        let refused: 'too-large' | 'busy' | null = null;
        const refuse = (why: 'too-large' | 'busy'): void => {
          refused = why;
          unfinished.delete(own);
          release();
          chunks = [];
        };
        const own: Unfinished = { keptBytes: 0, refuse: () => refuse('busy') };
        unfinished.add(own);
        const release = (): void => {
          allBytes -= own.keptBytes;
          own.keptBytes = 0;
        };
        request.on('data', (chunk: Buffer) => {
          heardBytes += chunk.length;
          if (refused === null && heardBytes > bytesMax) refuse('too-large');
          const bytes = chunk.length + CHUNK_BYTES;
          if (refused === null && !makeRoom(bytes, own)) refuse('busy');
          if (refused === null) {
            own.keptBytes += bytes;
            allBytes += bytes;
            chunks.push(chunk);
          } else if (heardBytes > bytesMax + DISCARDED_BYTES_MAX) {
            // What is refused is heard out and thrown away: a sender cut off while it speaks would never read why.
            resolve({ kind: refused });
          }
        });
        request.on('end', () => {
          unfinished.delete(own);
          resolve(refused === null ? { kind: 'body', bytes: wholeOf(chunks), release } : { kind: refused });
        });
        const broken = (): void => {
          if (request.complete) return;
          unfinished.delete(own);
          release();
          resolve({ kind: 'aborted' });
        };
        request.on('close', broken);
        request.on('error', broken);
      }),
  };
}

/** Most bodies come in one piece, which need not be copied. */
function wholeOf(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
