import type { HeardFacts } from '../../src/domain/order.ts';
import type { Actor } from '../../src/domain/team.ts';
import type { PostFacts } from '../../src/ports/post.ts';
import type { Store, TeamStore } from '../../src/ports/store.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { retire } from '../../src/store/retention.ts';
import { openStore } from '../../src/store/store.ts';
import { NOW, planFor } from './plan.ts';

const MINUTE = 60_000;

/** One team in the middle of its show, and a clock that only this moves. */
export type Stage = {
  readonly engine: Engine;
  readonly store: Store;
  readonly team: TeamStore;
  readonly teamId: string;
  readonly skus: readonly string[];
  /** A number nobody had before. */
  readonly next: () => number;
  readonly now: () => number;
  readonly pass: (ms: number) => void;
};

type Subjects = Omit<TeamStore, 'teamId'>;
type Run = (stage: Stage) => Promise<unknown>;

/** What every method of the store is called with; one that is missing here does not compile. */
export type Operations = { readonly [S in keyof Subjects]: { readonly [M in keyof Subjects[S]]: Run } } & {
  readonly courier: { readonly [M in keyof Store['courier']]: Run };
  readonly store: { readonly [M in keyof Omit<Store, 'courier' | 'share' | 'close' | 'team'>]: Run };
  readonly share: { readonly [M in keyof Store['share']]: Run };
  readonly house: Readonly<Record<'retire' | 'checkLedger', Run>>;
};

const BY: Actor = { personId: 'maya', place: { platform: 'console', channel: 'team' } };
const PLACE = BY.place;
const NONE = { cancelledUnits: 0, shippedUnits: 0, returnedUnits: 0, writtenOffUnits: 0 };

const plan = (teamId: string) =>
  planFor(teamId, {
    milestones: [
      { name: 'Final QC', due: '2027-01-20', owner: 'maya' },
      { name: 'Rehearsal', due: '2027-01-28', owner: 'producer' },
    ],
    announcements: [{ id: 'tomorrow', kind: 'teaser', text: 'Tomorrow', at: '2027-01-28T19:00' }],
    skus: {
      'HOODIE-S': { name: 'Hoodie, small', count: 100_000, price: 58, thresholds: [{ minutes: 30, severity: 'live' }] },
      'HOODIE-M': { name: 'Hoodie, medium', count: 100_000, reserve: '3%', price: 58 },
      'HOODIE-L': { name: 'Hoodie, large', count: 100_000, price: 58 },
      PIN: { name: 'Enamel pin', count: 100_000, price: 9, thresholds: [{ units: 99_990, severity: 'live' }] },
    },
  });

/** The team, its drop live for two minutes. */
export async function openStage(engine: Engine, teamId: string): Promise<Stage> {
  const store = openStore(engine);
  let count = 0;
  let nowMs = NOW;
  const stage = {
    engine,
    store,
    team: store.team(teamId),
    teamId,
    skus: ['HOODIE-S', 'HOODIE-M', 'HOODIE-L'],
    next: () => (count += 1),
    now: () => nowMs,
    pass: (ms: number) => void (nowMs += ms),
  };
  await store.importPlan({ plan: plan(teamId), by: null, nowMs });
  await stage.team.drops.start({ asked: null, place: null, ...ask(stage) });
  stage.pass(2 * MINUTE);
  return stage;
}

function ask({ next, now, teamId }: Pick<Stage, 'next' | 'now' | 'teamId'>) {
  return { key: `${teamId} ask ${next()}`, by: BY, nowMs: now() };
}

function order({ next, now }: Stage, sku: string, orderedUnits = 1): HeardFacts {
  const externalId = `new ${next()}`;
  const at = { updatedAtMs: now(), eventAtMs: now() };
  const facts = { kind: 'order', source: 'shop', externalId, version: at, placedAtMs: now(), buyerKey: null } as const;
  const lines = [{ lineId: '1', sku, orderedUnits, ...NONE, unitPriceMinor: 100 }];
  return { eventId: `event ${externalId}`, facts: { ...facts, currency: null, lines, refunds: [] } };
}

const notice = (number: number): PostFacts => {
  return { kind: 'notice', notice: { what: 'reconcile', source: 'shop', externalId: String(number) } };
};

