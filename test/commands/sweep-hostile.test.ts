import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { columnsOf } from '../../src/chat/console/layout.ts';
import { consoleSender } from '../../src/chat/console/send.ts';
import type { Delivery, PostFacts } from '../../src/ports/post.ts';
import { postMessage } from '../../src/words/post.ts';
import { NOW } from '../support/plan.ts';
import { drawn, inputFor, openStage, type Stage } from './stage.ts';

const ESC = '\u001B';
const HOSTILE =
  `@everyone <!channel> **b** ${ESC}[31m${ESC}]0;t\u0007\u202Egnp.exe\u2066\u009B2J\r\n#alerts 19:00:00 NEW\u0000\u{E0041}`.slice(
    0,
    100,
  );
const EMOJI = '👩‍👩‍👧'.repeat(12).slice(0, 96);
const SKU = `<@U1>\u202E${ESC}[2J*_~|`;

// What a terminal would obey: controls, and marks that reorder or hide what follows. The joiners of emoji are letters here.
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/u;

let stage: Stage;
let known: Record<string, string>;
beforeAll(async () => {
  stage = await openStage({
    team: { id: 'night-market', name: HOSTILE, zone: 'America/New_York' },
    people: {
      maya: { name: `${HOSTILE}Maya`.slice(-100), roles: ['founder'], accounts: { console: 'maya@night-market' } },
      finn: { name: EMOJI, roles: ['fulfilment'], accounts: { console: 'finn@night-market' } },
    },
    drop: { id: 'run', name: HOSTILE, format: 'hero', stream: '2027-01-29T19:00', zone: 'America/New_York', currency: 'USD' },
    skus: { [SKU]: { name: HOSTILE, count: 3 }, E: { name: EMOJI, count: 3 } },
    bundles: { BOX: { name: EMOJI, of: { [SKU]: 1, E: 1 } } },
    milestones: [{ name: HOSTILE, due: '2027-01-10', owner: 'finn' }],
    announcements: [
      { id: 'a', kind: 'teaser', at: '2027-01-15T06:59', text: `${HOSTILE} @here`, channels: ['community'], skus: [SKU] },
    ],
  });
  const [milestone] = await stage.store.team('night-market').milestones.list({ dropId: 'run', nowMs: NOW });
  known = { sku: SKU, alert: SKU, person: 'finn', drop: 'run', milestone: milestone?.id ?? '', command: HOSTILE };
});
afterAll(() => stage[Symbol.asyncDispose]());

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  '/%s says hostile names harmlessly',
  async (name, command) => {
    for (const which of ['all', 'required'] as const) {
      const reply = await stage.ask('founder', { kind: 'typed', name, input: inputFor(command, known, which) });
      expect(stage.faults()).toEqual([]);
      expect(reply.message.mentions).toEqual([]);
      for (const line of drawn(reply, 80)) expectHarmless(line, 80);
    }
  },
);

test.each([
  `/${HOSTILE}`,
  `/inventory ${HOSTILE}`,
  `/stock ${HOSTILE}`,
  `/inventory count ${EMOJI} ${HOSTILE}`,
  `/help ${HOSTILE}`,
])('what was typed is said back harmlessly: %j', async (text) => {
  const reply = await stage.ask('founder', { kind: 'text', text });
  expect(reply.message.tone).toBe('refusal');
  for (const line of drawn(reply, 80)) expectHarmless(line, 80);
});

test('every post those commands caused is drawn harmlessly, and only rings mention', async () => {
  const { posts } = await stage.rows();
  const facts = (posts ?? []).map((post) => (post as { facts: PostFacts }).facts);
  expect(new Set(facts.map(({ kind }) => kind)).size).toBeGreaterThan(2);
  for (const one of facts) {
    const message = postMessage(one, { locale: 'en', zone: 'America/New_York', nameOf: () => HOSTILE });
    expect(message.summary).toMatch(/^\S[^\n\r]{0,149}$/u);
    expect(message.mentions.length > 0 && !one.kind.endsWith('-ring')).toBe(false);
    const lines: string[] = [];
    const sender = consoleSender({ write: (line) => lines.push(line), now: () => NOW, width: () => 80 });
    await sender.deliver(deliveryOf(message));
    for (const line of lines) expectHarmless(line, 80);
    // Every line but the first stands behind the gutter, so no name can pretend to be a post of its own.
    expect(lines.slice(1).every((line) => line.startsWith('  │ '))).toBe(true);
  }
});

function deliveryOf(message: Delivery['message']): Delivery {
  const pings = message.mentions.map((mention) => ({
    mention,
    people: [{ personId: 'maya', name: HOSTILE, accountIds: [HOSTILE] }],
    elsewhere: [{ name: HOSTILE, platform: 'slack' } as const],
  }));
  const when = { createdAtMs: 0, repostCount: 0 };
  const where = { address: HOSTILE, remoteId: null, replyToRemoteId: null, zone: 'America/New_York', locale: 'en' };
  return { ...where, postId: 'p', message, buttonIds: [], kind: 'card', broadcast: false, pings, ...when };
}

function expectHarmless(line: string, width: number): void {
  expect(OBEYED.exec(line)).toBeNull();
  expect(columnsOf(line)).toBeLessThanOrEqual(width);
}
