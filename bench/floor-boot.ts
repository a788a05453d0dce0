// The least that could be ready on a database: open the file, read one row of it, listen.
//   node bench/floor-boot.ts DATABASE_FILE
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';

const db = new Database(process.argv[2] ?? '');
db.pragma('journal_mode = WAL');
const teams = db.prepare('select count(*) as teams from teams');
const server = createServer((_request, response) => void response.writeHead(200).end(JSON.stringify(teams.get())));
server.listen(0, '127.0.0.1', () =>
  process.stderr.write(`${JSON.stringify({ event: 'serving', port: (server.address() as AddressInfo).port })}\n`),
);
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => db.close());
});
