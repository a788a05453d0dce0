import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { openStore } from '../../src/store/store.ts';

/** Where one rule is tried: a store on a real engine, and a team id nobody else uses. */
export type Ground = { readonly engine: Engine; readonly store: Store; readonly teamId: string };
export type Rules = Readonly<Record<string, (ground: Ground) => Promise<void>>>;

let teamCount = 0;

/** Runs every rule on one engine. A difference between engines is a skip named here with its reason. */
export function storeContract(
  backend: string,
  open: () => Promise<{ engine: Engine; close: () => Promise<void> }>,
  rules: Rules,
  skips: Readonly<Record<string, string>> = {},
): void {
  describe(backend, () => {
    let opened: { engine: Engine; close: () => Promise<void> };
    let store: Store;
    beforeAll(async () => {
      opened = await open();
      store = openStore(opened.engine);
    });
    afterAll(() => opened.close());
    test('skips name real rules', () => expect(Object.keys(skips).filter((rule) => !(rule in rules))).toEqual([]));
    for (const [rule, check] of Object.entries(rules)) {
      test.skipIf(rule in skips)(rule, async () => {
        teamCount += 1;
        await check({ engine: opened.engine, store, teamId: `team-${teamCount}` });
      });
    }
  });
}