/** Everything waiting is claimed and settled: what a courier does whose channels all take what they get. */
async function claimAll({ store, now }: Stage) {
  const posts = await store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 64, nowMs: now(), homes: { slack: 'T1' } });
  for (const post of posts) {
    const sent = { kind: 'sent', remoteId: post.remoteId ?? `remote ${post.id}` } as const;
    await store.courier.settle({ post, worker: 'w', sent, pinged: [], nowMs: now() });
  }
}

async function refuse({ store, now }: Stage, sent: Parameters<Store['courier']['settle']>[0]['sent']) {
  const posts = await store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 64, nowMs: now() });
  for (const post of posts) await store.courier.settle({ post, worker: 'w', sent, pinged: [], nowMs: now() });
}

async function alertId(stage: Stage): Promise<string> {
  const answer = await stage.team.alerts.test({ ...ask(stage), sku: 'PIN' });
  return answer.kind === 'done' ? answer.alert.alertId : '';
}

async function milestone(stage: Stage): Promise<{ asked: string; mayManage: true }> {
  const name = `Step ${stage.next()}`;
  await stage.team.milestones.add({
    ...ask(stage),
    dropId: null,
    name,
    dueDay: '2027-01-20',
    ownerPersonId: null,
    ownerRole: null,
  });
  return { asked: name, mayManage: true };
}

