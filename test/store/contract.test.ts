import { bootPglite, temporarySqlite } from '../support/engines.ts';
import { storeContract } from './contract.ts';
import { courierRules } from './rules/courier.ts';
import { engineRules } from './rules/engine.ts';
import { planRules } from './rules/plan.ts';

const RULES = { ...engineRules, ...planRules, ...courierRules };

storeContract(
  'sqlite',
  async () => {
    const { engine, remove } = temporarySqlite();
    return { engine, close: remove };
  },
  RULES,
);

storeContract(
  'postgres (PGlite)',
  async () => {
    const engine = await bootPglite();
    return { engine, close: engine.close };
  },
  RULES,
);
