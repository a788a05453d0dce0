import type { HomeView, KnownBlock } from '@slack/types';
import type { Reply } from '../../ports/chat.ts';
import { BLOCKS_MAX } from './limits.ts';
import type { Reader } from './mrkdwn.ts';
import { fitted, renderBlocks } from './render.ts';

/** The Home tab: what it shows, and above that the answer to what was just pressed in it. */
export function homeView(home: Reply, answer: Reply | null, reader: Reader): HomeView {
  const said = answer === null ? [] : renderBlocks(answer.message, { ...reader, buttonIds: answer.buttonIds }, 0);
  const divider: readonly KnownBlock[] = said.length === 0 ? [] : [{ type: 'divider' }];
  const shown = renderBlocks(home.message, { ...reader, buttonIds: home.buttonIds }, answer?.buttonIds.length ?? 0);
  return { type: 'home', blocks: [...fitted([...said, ...divider, ...shown], BLOCKS_MAX.view)] };
}
