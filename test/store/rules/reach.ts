import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Purpose } from '../../../src/domain/team.ts';
import { LANES, type ClaimedPost, type PostFacts, type Sent } from '../../../src/ports/post.ts';
import type { Homes } from '../../../src/ports/store/posts.ts';
import { desire, withdraw } from '../../../src/store/posts/desire.ts';
import { NOW, seeded } from '../../support/plan.ts';
import type { Ground, Rules } from '../contract.ts';

const SECOND = 1_000;
const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** A team on Slack and Discord, Finn with an account on each. */
async function stage(ground: Ground, skus: object | null = null) {
  const { store, teamId, engine } = ground;
  const both = (purpose: Purpose) => ({ slack: `C-${purpose}-${teamId}`, discord: `1-${purpose}-${teamId}` });
  await seeded(ground, {
    people: {
      maya: { name: 'Maya', roles: ['founder'], accounts: { slack: 'U1' } },
      finn: { name: 'Finn', roles: ['fulfilment'], accounts: { slack: 'U2', discord: '22' } },
    },
    channels: { team: both('team'), alerts: both('alerts') },
    bundles: {},
    ...(skus === null ? {} : { skus }),
  });
  const at = (platform: string, purpose: Purpose) => `${platform}:${platform === 'slack' ? 'C' : '1'}-${purpose}-${teamId}`;
  const posts = async () =>
    engine.read((db) => db.select().from(engine.tables.posts).where(eq(engine.tables.posts.teamId, teamId)));
  return {
    at,
    posts,
    team: store.team(teamId),
    engine,
    /** A ring to fulfilment, answering a card of its own where one is named. */
    ring: (key: string, platforms: readonly string[], nowMs: number, replyToKey: string | null = null) =>
      engine.write(teamId, async (tx) => {
        const facts: PostFacts = { kind: 'reminder-ring', reminders: [], mention: { role: 'fulfilment' } };
        const card: PostFacts = { kind: 'live', dropName: 'a card', state: 'live', atMs: nowMs, byPersonId: 'maya' };
        for (const platform of platforms) {
          const post = { destinationId: at(platform, 'alerts'), lane: LANES.live, nowMs };
          if (replyToKey !== null) await desire(tx, { ...post, key: replyToKey, facts: card });
          await desire(tx, { ...post, key, facts, replyToKey });
        }
      }),
    claim: async (nowMs: number): Promise<readonly ClaimedPost[]> => {
      const all = await store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1_000, nowMs });
      return all.filter((post) => post.teamId === teamId);
    },
    settle: (post: ClaimedPost | undefined, sent: Sent, nowMs: number) => {
      if (post === undefined) throw new Error('nothing was claimed');
      return store.courier.settle({ post, worker: 'w', sent, pinged: rung(post), nowMs });
    },
  };
}

/** Whom a claimed ring to fulfilment rings here. */
function rung({ recipients }: ClaimedPost): readonly string[] {
  return recipients
    .filter(({ accountIds, roles }) => accountIds.length > 0 && roles.includes('fulfilment'))
    .map(({ personId }) => personId);
}

const sent = (remoteId: string): Sent => ({ kind: 'sent', remoteId });
const down: Sent = { kind: 'retry', afterMs: 2_000, hold: 'platform', reason: 'nothing answers at Slack' };
const on = (platform: string) => (post: ClaimedPost) => post.destination.platform === platform;
const notices = (rows: readonly { readonly facts: unknown; readonly destinationId: string }[]) =>
  rows
    .flatMap(({ facts, destinationId }) => ((facts as PostFacts).kind === 'notice' ? [[destinationId, facts] as const] : []))
    .toSorted(([a], [b]) => byText(a, b));