export const OPERATIONS: Operations = {
  stock: {
    board: ({ team, now }) => team.stock.board({ sku: null, nowMs: now() }),
    receive: (stage) => stage.team.stock.receive({ ...ask(stage), sku: 'PIN', units: 5, reason: null }),
    ship: (stage) => stage.team.stock.ship({ ...ask(stage), sku: 'HOODIE-S', units: 1, reason: null }),
    count: (stage) => stage.team.stock.count({ ...ask(stage), sku: 'HOODIE-L', countedUnits: 100_000, reason: 'stocktake' }),
    adjust: (stage) => stage.team.stock.adjust({ ...ask(stage), sku: 'HOODIE-L', units: 1, reason: 'found' }),
    reserve: (stage) => stage.team.stock.reserve({ ...ask(stage), sku: 'HOODIE-L', units: 1, reason: null }),
    threshold: (stage) =>
      stage.team.stock.threshold({
        ...ask(stage),
        sku: 'HOODIE-L',
        unit: 'units',
        value: 7,
        replaces: null,
        severity: 'live',
      }),
  },
  orders: {
    record: (stage) => stage.team.orders.record(order(stage, 'HOODIE-S'), stage.now()),
    recordAll: async (stage) => {
      // One of each kind: what crosses a line, what nobody listed, and a second version of an order.
      const [sold, unlisted] = [order(stage, 'PIN', 20), order(stage, `NOBODY-${stage.next() % 5}`)];
      const later = { ...sold, eventId: `${sold.eventId} again` };
      await stage.team.orders.recordAll([sold, unlisted, later], stage.now());
      await stage.team.stock.receive({ ...ask(stage), sku: 'PIN', units: 20, reason: null });
    },
    lastHeardMs: ({ team }) => team.orders.lastHeardMs(),
    setAside: ({ team }) => team.orders.setAside(),
    unknownSkus: ({ team }) => team.orders.unknownSkus(),
  },
  counts: {
    hear: ({ team, now, next }) => {
      const total = { sku: 'HOODIE-S', availableUnits: 1_000 + next(), onHandUnits: null, committedUnits: null };
      const told = { kind: 'totals', source: 'shop', countedAtMs: now(), sequence: null, totals: [total], items: [] } as const;
      return team.counts.hear(told, now());
    },
    tick: ({ team, now, pass }) => {
      pass(10 * MINUTE);
      return team.counts.tick(now());
    },
    lines: ({ team, now }) => team.counts.lines({ nowMs: now(), driftingOnly: false }),
  },
  alerts: {
    open: ({ team }) => team.alerts.open(),
    acknowledge: async (stage) => stage.team.alerts.acknowledge({ ...ask(stage), alertId: await alertId(stage) }),
    snooze: async (stage) =>
      stage.team.alerts.snooze({ ...ask(stage), alertId: await alertId(stage), forMs: MINUTE, reason: null }),
    dismiss: async (stage) => {
      const said = (await alertId(stage)).split(':').slice(0, -1).join(':');
      return stage.team.alerts.dismiss({ ...ask(stage), alertId: said, reason: 'seen' });
    },
    test: alertId,
    tick: async (stage) => {
      await stage.team.orders.record(order(stage, 'PIN', 1), stage.now());
      stage.pass(11 * MINUTE); // what was tested ends, what was acknowledged is looked at again
      await stage.team.alerts.tick(stage.now());
    },
    pulse: ({ team, now, pass }) => {
      pass(1_000);
      return team.alerts.pulse(now());
    },
    crossings: ({ team }) => team.alerts.crossings(),
  },
  milestones: {
    list: ({ team, now }) => team.milestones.list({ dropId: null, nowMs: now() }),
    add: milestone,
    done: async (stage) => stage.team.milestones.done({ ...ask(stage), ...(await milestone(stage)) }),
    reopen: async (stage) => {
      const asked = await milestone(stage);
      await stage.team.milestones.done({ ...ask(stage), ...asked });
      return stage.team.milestones.reopen({ ...ask(stage), ...asked });
    },
    move: async (stage) => {
      return stage.team.milestones.move({ ...ask(stage), ...(await milestone(stage)), dueDay: '2027-01-25', reason: 'late' });
    },
    assign: async (stage) => {
      return stage.team.milestones.assign({ ...ask(stage), ...(await milestone(stage)), ownerPersonId: 'finn', ownerRole: null });
    },
    snooze: async (stage) => stage.team.milestones.snooze({ ...ask(stage), ...(await milestone(stage)), forMs: MINUTE }),
    tick: async (stage) => {
      await stage.team.milestones.tick(stage.now());
      await stage.team.milestones.tick(stage.now() + 6 * 24 * 60 * MINUTE);
    },
  },
  promotion: {
    pause: (stage) => stage.team.promotion.pause({ ...ask(stage), scope: null, reason: 'fire', forMs: null }),
    standing: ({ team, now }) => team.promotion.standing(now()),
    announcements: ({ team }) => team.promotion.announcements(),
    tick: ({ team, now, pass }) => {
      pass(MINUTE); // receipts are overdue
      return team.promotion.tick(now());
    },
    resume: (stage) => stage.team.promotion.resume({ ...ask(stage), scope: null, overrideReason: 'out' }),
    undo: async (stage) => {
      const answer = await stage.team.promotion.pause({ ...ask(stage), scope: 'PIN', reason: null, forMs: MINUTE });
      const pauseId = answer.kind === 'paused' ? answer.pause.pause.id : '';
      return stage.team.promotion.undo({ ...ask(stage), pauseId });
    },
    history: ({ team }) => team.promotion.history(),
  },
  drops: {
    list: ({ team }) => team.drops.list(),
    current: ({ team, now }) => team.drops.current({ place: PLACE, nowMs: now() }),
    find: ({ team, now }) => team.drops.find({ asked: 'hoodie run', place: PLACE, nowMs: now() }),
    use: (stage) => stage.team.drops.use({ ...ask(stage), asked: 'hoodie-run', place: PLACE }),
    start: (stage) => stage.team.drops.start({ ...ask(stage), asked: null, place: null }),
    decisions: ({ team, now }) => team.drops.decisions({ dropId: 'hoodie-run', nowMs: now() }),
    report: ({ team, now }) => team.drops.report({ dropId: 'hoodie-run', nowMs: now() }),
    end: async (stage) => {
      await stage.team.drops.end({ ...ask(stage), asked: null, place: null });
      await stage.team.alerts.tick(stage.now() + 24 * 60 * MINUTE); // nothing is live: the digest is due
    },
  },
  policy: {
    current: ({ team }) => team.policy.current(),
    publish: (stage) =>
      stage.team.policy.publish({
        ...ask(stage),
        policy: {
          windowDays: 14,
          windowFrom: 'delivery',
          condition: 'unworn',
          refundMethod: 'original-payment',
          refundWithinDays: 7,
          whoPays: 'buyer',
          restrictions: [],
          faulty: 'replaced',
          shipping: null,
          sizing: null,
          contact: null,
        },
      }),
  },
  plan: { apply: ({ team, teamId, now }) => team.plan.apply({ plan: plan(teamId), by: BY, nowMs: now() }) },
  team: {
    view: ({ team }) => team.team.view(),
    asking: ({ team, teamId }) => team.team.asking({ platform: 'console', accountId: `maya@${teamId}` }),
    grant: (stage) => stage.team.team.grant({ ...ask(stage), asked: 'finn', role: 'host' }),
    revoke: (stage) => stage.team.team.revoke({ ...ask(stage), asked: 'finn', role: 'host' }),
    linkCode: (stage) => stage.team.team.linkCode({ ...ask(stage), asked: null }),
    useLink: ({ team, next, now, teamId }) => {
      const account = { platform: 'slack', accountId: `U${teamId}${next()}` } as const;
      return team.team.useLink({ key: `link ${next()}`, account, place: PLACE, code: 'WRONG-CODE', nowMs: now() });
    },
    unlink: (stage) => stage.team.team.unlink({ ...ask(stage), asked: 'finn', platform: 'slack' }),
    pingWhere: (stage) => stage.team.team.pingWhere({ ...ask(stage), where: 'both' }),
    sawOn: ({ team }) => team.team.sawOn({ personId: 'maya', platform: 'console' }),
    adoptOwners: ({ team, teamId, now }) => {
      const accounts = [{ platform: 'slack', accountId: `UOWNER${teamId}` } as const];
      return team.team.adoptOwners({ accounts, personId: null, nowMs: now() });
    },
    bindChannel: (stage) =>
      stage.team.team.bindChannel({ ...ask(stage), purpose: 'host', platform: 'console', address: `${stage.teamId}-host` }),
  },
  posts: {
    show: ({ team, next, now }) => team.posts.show({ facts: notice(next()), place: PLACE, key: `show ${next()}`, nowMs: now() }),
    refresh: ({ team, now }) => team.posts.refresh({ place: PLACE, remoteId: 'remote nobody knows', nowMs: now() }),
    watch: async ({ team, now }) => {
      const lost = [{ platform: 'console', sinceMs: now(), reason: 'gone' } as const];
      for (const afterMs of [0, 30_000]) await team.posts.watch({ lost, nowMs: now() + afterMs });
      for (const afterMs of [31_000, 60_000]) await team.posts.watch({ lost: [], nowMs: now() + afterMs });
    },
    afterSetBack: ({ team, now }) => team.posts.afterSetBack(now()),
    health: ({ team, now }) => team.posts.health(now()),
  },
  buttons: {
    keep: ({ team, next, now }) => team.buttons.keep([{ name: 'stock', input: { sku: `S${next() % 50}` } }], now()),
    find: ({ team }) => team.buttons.find('v1nobody'),
  },
  audit: {
    list: ({ team }) => team.audit.list({ fromSeq: 1, limit: 50 }),
    verify: ({ team }) => team.audit.verify(),
  },
  courier: {
    takeOver: ({ store }) => store.courier.takeOver('w'),
    claim: claimAll,
    settle: async (stage) => {
      for (const hold of ['post', 'destination', 'platform'] as const) {
        await stage.team.alerts.test({ ...ask(stage), sku: 'PIN' });
        await refuse(stage, { kind: 'retry', afterMs: 3_000, hold, reason: 'busy' });
        stage.pass(MINUTE);
      }
      await stage.team.alerts.test({ ...ask(stage), sku: 'PIN' });
      await refuse(stage, { kind: 'dead', reason: 'channel_not_found' });
      await claimAll(stage);
    },
    nextDueMs: ({ store, now }) => store.courier.nextDueMs(now()),
  },
  store: {
    teamIds: ({ store }) => store.teamIds(),
    importPlan: ({ store, teamId, now }) => store.importPlan({ plan: plan(teamId), by: BY, nowMs: now() }),
    teamOf: ({ store }) => store.teamOf({ platform: 'slack', workspaceId: 'T1' }),
    bindWorkspace: ({ store, teamId, now }) => {
      const workspace = { platform: 'slack', workspaceId: `T${teamId}` } as const;
      return store.bindWorkspace({ workspace, teamId, nowMs: now() });
    },
  },
  share: {
    take: ({ store }) => store.share.take({ worker: 'w', leaseMs: 15_000 }),
    leave: ({ store }) => store.share.leave('w'),
  },
  house: {
    checkLedger: ({ engine, teamId }) => checkLedger(engine, teamId),
    retire: ({ engine }) => retire(engine, 0),
  },
};

/** Every operation by its name, in an order in which each finds what it needs. */
export const operationRows: readonly (readonly [name: string, run: Run])[] = Object.entries(OPERATIONS).flatMap(
  ([subject, methods]) => Object.entries(methods).map(([method, run]) => [`${subject}.${method}`, run] as const),
);
