import { defineCommand } from '../src/ports/command.ts';
import { homeCard } from '../src/words/home.ts';
import { fromMembers } from '../src/words/refusal.ts';

export const home = defineCommand({
  name: 'home',
  summary: 'Your milestones, the stock and what is paused, on one page',
  may: 'drop.see',
  options: {},
  async run(_input, { store, caller, place, nowMs, telling, may }) {
    if (caller.kind === 'public') return fromMembers();
    const drop = await store.drops.current({ place, nowMs });
    const [milestones, board, pauses, alerts] = await Promise.all([
      store.milestones.list({ dropId: drop?.id ?? null, nowMs }),
      store.stock.board({ sku: null, nowMs }),
      store.promotion.standing(nowMs),
      store.alerts.open(),
    ]);
    if (board.kind !== 'board') throw new Error('a board of everything names no SKU');
    const facts = { member: caller.member, drop, milestones, board, pauses, alerts, mayPause: may('promotion.pause'), nowMs };
    return homeCard(facts, telling);
  },
});
