import { choice, type CommandContext, defineCommand, text } from '../src/ports/command.ts';
import { type Message, refuse, say } from '../src/ports/message.ts';
import type { StockAnswer } from '../src/ports/store/stock.ts';
import { unknownSku } from '../src/words/refusal.ts';
import { showStockHere, stockAnswer } from '../src/words/stock.ts';

// Channels only the team reads; anywhere else a shown answer is for the public.
const TEAM_PURPOSES = ['team', 'alerts', 'host'] as const;

export const stock = defineCommand({
  name: 'stock',
  summary: 'What is left to sell, and how that is worked out',
  may: 'stock.see',
  options: {
    sku: text('Which item; left out: all', { charsMax: 64, required: false, suggest: 'sku' }),
    show: choice('Show the answer to this channel', ['here'], { required: false }),
  },
  async run({ sku = null, show }, context) {
    const { store, caller, nowMs, telling } = context;
    const board = await store.stock.board({ sku, nowMs });
    if (board.kind === 'unknown-sku') return unknownSku(board);
    if (show === 'here') return showHere(board, context);
    if (caller.kind === 'public') return stockAnswer({ audience: 'public', board }, telling);
    const answer = stockAnswer({ audience: 'team', board }, telling);
    const [only] = [...board.items, ...board.bundles];
    const button = showStockHere(sku === null ? null : (only?.sku ?? sku));
    return { ...answer, parts: [...answer.parts, { kind: 'buttons', buttons: [button] }] };
  },
});

async function showHere(
  board: StockAnswer['board'],
  { store, actor, place, requestKey, nowMs }: CommandContext,
): Promise<Message> {
  if (actor === null) return refuse('Showing an answer to the channel is for members of the team. /stock answers you alone.');
  const { destinations } = await store.team.view();
  const here = destinations.find(({ platform, address }) => platform === place.platform && address === place.channel);
  const team =
    TEAM_PURPOSES.some((purpose) => here?.purposes.includes(purpose) === true) && here?.purposes.includes('community') !== true;
  const answer: StockAnswer = { audience: team ? 'team' : 'public', board };
  await store.posts.show({ facts: { kind: 'stock', answer, shownBy: actor.personId }, place, key: requestKey, nowMs });
  return say(team ? 'Shown in this channel.' : 'Shown in this channel, without numbers: others than the team read here.');
}
