import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFrontDoor } from '../../src/chat/dispatch.ts';
import { createSuggest } from '../../src/chat/suggest.ts';
import { COMMANDS } from '../../commands/index.ts';
import { defineCommand, text } from '../../src/ports/command.ts';
import { say, type Message } from '../../src/ports/message.ts';
import { NOW } from '../support/plan.ts';
import { openStage, TEAM, type Stage } from '../commands/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({
    permissions: [{ role: 'host', action: 'promotion.resume', allowed: true }],
    people: {
      maya: { name: 'Maya', roles: ['founder'], accounts: { console: `maya@${TEAM}` } },
      finn: { name: 'Finn', roles: ['fulfilment'], accounts: { console: `finn@${TEAM}` } },
      olga: { name: 'Olga', roles: [{ role: 'ops-lead', drop: 'winter' }], accounts: { console: `olga@${TEAM}` } },
      priya: { name: 'Priya', roles: [{ role: 'producer', drop: 'hoodie-run' }], accounts: { console: `priya@${TEAM}` } },
      sam: { name: 'Sam', roles: ['support'], accounts: { console: `sam@${TEAM}` } },
    },
  });
});
afterEach(() => stage[Symbol.asyncDispose]());

const typed = (line: string) => ({ kind: 'text', text: line }) as const;
const buttonsOf = ({ parts }: Message) => parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));

test('a typed command changes the stock and says before and after', async () => {
  const { message } = await stage.ask('fulfilment', typed('/inventory receive hoodie-m 20'));
  expect(message.summary).toBe('20 of Hoodie, medium (HOODIE-M) received: on hand 60 → 80.');
  expect(message.parts[1]).toEqual({
    kind: 'text',
    text: '80 on hand − 0 committed − 3 reserve − 0 held − 0 damaged = 77 left to sell',
  });
});

test('the same request delivered twice is done once', async () => {
  const request = {
    teamId: TEAM,
    account: { platform: 'console', accountId: `finn@${TEAM}` },
    place: { platform: 'console', channel: 'x' },
    requestKey: 'same',
    ask: typed('/inventory adjust PIN -5 bent'),
  } as const;
  const first = await stage.door.run(request);
  const again = await stage.door.run(request);
  expect(again.message.summary).toBe(first.message.summary);
  const board = await stage.store.team(TEAM).stock.board({ sku: 'PIN', nowMs: NOW });
  expect(board).toMatchObject({ items: [{ level: { onHand: 195 } }] });
});

test('of commands that came together none begins before the event loop turned, so that others are acknowledged between', async () => {
  const happened: string[] = [];
  const answerCount = () => happened.filter((each) => each === 'answer').length;
  const commands = Array.from({ length: 6 }, async () => {
    await stage.ask('founder', typed('/stock'));
    happened.push('answer');
  });
  while (answerCount() < commands.length) {
    await turnOfTheEventLoop();
    happened.push('turn');
  }
  await Promise.all(commands);
  expect(happened.join(' ')).not.toContain('answer answer');
});

test('what is missing is asked for, and nothing is written', async () => {
  const before = await stage.rows();
  expect(stage.door.formFor(typed('/inventory receive HOODIE-M'))).toMatchObject({
    command: { name: 'inventory receive' },
    input: { sku: 'HOODIE-M' },
    missing: ['units'],
  });
  expect(stage.door.formFor(typed('/stock'))).toBeNull();
  const reply = await stage.ask('fulfilment', typed('/inventory receive HOODIE-M'));
  expect(reply.form).toMatchObject({ missing: ['units'] });
  expect(reply.message.summary).toBe('/inventory receive still needs units. Nothing was changed.');
  expect(reply.message.parts.at(-1)).toEqual({
    kind: 'context',
    text: 'Type: /inventory receive <sku> <units> [reason]\nFor example: /inventory receive HOODIE-M 5',
  });
  expect(await stage.rows()).toEqual(before);
});

test('a submitted form takes the same path', async () => {
  const form = { kind: 'form', name: 'inventory count', input: { sku: 'PIN', units: '198' } } as const;
  expect((await stage.ask('fulfilment', form)).message.summary).toBe('Enamel pin (PIN) counted: on hand 200 → 198 (2 missing).');
  const refused = await stage.ask('support', form);
  expect(refused.message.summary).toBe(
    'You need the role founder or fulfilment to change the stock. Finn or Maya can do this. Nothing was changed.',
  );
});

