// The least a server can do with PostgreSQL: authenticate, parse, and have the same rows committed before it answers, in one bare `pg`
// transaction for all of a team that wait, every table in one statement of its own. One writer a team, as many teams at once as there
// are connections.
//   node bench/floor-intake-postgres.ts DATABASE_URL
import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import { answerAll, buyerKeyOf, eventIdOf, linesOf, serveFloor } from './support/floor-server.ts';
import type { Waiting } from './support/floor-server.ts';

const pool = new Pool({ connectionString: process.argv[2], max: 10 });

const STATEMENTS = {
  events: `insert into events (team_id, source, event_id, heard_at_ms)
    select $1, 'shopify', event_id, $2 from unnest($3::text[]) as event_id on conflict do nothing`,
  orders: `insert into orders (team_id, source, external_id, placed_at_ms, updated_at_ms, event_at_ms, buyer_key, currency, lines,
    refunds, reconcile, heard_at_ms, change_count)
    select $1, 'shopify', id, placed, updated, updated, buyer, currency, lines, '[]', false, $2, 1
    from unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::jsonb[])
    as o (id, placed, updated, buyer, currency, lines)`,
  movements: `insert into movements (team_id, seq, sku, kind, units, cause, key, at_ms)
    select $1, seq, sku, 'commit', units, cause, key, $2
    from unnest($3::bigint[], $4::text[], $5::int[], $6::text[], $7::text[]) as m (seq, sku, units, cause, key)`,
  levels: `update levels set committed = committed + units from unnest($2::text[], $3::int[]) as s (sold, units)
    where team_id = $1 and sku = sold`,
  team: 'update teams set heard_at_ms = $2, heard_recent = heard_recent + $3, movement_seq = $4 where team_id = $1',
};

type Team = { readonly id: string; seq: number; waiting: Waiting[]; isRunning: boolean };
const teams = new Map<string, Team>();

async function keep(client: PoolClient, team: Team, batch: readonly Waiting[], nowMs: number): Promise<void> {
  const movements = batch.flatMap(({ order }) =>
    order.line_items.map(({ sku, quantity }, index) => {
      team.seq += 1;
      const cause = `order shopify ${order.id}`;
      return { seq: team.seq, sku, quantity, cause, key: `${cause} 1.${index}` };
    }),
  );
  const sold = new Map<string, number>();
  for (const { sku, quantity } of movements) sold.set(sku, (sold.get(sku) ?? 0) + quantity);
  const send = (name: keyof typeof STATEMENTS, values: readonly unknown[]) =>
    client.query({ name, text: STATEMENTS[name], values: [team.id, ...values] });
  const orders = batch.map(({ order }) => order);
  await client.query('begin');
  await send('events', [nowMs, batch.map(eventIdOf)]);
  await send('orders', [
    nowMs,
    orders.map(({ id }) => String(id)),
    orders.map((order) => Date.parse(order.created_at)),
    orders.map((order) => Date.parse(order.updated_at)),
    orders.map(buyerKeyOf),
    orders.map(({ currency }) => currency),
    orders.map(linesOf),
  ]);
  await send('movements', [
    nowMs,
    movements.map(({ seq }) => seq),
    movements.map(({ sku }) => sku),
    movements.map(({ quantity }) => quantity),
    movements.map(({ cause }) => cause),
    movements.map(({ key }) => key),
  ]);
  await send('levels', [[...sold.keys()], [...sold.values()]]);
  await send('team', [nowMs, batch.length, team.seq]);
  await client.query('commit');
}

async function flush(team: Team): Promise<void> {
  const client = await pool.connect();
  const batch = team.waiting;
  team.waiting = [];
  await keep(client, team, batch, Date.now());
  client.release();
  answerAll(batch);
  if (team.waiting.length > 0) setImmediate(() => void flush(team));
  else team.isRunning = false;
}

for (const { team_id: id, seq } of (
  await pool.query<{ team_id: string; seq: string }>('select team_id, movement_seq as seq from teams')
).rows) {
  teams.set(id, { id, seq: Number(seq), waiting: [], isRunning: false });
}
const server = serveFloor((one) => {
  const team = teams.get(one.team);
  if (team === undefined) throw new Error(`no team ${one.team}`);
  team.waiting.push(one);
  if (team.isRunning) return;
  team.isRunning = true;
  setImmediate(() => void flush(team));
});
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => void pool.end());
});
