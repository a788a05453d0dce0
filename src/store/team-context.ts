import type { Engine } from './engine/engine.ts';

/** What every subject of a team's store is made from. */
export type TeamContext = { readonly engine: Engine; readonly teamId: string };