export const reachRules: Rules = {
  'rings: the same ring on two platforms rings a person once, where they were last': async (ground) => {
    const { ring, claim, settle, team } = await stage(ground);
    await team.team.sawOn({ personId: 'finn', platform: 'discord' });
    await ring('r', ['slack', 'discord'], NOW);
    const claimed = await claim(NOW);
    expect(claimed.filter(on('discord')).map(rung)).toEqual([['finn']]);
    expect(claimed.filter(on('slack')).map(rung)).toEqual([[]]);
    expect(claimed.find(on('slack'))?.recipients.find(({ personId }) => personId === 'finn')).toEqual({
      personId: 'finn',
      name: 'Finn',
      roles: ['fulfilment'],
      accountIds: [],
      rungOn: 'discord',
    });
    for (const post of claimed) await settle(post, sent(post.id), NOW);
    await team.team.pingWhere({
      key: 'both',
      where: 'both',
      by: { personId: 'finn', place: { platform: 'slack', channel: 'x' } },
      nowMs: NOW,
    });
    await ring('both', ['slack', 'discord'], NOW + 60 * SECOND);
    expect((await claim(NOW + 60 * SECOND)).map(rung)).toEqual([['finn'], ['finn']]);
  },

  'rings: when the platform they were last on takes nothing, they are rung on the other, once': async (ground) => {
    const { ring, claim, settle, posts, team } = await stage(ground);
    await team.team.sawOn({ personId: 'finn', platform: 'slack' });
    await ring('r', ['slack', 'discord'], NOW);
    const first = await claim(NOW);
    await settle(first.find(on('discord')), sent('m1'), NOW + 10);
    await settle(first.find(on('slack')), down, NOW + 20);
    const [again, ...others] = await claim(NOW + 30);
    expect(others).toEqual([]);
    expect([again?.key, again?.destination.platform, again === undefined ? [] : rung(again)]).toEqual([
      'r:elsewhere',
      'discord',
      ['finn'],
    ]);
    await settle(again, sent('m2'), NOW + 40);
    // Slack is back: the ring is shown there, and says that he was rung.
    const [late] = await claim(NOW + 5 * SECOND);
    expect([late?.key, late?.destination.platform, late === undefined ? [] : rung(late)]).toEqual(['r', 'slack', []]);
    await settle(late, sent('m3'), NOW + 5 * SECOND);
    const pinged = (await posts()).flatMap((row) =>
      (row.pinged ?? []).map((personId) => [row.destinationId.split(':')[0], personId]),
    );
    expect(pinged).toEqual([['discord', 'finn']]);
  },

  'rings: one that dies while the other copy is on its way is rung again there': async (ground) => {
    const { ring, claim, settle, team } = await stage(ground);
    await team.team.sawOn({ personId: 'finn', platform: 'slack' });
    await ring('r', ['slack', 'discord'], NOW);
    const first = await claim(NOW);
    await settle(first.find(on('slack')), { kind: 'dead', reason: 'gone' }, NOW + 10);
    await settle(first.find(on('discord')), sent('m1'), NOW + 20);
    const again = (await claim(NOW + 30)).find(({ key }) => key === 'r:elsewhere');
    expect([again?.destination.platform, again === undefined ? [] : rung(again)]).toEqual(['discord', ['finn']]);
  },

  'rings: one on its way, or in doubt, counts as having rung': async (ground) => {
    const { ring, claim, settle, team } = await stage(ground);
    await team.team.sawOn({ personId: 'finn', platform: 'slack' });
    await ring('r', ['slack'], NOW);
    const [onSlack] = await claim(NOW);
    expect(onSlack === undefined ? [] : rung(onSlack)).toEqual(['finn']);
    await team.team.sawOn({ personId: 'finn', platform: 'discord' });
    await ring('r', ['discord'], NOW);
    const [onDiscord] = await claim(NOW);
    expect([onDiscord?.destination.platform, onDiscord === undefined ? [] : rung(onDiscord)]).toEqual(['discord', []]);
    await settle(onDiscord, sent('m1'), NOW);
    // An answer that was lost may have been a message that arrived; lost twice, it is rung on the other.
    const lost: Sent = { kind: 'retry', afterMs: 0, hold: 'post', reason: 'no answer' };
    await settle(onSlack, lost, NOW);
    expect(await claim(NOW + 500)).toEqual([]);
    const [retried] = await claim(NOW + SECOND);
    expect([retried?.lookFirst, retried === undefined ? [] : rung(retried)]).toEqual([true, ['finn']]);
    await settle(retried, lost, NOW + SECOND);
    const [elsewhere] = await claim(NOW + SECOND);
    expect([elsewhere?.key, elsewhere === undefined ? [] : rung(elsewhere)]).toEqual(['r:elsewhere', ['finn']]);
  },

  'rings: one that waits for a card nobody takes is rung on the other platform': async (ground) => {
    const { ring, claim, settle, team, at } = await stage(ground);
    await team.team.sawOn({ personId: 'finn', platform: 'slack' });
    await ring('r', ['slack', 'discord'], NOW, 'card');
    const cards = await claim(NOW);
    expect(cards.map(({ key }) => key)).toEqual(['card', 'card']);
    await settle(cards.find(on('discord')), sent('m1'), NOW);
    const [shown] = await claim(NOW);
    expect([shown?.key, shown?.destination.id, shown === undefined ? [] : rung(shown)]).toEqual([
      'r',
      at('discord', 'alerts'),
      [],
    ]);
    await settle(shown, sent('m2'), NOW);
    await settle(cards.find(on('slack')), { kind: 'retry', afterMs: 60_000, hold: 'destination', reason: '429' }, NOW);
    const [elsewhere] = await claim(NOW);
    expect([elsewhere?.key, elsewhere === undefined ? [] : rung(elsewhere)]).toEqual(['r:elsewhere', ['finn']]);
  },

  'rings: one taken back while it was refused rings nobody anywhere': async (ground) => {
    const { ring, claim, settle, posts, team, engine } = await stage(ground);
    await team.team.sawOn({ personId: 'finn', platform: 'slack' });
    await ring('r', ['slack', 'discord'], NOW);
    const first = await claim(NOW);
    await settle(first.find(on('discord')), sent('m1'), NOW);
    await engine.write(ground.teamId, (tx) => withdraw(tx, 'r'));
    await settle(first.find(on('slack')), { kind: 'dead', reason: 'gone' }, NOW);
    expect((await posts()).map(({ key }) => key)).toEqual(['r', 'r']);
  },

  'rings: alerts that join a ring join it on every platform, or make a new one on every platform': async (ground) => {
    const { claim, settle, posts, team } = await stage(ground, {
      'HOODIE-S': { name: 'S', count: 10 },
      'HOODIE-M': { name: 'M', count: 10 },
    });
    const by = { personId: 'maya', place: { platform: 'slack', channel: 'x' } } as const;
    await team.drops.start({ asked: null, place: null, key: 'start', by, nowMs: NOW });
    const sell = (sku: string, nowMs: number) => team.stock.adjust({ sku, units: -6, reason: 'sold', key: sku, by, nowMs });
    await sell('HOODIE-S', NOW);
    for (const post of await claim(NOW)) await settle(post, sent(post.id), NOW);
    for (const post of await claim(NOW)) {
      const limited: Sent = { kind: 'retry', afterMs: 1_000, hold: 'destination', reason: '429' };
      await settle(post, post.destination.platform === 'slack' ? limited : sent(post.id), NOW);
    }
    await sell('HOODIE-M', NOW + 100);
    const rings = (await posts()).filter(({ kind }) => kind === 'alert-ring');
    const keysOn = (platform: string) =>
      rings
        .filter(({ destinationId }) => destinationId.startsWith(platform))
        .map(({ key }) => key)
        .toSorted(byText);
    expect(keysOn('slack')).toEqual(keysOn('discord'));
    expect(keysOn('slack')).toHaveLength(2);
  },

  'posts: those of a team in another workspace are left to the process that serves it': async (ground) => {
    const { ring, store, teamId } = { ...(await stage(ground)), ...ground };
    await ring('r', ['slack', 'discord'], NOW);
    await store.bindWorkspace({ workspace: { platform: 'slack', workspaceId: `T-${teamId}` }, teamId, nowMs: NOW });
    const claim = async (homes: Homes): Promise<readonly string[]> => {
      const all = await store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1_000, nowMs: NOW, homes });
      return all.filter((post) => post.teamId === teamId).map(({ destination }) => destination.platform);
    };
    expect(await claim({ slack: 'T-elsewhere' })).toEqual(['discord']);
    expect(await claim({ slack: `T-${teamId}` })).toEqual(['slack']);
  },

  'rings: a person is rung where the ring is posted, whatever they used last': async (ground) => {
    const { ring, claim, team } = await stage(ground);
    await team.team.sawOn({ personId: 'finn', platform: 'discord' });
    await ring('r', ['slack'], NOW);
    expect((await claim(NOW)).map(rung)).toEqual([['finn']]);
  },

  'dead letters: the team is told in its other channels what a channel did not take': async (ground) => {
    const { ring, claim, settle, posts, at } = await stage(ground);
    await ring('r', ['slack'], NOW);
    const dead: Sent = { kind: 'dead', reason: 'Showcaller is not in this channel' };
    await settle((await claim(NOW)).find(on('slack')), dead, NOW);
    await ring('s', ['slack'], NOW + SECOND);
    await settle(
      (await claim(NOW + SECOND)).find((post) => post.key === 's'),
      dead,
      NOW + SECOND,
    );
    const facts = {
      kind: 'notice',
      notice: {
        what: 'undelivered',
        platform: 'slack',
        address: `C-alerts-${ground.teamId}`,
        purposes: ['alerts'],
        kinds: ['reminder-ring'],
        count: 2,
        reason: 'Showcaller is not in this channel',
      },
    };
    expect(notices(await posts())).toEqual([
      [at('discord', 'team'), facts],
      [at('slack', 'team'), facts],
    ]);
    // An older state of the same message that died of the same is told once.
    await ring('s', ['slack'], NOW + SECOND);
    await settle(
      (await claim(NOW + SECOND)).find((post) => post.key === 's'),
      dead,
      NOW + SECOND,
    );
    expect(notices(await posts()).map(([, told]) => told)).toEqual([facts, facts]);
    // A notice that dies tells nothing more: two dead channels would tell each other for ever.
    for (const post of await claim(NOW + 2 * SECOND)) await settle(post, dead, NOW + 2 * SECOND);
    expect(notices(await posts())).toHaveLength(2);
  },

  'trouble: a platform that takes nothing for twenty seconds is told on the other, and again when it is back': async (ground) => {
    const { ring, claim, settle, posts, team, at } = await stage(ground);
    await ring('r', ['slack'], NOW);
    const [waiting] = await claim(NOW);
    await settle(waiting, down, NOW);
    for (const seconds of [1, 10, 20]) await team.posts.watch({ lost: [], nowMs: NOW + seconds * SECOND });
    expect(notices(await posts())).toEqual([]);
    await team.posts.watch({ lost: [], nowMs: NOW + 21 * SECOND });
    const told = {
      what: 'trouble',
      platform: 'slack',
      sinceMs: NOW + SECOND,
      reason: 'nothing answers at Slack',
      waitingCount: 1,
    };
    expect(notices(await posts())).toEqual([
      [at('discord', 'team'), { kind: 'notice', notice: { ...told, backAtMs: null, tooLateCount: 0 } }],
    ]);
    const [again] = (await claim(NOW + 30 * SECOND)).filter(on('slack'));
    await settle(again, sent('m1'), NOW + 30 * SECOND);
    for (const seconds of [31, 40, 50]) await team.posts.watch({ lost: [], nowMs: NOW + seconds * SECOND });
    expect(notices(await posts())).toHaveLength(1); // not yet: it might go again
    await team.posts.watch({ lost: [], nowMs: NOW + 51 * SECOND });
    const over = { ...told, waitingCount: 0, backAtMs: NOW + 31 * SECOND, tooLateCount: 0 };
    expect(notices(await posts())).toEqual([
      [at('discord', 'team'), { kind: 'notice', notice: over }],
      [at('slack', 'team'), { kind: 'notice', notice: over }],
    ]);
  },

  'trouble: it is not over because what failed was taken back, and one that comes and goes is one card': async (ground) => {
    const { ring, claim, settle, posts, team, engine } = await stage(ground);
    await ring('r', ['slack'], NOW);
    await settle((await claim(NOW))[0], down, NOW);
    for (const seconds of [1, 22]) await team.posts.watch({ lost: [], nowMs: NOW + seconds * SECOND });
    await engine.write(ground.teamId, (tx) => withdraw(tx, 'r'));
    for (const seconds of [23, 60]) await team.posts.watch({ lost: [], nowMs: NOW + seconds * SECOND });
    expect(notices(await posts()).map(([, facts]) => (facts as { notice: { backAtMs: unknown } }).notice.backAtMs)).toEqual([
      null,
    ]);
    const lost = [{ platform: 'discord', sinceMs: NOW + 60 * SECOND, reason: 'the socket closed' }] as const;
    for (let second = 61; second < 600; second += 1) {
      await team.posts.watch({ lost: second % 23 === 0 ? [] : lost, nowMs: NOW + second * SECOND });
    }
    expect(notices(await posts())).toHaveLength(2);
  },

  'trouble: a lost connection is told too; a hiccup is not': async (ground) => {
    const { posts, team, at } = await stage(ground);
    const lost = [{ platform: 'discord', sinceMs: NOW, reason: 'the socket closed' }] as const;
    await team.posts.watch({ lost, nowMs: NOW + 5 * SECOND });
    await team.posts.watch({ lost: [], nowMs: NOW + 6 * SECOND });
    await team.posts.watch({ lost: [], nowMs: NOW + 60 * SECOND });
    expect(notices(await posts())).toEqual([]);
    await team.posts.watch({ lost, nowMs: NOW + 61 * SECOND });
    await team.posts.watch({ lost, nowMs: NOW + 62 * SECOND });
    expect(notices(await posts()).map(([destinationId]) => destinationId)).toEqual([at('slack', 'team')]);
  },

  'refresh: a message is shown anew by its platform id, and only ours': async (ground) => {
    const { ring, claim, settle, team, at } = await stage(ground);
    await ring('r', ['slack'], NOW);
    await settle((await claim(NOW))[0], sent('m1'), NOW);
    const place = { platform: 'slack', channel: at('slack', 'alerts').slice('slack:'.length) } as const;
    await team.posts.refresh({ place, remoteId: 'm2', nowMs: NOW + 10 * SECOND });
    expect(await claim(NOW + 10 * SECOND)).toEqual([]);
    await team.posts.refresh({ place, remoteId: 'm1', nowMs: NOW + 10 * SECOND });
    expect((await claim(NOW + 10 * SECOND)).map(({ remoteId, revision }) => [remoteId, revision])).toEqual([['m1', 2]]);
  },
};
