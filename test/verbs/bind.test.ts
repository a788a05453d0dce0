import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Account } from '../../src/domain/team.ts';
import { openStore } from '../../src/store/store.ts';
import { createBinder } from '../../src/verbs/bind.ts';
import { temporarySqlite } from '../support/engines.ts';
import { NOW, seeded } from '../support/plan.ts';

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
const OWNER: Account = { platform: 'slack', accountId: 'U1' };

let ground: ReturnType<typeof temporarySqlite>;
let store: ReturnType<typeof openStore>;
beforeEach(() => {
  ground = temporarySqlite();
  store = openStore(ground.engine);
});
afterEach(() => ground.remove());

function binder(home: string | null = 'T1') {
  const homes = () => (home === null ? {} : { slack: home });
  return createBinder({ store, owners: [OWNER], homes, now: () => NOW, log: LOG });
}

const slack = (workspaceId: string) => ({ platform: 'slack', workspaceId }) as const;

test('the workspace the tokens are for becomes the only team’s, once there is one, and its owners founders', async () => {
  const teamOf = binder();
  expect(await teamOf(slack('T1'))).toBeNull();
  await seeded({ engine: ground.engine, store, teamId: 'moth' });
  expect(await teamOf(slack('T1'))).toBe('moth');
  expect(await store.teamOf(slack('T1'))).toBe('moth');
  expect((await store.team('moth').team.asking(OWNER)).caller).toMatchObject({
    kind: 'member',
    member: { personId: expect.stringMatching(/^owner:[0-9a-f]{12}$/) },
  });
});

test('any other workspace stays a stranger', async () => {
  await seeded({ engine: ground.engine, store, teamId: 'moth' });
  for (const teamOf of [binder(), binder(null)]) {
    expect(await teamOf(slack('T2'))).toBeNull();
    expect(await teamOf({ platform: 'discord', workspaceId: 'T1' })).toBeNull();
  }
  expect(await store.teamOf(slack('T2'))).toBeNull();
});

test('with several teams somebody has to choose, and what was chosen stays', async () => {
  await seeded({ engine: ground.engine, store, teamId: 'moth' });
  await seeded({ engine: ground.engine, store, teamId: 'fern' });
  expect(await binder()(slack('T1'))).toBeNull();
  await store.bindWorkspace({ workspace: slack('T1'), teamId: 'fern', nowMs: NOW });
  expect(await binder()(slack('T1'))).toBe('fern');
  expect((await store.team('moth').team.asking(OWNER)).caller).toEqual({ kind: 'public' });
});
