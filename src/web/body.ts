import type { IncomingMessage } from 'node:http';

const DISCARDED_BYTES_MAX = 16 * 1024 * 1024;

export type Body =
  | { readonly kind: 'body'; readonly bytes: Buffer; readonly release: () => void }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'busy' } // too many bytes of other requests are waiting
  | { readonly kind: 'aborted' };

export type Bodies = { readonly read: (request: IncomingMessage, bytesMax: number) => Promise<Body> };

/**
 * Reads raw bodies. Nobody is known before the signature over the whole body is checked, so what is kept of all requests
 * together is bounded too, by `bytesMax`. A body counts until it is released.
 */
export function bodyReader({ bytesMax: allBytesMax }: { readonly bytesMax: number }): Bodies {
  let allBytes = 0;

  return {
    read: (request, bytesMax) =>
      new Promise((resolve) => {
        let chunks: Buffer[] = [];
        let keptBytes = 0;
        let heardBytes = 0;
        let refused: 'too-large' | 'busy' | null = null;
        const release = (): void => {
          allBytes -= keptBytes;
          keptBytes = 0;
        };
        request.on('data', (chunk: Buffer) => {
          heardBytes += chunk.length;
          if (refused === null && heardBytes > bytesMax) refused = 'too-large';
          if (refused === null && allBytes + chunk.length > allBytesMax) refused = 'busy';
          if (refused === null) {
            keptBytes += chunk.length;
            allBytes += chunk.length;
            chunks.push(chunk);
            return;
          }
          // The rest is heard out and thrown away: a sender cut off while it speaks would never read why.
          release();
          chunks = [];
          if (heardBytes > bytesMax + DISCARDED_BYTES_MAX) resolve({ kind: refused });
        });
        request.on('end', () => {
          resolve(refused === null ? { kind: 'body', bytes: Buffer.concat(chunks), release } : { kind: refused });
        });
        const broken = (): void => {
          if (request.complete) return;
          release();
          resolve({ kind: 'aborted' });
        };
        request.on('close', broken);
        request.on('error', broken);
      }),
  };
}
