import { bootPglite, temporarySqlite } from '../support/engines.ts';
import { storeContract } from './contract.ts';
import { engineRules } from './rules/engine.ts';

const RULES = { ...engineRules };

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
