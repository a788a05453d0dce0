import { asc, eq } from 'drizzle-orm';
import type { PostFacts } from '../../../src/ports/post.ts';
import type { Engine } from '../../../src/store/engine/engine.ts';
import { checkLedger } from '../../../src/store/stock/ledger-check.ts';
import { crossedBy } from '../crossed.ts';
import { TEAM } from '../on-air.ts';
import { causeOf, type Order, type Show } from './show.ts';

/** What stands in one channel of a platform, by the post it is. */
export type Shown = { readonly destinationId: string; readonly remoteId: string; readonly postId: string | null };

/** How much was compared, and every fault found. */
export type Reckoning = {
  readonly orders: number;
  readonly posts: number;
  readonly messages: number;
  readonly faults: readonly string[];
};

type PostRow = Engine['tables']['posts']['$inferSelect'];

/** Compares the ledger, the posts and what the platforms received, once nothing is under way. */
export async function reckon(show: Show): Promise<Reckoning> {
  const rows = await postsOf(show.engine);
  const shown = shownBy(show);
  const faults = [
    ...(await orderFaults(show)),
    ...postFaults(rows, shown),
    ...ringFaults(show, rows),
    ...(await receiptFaults(show.engine, rows, shown)),
    ...show.discord.complaints.map(({ what, detail }) => `Discord complains: ${what} ${detail}`),
    // What a dead process did not acknowledge is its death's doing.
    ...show.slack.complaints.flatMap(({ where, told }) =>
      told.includes('not acknowledged') ? [] : [`Slack complains: ${where} ${told}`],
    ),
  ];
  return { orders: show.acknowledged.length, posts: rows.length, messages: shown.length, faults };
}

export function postsOf({ read, tables: { posts } }: Engine): Promise<readonly PostRow[]> {
  return read((db) => db.select().from(posts).where(eq(posts.teamId, TEAM)));
}

/** Every message of ours that stands in a channel. */
export function shownBy({ slack, discord, cast }: Pick<Show, 'slack' | 'discord' | 'cast'>): readonly Shown[] {
  const onSlack = Object.values(cast.slack.channels).flatMap((channel) =>
    slack.messages(channel).map(({ ts, metadata }) => {
      const payload = (metadata?.['event_payload'] ?? {}) as { readonly post_id?: string };
      return { destinationId: `slack:${channel}`, remoteId: ts, postId: payload.post_id ?? null };
    }),
  );
  const onDiscord = Object.values(cast.discord.channels).flatMap((channel) =>
    discord.messages(channel).map(({ id, nonce }) => ({
      destinationId: `discord:${channel}`,
      remoteId: id,
      postId: nonce === undefined ? null : String(nonce),
    })),
  );
  return [...onSlack, ...onDiscord];
}

/** Every acknowledged order is in the ledger once, in the order of the ledger it crossed what it had to, and the levels are right. */
async function orderFaults({ engine, acknowledged, counts }: Show): Promise<readonly string[]> {
  const { movements, crossings, levels, orders } = engine.tables;
  const [commits, crossed, stored, kept] = await engine.read(async (db) => [
    await db.select().from(movements).where(eq(movements.kind, 'commit')).orderBy(asc(movements.seq)),
    await db.select().from(crossings).orderBy(asc(crossings.seq)),
    await db.select().from(levels).orderBy(asc(levels.sku)),
    await db.select({ id: orders.externalId }).from(orders),
  ]);
  const byCause = new Map(acknowledged.map((order) => [causeOf(order), order]));
  const sales = commits.map(({ cause, sku, units }) => ({ cause, sku, units }));
  const wantedSales = [...byCause].map(([cause, { sku, units }]) => ({ cause, sku, units }));
  const told = crossed.map(({ subject, thresholdId, severity, cause, balanceUnits, limitUnits }) => {
    return { subject, thresholdId, severity, cause, balanceUnits, limitUnits };
  });
  const wantedLevels = [...counts].map(([sku, onHand]) => {
    const committed = sum([...byCause.values()].filter((order) => order.sku === sku));
    return { sku, onHand, committed };
  });
  const sorted = (list: readonly object[]): readonly string[] => list.map((one) => JSON.stringify(one)).toSorted();
  return [
    ...unequal('orders kept', kept.map(({ id }) => `order shopify ${id}`).toSorted(), [...byCause.keys()].toSorted()),
    ...unequal('commits of the ledger', sorted(sales), sorted(wantedSales)),
    ...unequal('crossings', told, crossedBy(counts, sales)),
    ...unequal('levels', sorted(stored.map(({ sku, onHand, committed }) => ({ sku, onHand, committed }))), sorted(wantedLevels)),
    ...unequal('levels against the fold of the ledger', await checkLedger(engine, TEAM), []),
  ];
}