test('a button works after a restart, asks the presser’s own permission, and says so when nobody knows it', async () => {
  const { message, buttonIds } = await stage.ask('support', typed('/stock HOODIE-M'));
  expect(buttonsOf(message).map(({ label }) => label)).toEqual(['Show here']);
  expect(buttonIds).toHaveLength(1);
  const [buttonId = ''] = buttonIds;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const restarted = createFrontDoor({ store: stage.store, commands: COMMANDS, clock: { now: () => NOW }, log });
  const press = (accountId: string, id: string) =>
    restarted.run({
      teamId: TEAM,
      account: { platform: 'console', accountId },
      place: { platform: 'console', channel: `${TEAM}-community` },
      requestKey: `${accountId}-${id}`,
      ask: { kind: 'button', buttonId: id },
    });
  expect((await press('a-fan', buttonId)).message.tone).toBe('refusal');
  expect((await stage.rows()).posts?.filter((post) => (post as { kind: string }).kind === 'stock')).toEqual([]);
  expect((await press(`sam@${TEAM}`, buttonId)).message.summary).toBe(
    'Shown in this channel, without numbers: others than the team read here.',
  );
  const shown = (await stage.rows()).posts?.filter((post) => (post as { kind: string }).kind === 'stock');
  expect(shown).toMatchObject([
    { destinationId: `console:${TEAM}-community`, facts: { answer: { audience: 'public' }, shownBy: 'sam' } },
  ]);
  expect((await press(`sam@${TEAM}`, 'v1gone')).message.summary).toMatch(/^This button is from an older message/);
});

test.each([
  [
    '/policy size',
    'topic is one of returns, refunds, shipping, faulty, sizing, restrictions, contact; “size” is not. Did you mean sizing?',
  ],
  ['/policy returns there', 'show is one of here; “there” is not. Did you mean here?'],
  ['/policy returns here now', '“now” is one word too many. Names of several words go in quotes.'],
  ['/pause for:soon', 'for is a time such as 10m, 2h or 1h30m; “soon” is not.'],
  ['/pause for:2s', 'for goes from 60 s to 30 days; “2s” is outside.'],
])('%s is told what would do', async (line, why) => {
  const { message } = await stage.ask('founder', typed(line));
  expect(message.summary).toBe(`${why} Nothing was changed.`);
  expect(JSON.stringify(message)).not.toContain('30s');
});

test('a share of the stock is typed as cards write it', async () => {
  for (const line of ['PIN 20% live', 'PIN 30 % live']) {
    const { message } = await stage.ask('fulfilment', typed(`/inventory threshold ${line}`));
    expect(message.summary).toBe('PIN now alerts at these.');
  }
  const board = await stage.store.team(TEAM).stock.board({ sku: 'PIN', nowMs: NOW });
  const [pin] = board.kind === 'board' ? board.items : [];
  const live = pin?.thresholds.filter(({ unit, severity }) => unit === 'percent' && severity === 'live');
  expect(live?.map(({ id }) => id)).toEqual(expect.arrayContaining(['percent:20', 'percent:30']));
});

test('a button that needs more says what, with an example about what was pressed', async () => {
  const call = { name: 'alert dismiss', input: { alert: 'stock:BOX:2' } };
  const [buttonId = ''] = await stage.store.team(TEAM).buttons.keep([call], NOW);
  const { message, form } = await stage.ask('founder', { kind: 'button', buttonId });
  expect(form).toMatchObject({ command: { name: 'alert dismiss' }, input: call.input, missing: ['reason'] });
  expect(message.parts.at(-1)).toEqual({
    kind: 'context',
    text: 'Type: /alert dismiss <alert> <reason>\nFor example: /alert dismiss "stock:BOX:2" label misprint',
  });
});

test('a button of a command that has changed is stale', async () => {
  const [buttonId = ''] = await stage.store.team(TEAM).buttons.keep([{ name: 'stock', input: { colour: 'red' } }], NOW);
  expect((await stage.ask('founder', { kind: 'button', buttonId })).message.summary).toMatch(
    /^This button is from an older message/,
  );
});

