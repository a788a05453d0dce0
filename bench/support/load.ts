// Sends signed orders over `connections` sockets, each waiting for its answer before the next: one line of JSON with what came of it.
// Orders go to so many teams in turn, connections to the ports in turn.
//   node bench/support/load.ts PORT[,PORT] CONNECTIONS FROM COUNT [TEAMS]
import { connect } from 'node:net';
import { benchRequest, benchTeams } from './orders.ts';

const [given = '', ...rest] = process.argv.slice(2);
const ports = given.split(',').map(Number);
const [connections = 1, from = 0, count = 1, teamCount = 1] = rest.map(Number);
const teams = benchTeams(teamCount);
const requests = Array.from({ length: count }, (_, index) =>
  benchRequest(from + index, { team: teams[(from + index) % teamCount] }),
);
const tookMs = new Float64Array(count);
const statuses: Record<string, number> = {};
let next = 0;

function drive(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let at = 0;
    let sentAt = 0;
    let heard = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', send);
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      heard = heard.length === 0 ? chunk : Buffer.concat([heard, chunk]);
      const headEnd = heard.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const head = heard.toString('latin1', 0, headEnd);
      const bodyBytes = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (heard.length < headEnd + 4 + bodyBytes) return;
      tookMs[at] = performance.now() - sentAt;
      const status = head.slice(9, 12);
      statuses[status] = (statuses[status] ?? 0) + 1;
      heard = heard.subarray(headEnd + 4 + bodyBytes);
      send();
    });
    function send(): void {
      at = next;
      next += 1;
      const request = requests[at];
      if (request === undefined) {
        socket.end();
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(request);
    }
  });
}

const start = performance.now();
await Promise.all(Array.from({ length: connections }, (_, index) => drive(ports[index % ports.length] ?? 0)));
const seconds = (performance.now() - start) / 1000;
const sorted = tookMs.toSorted();
const percentile = (share: number): number => sorted[Math.min(count - 1, Math.floor(share * count))] ?? NaN;
const bytes = requests[0]?.length ?? 0;
process.stdout.write(
  `${JSON.stringify({ perSecond: count / seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99), statuses, bytes })}\n`,
);