function sum(orders: readonly Order[]): number {
  return orders.reduce((all, { units }) => all + units, 0);
}

function unequal(what: string, are: unknown, should: unknown): readonly string[] {
  const [a, b] = [JSON.stringify(are), JSON.stringify(should)];
  return a === b ? [] : [`${what} are ${a} and should be ${b}`];
}

/** What the rows say was delivered stands in its channel exactly once, at its newest; nothing else stands there. */
export function postFaults(rows: readonly PostRow[], shown: readonly Shown[]): readonly string[] {
  const known = new Map(rows.map((row) => [row.id, row]));
  const strangers = shown.filter(({ postId }) => !known.has(postId ?? '')).map((one) => `nobody wanted ${JSON.stringify(one)}`);
  const ofRows = rows.flatMap((row) => {
    const name = `${row.kind} ${row.key} (${row.state}) at ${row.destinationId}`;
    const standing = shown.filter(({ postId }) => postId === row.id);
    const [first] = standing;
    if (standing.length > 1) return [`${name} stands ${standing.length} times`];
    if (row.state === 'waiting') return [`${name} is still waiting: ${row.failure ?? 'nothing failed'}`];
    if (row.state === 'settled' && row.deliveredRevision !== row.revision) return [`${name} shows an older state`];
    if (row.deliveredRevision === 0) return first === undefined ? [] : [`${name} stands there, and its row says it does not`];
    if (first === undefined) return [`${name} is nowhere to be seen`];
    if (first.remoteId !== row.remoteId) return [`${name} is ${first.remoteId}, and its row says ${row.remoteId}`];
    return first.destinationId === row.destinationId ? [] : [`${name} stands in ${first.destinationId}`];
  });
  return [...strangers, ...ofRows];
}

/** Each ring reached each person once at most, whatever copies of it there are; and reached somebody where it was to. */
export function ringFaults({ slack, discord, cast }: Show, rows: readonly PostRow[]): readonly string[] {
  const people = new Map(
    (['slack', 'discord'] as const).flatMap((platform) =>
      Object.entries(cast[platform].people).map(([name, id]) => [`${platform} ${id}`, name] as const),
    ),
  );
  const keys = new Map(rows.map(({ destinationId, remoteId, key }) => [`${destinationId} ${remoteId}`, key]));
  const rung = [
    ...slack.notifications.map(({ userId, channelId, ts }) => [`slack:${channelId} ${ts}`, people.get(`slack ${userId}`)]),
    ...discord.notifications.map(({ userId, channelId, messageId }) => [
      `discord:${channelId} ${messageId}`,
      people.get(`discord ${userId}`),
    ]),
  ].map(([message, name]) => `${keys.get(message ?? '')} rang ${name}`);
  return [...Map.groupBy(rung, (one) => one)].flatMap(([one, times]) =>
    times.length === 1 ? [] : [`${one} ${times.length} times`],
  );
}

/** A pause stands in every channel that takes messages, and its receipts say `confirmed` of exactly those. */
export async function receiptFaults(
  { read, tables }: Engine,
  rows: readonly PostRow[],
  shown: readonly Shown[],
): Promise<readonly string[]> {
  const [pauses, receipts, destinations] = await read(async (db) => [
    await db.select().from(tables.pauses),
    await db.select().from(tables.receipts),
    await db.select({ id: tables.destinations.id }).from(tables.destinations),
  ]);
  return pauses.flatMap(({ id, resumedAtMs }) => {
    const cards = rows.filter(({ key, facts }) => key === id && (facts as PostFacts).kind === 'pause');
    const verb = resumedAtMs === null ? 'stop' : 'go';
    return destinations.flatMap(({ id: surface }) => {
      const card = cards.find(({ destinationId }) => destinationId === surface);
      if (card === undefined) return [`pause ${id} has no card at ${surface}`];
      const stands = shown.some(({ postId }) => postId === card.id);
      const receipt = receipts.find((one) => one.pauseId === id && one.verb === verb && one.surface === surface);
      if (receipt === undefined) return [`pause ${id} asked no receipt of ${surface}`];
      return (receipt.state === 'confirmed') === stands
        ? []
        : [
            `the receipt of ${surface} for pause ${id} is ${receipt.state}, and the card ${stands ? 'stands' : 'does not stand'} there`,
          ];
    });
  });
}