test('a fault is logged once and apologised for with an id that finds it', async () => {
  const errors: Readonly<Record<string, unknown>>[] = [];
  const broken = defineCommand({
    name: 'broken',
    summary: 'Breaks',
    may: 'help.see',
    options: { what: text('What', { charsMax: 10, required: false }) },
    run: async () => {
      throw new Error('the disk is full');
    },
  });
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_: string, fields?: object) => void errors.push({ ...fields }),
  };
  const door = createFrontDoor({ store: stage.store, commands: [broken], clock: { now: () => NOW }, log });
  const place = { platform: 'console', channel: 'x' } as const;
  const account = { platform: 'console', accountId: 'a-fan' } as const;
  const { message } = await door.run({ teamId: TEAM, account, place, requestKey: 'k', ask: typed('/broken') });
  expect(errors).toHaveLength(1);
  expect(message.tone).toBe('refusal');
  expect(message.summary).toContain(String(errors[0]?.id));
  expect(message.summary).not.toContain('disk');
});

test('a role held for one drop counts while that drop is the one meant', async () => {
  const end = (speaker: 'producer' | 'ops-lead') => stage.ask(speaker, typed('/milestone add Signing 2027-01-20'));
  expect((await end('ops-lead')).message.summary).toMatch(
    /^You need the role founder, producer or ops lead to plan milestones\./,
  );
  expect((await end('producer')).message.tone).not.toBe('refusal');
  expect((await stage.ask('producer', typed('/drop start winter'))).message.summary).toMatch(/^You need the role/);
});

test('answers name SKUs in the reader’s own words: no numbers for the public', async () => {
  const board = JSON.stringify((await stage.ask('public', typed('/stock'))).message);
  expect(board).toContain('available');
  for (const number of ['"40"', '"60"', '"58"', '"200"', 'on hand', 'reserve']) expect(board).not.toContain(number);
  const one = (await stage.ask('public', typed('/stock HOODIE-M'))).message;
  expect(one).toEqual(say('Hoodie, medium (HOODIE-M): available, $58.00'));
});

test('/help lists only what the asker may use', async () => {
  const rows = async (speaker: 'public' | 'support' | 'founder') => {
    const { message } = await stage.ask(speaker, typed('/help'));
    return message.parts.flatMap((part) => (part.kind === 'fields' ? part.rows.map(([label]) => label) : []));
  };
  expect(await rows('public')).toEqual(['/stock', '/policy', '/link', '/help']);
  expect(await rows('support')).not.toContain('/inventory count');
  expect(await rows('founder')).toHaveLength(COMMANDS.length);
  expect((await stage.ask('public', typed('/help inventory'))).message.tone).toBe('refusal');
});

test('autocomplete proposes what fits, at most 25, and nothing to who may not', async () => {
  const suggest = createSuggest({ store: stage.store, commands: COMMANDS, clock: { now: () => NOW } });
  const ask = (accountId: string, command: string, option: string, typed: string) =>
    suggest({
      teamId: TEAM,
      account: { platform: 'console', accountId },
      place: { platform: 'console', channel: `${TEAM}-team` },
      command,
      option,
      typed,
    });
  expect(await ask(`finn@${TEAM}`, 'inventory count', 'sku', 'hoodie, m')).toEqual([
    { value: 'HOODIE-M', label: 'HOODIE-M: Hoodie, medium' },
  ]);
  expect((await ask('a-fan', 'stock', 'sku', '')).map(({ value }) => value)).toEqual([
    'HOODIE-S',
    'HOODIE-M',
    'HOODIE-L',
    'PIN',
    'BOX',
  ]);
  expect(await ask('a-fan', 'inventory count', 'sku', '')).toEqual([]);
  expect(await ask(`maya@${TEAM}`, 'team grant', 'person', 'ol')).toEqual([{ value: 'olga', label: 'Olga' }]);
  expect((await ask(`maya@${TEAM}`, 'help', 'command', '')).length).toBe(25);
  expect(await ask(`maya@${TEAM}`, 'inventory count', 'units', '')).toEqual([]);
  expect(await ask(`maya@${TEAM}`, 'inventory count', 'toString', '')).toEqual([]);
});
