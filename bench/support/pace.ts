// Sends signed orders at an even pace, whatever comes of them: one line of JSON with how many were answered 200.
//   node bench/support/pace.ts PORT PER_SECOND SECONDS FROM
import { connect } from 'node:net';
import { benchRequest } from './orders.ts';

const [port = 0, perSecond = 1, seconds = 1, from = 0] = process.argv.slice(2).map(Number);
const CONNECTIONS = 128;
const count = perSecond * seconds;
const requests = Array.from({ length: count }, (_, at) => benchRequest(from + at));
let acceptedCount = 0;
const isAll = (): boolean => acceptedCount >= count;
const sockets = await Promise.all(
  Array.from({ length: CONNECTIONS }, () => {
    const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof connect>>();
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (chunk) => (acceptedCount += chunk.toString('latin1').split('HTTP/1.1 200').length - 1));
    return promise;
  }),
);
process.stderr.write('{"event":"serving","port":0}\n'); // ready, as whoever starts it waits for
const startedMs = performance.now();
for (let made = 0; made < count;) {
  const due = Math.min(count, Math.floor(((performance.now() - startedMs) * perSecond) / 1000));
  for (; made < due; made += 1) sockets[made % CONNECTIONS]?.write(requests[made] ?? '');
  await new Promise((resolve) => setTimeout(resolve, 1));
}
const endMs = performance.now() + 5_000;
while (!isAll() && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 10));
for (const socket of sockets) socket.end();
process.stdout.write(`${JSON.stringify({ sent: count, accepted: acceptedCount })}\n`);
