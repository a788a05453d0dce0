import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { renderMessage as onDiscord } from '../../src/chat/discord/render.ts';
import { renderMessage as onSlack } from '../../src/chat/slack/render.ts';
import type { Ask, Reply } from '../../src/ports/chat.ts';
import type { AnyCommand } from '../../src/ports/command.ts';
import { openStage, TEAM, type Speaker, type Stage } from '../commands/stage.ts';
import { messageFaults } from '../fakes/discord/limits.ts';
import { limitFaults } from '../fakes/slack/limits.ts';
import { expectLetters, discordTexts, slackTexts } from '../support/harmless.ts';
import { hostileText, PROPERTY_MS_MAX, runsOf } from '../support/hostile.ts';
import { NOW, planFor } from '../support/plan.ts';

const RUNS = runsOf(150);
vi.setConfig({ testTimeout: PROPERTY_MS_MAX });
const OTHER = 'other-team';

let stage: Stage;
let caseCount = 0;
beforeAll(async () => {
  stage = await openStage();
  await stage.store.importPlan({ plan: planFor(OTHER), by: null, nowMs: NOW });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  console.info(`hostile-commands: ${caseCount} asks`);
});

/** What a reply looks like on both platforms: within their limits, nothing of it made of a stranger's text, nobody called. */
function expectDrawnHarmlessly({ message, buttonIds, telling }: Reply): void {
  const slack = onSlack(message, { ...telling, nowMs: NOW, buttonIds, pings: [] });
  expect(limitFaults(slack.blocks)).toEqual([]);
  const discord = onDiscord(message, { kind: 'card', buttonIds, pings: [], postId: null });
  expect(messageFaults(discord)).toEqual([]);
  expect(discord.allowed_mentions).toEqual({ parse: [], users: [], replied_user: false });
  for (const drawn of [...slackTexts([{ type: 'message', text: slack.text }, slack.blocks]), ...discordTexts([discord])]) {
    expectLetters(drawn);
  }
}

/** Asks, and looks: it is answered, harmlessly; a refusal has changed nothing. */
async function expectSane(speaker: Speaker, ask: Ask): Promise<Reply> {
  caseCount += 1;
  const before = await kept();
  const reply = await stage.ask(speaker, ask);
  expect(stage.faults()).toEqual([]);
  expectDrawnHarmlessly(reply);
  expect(reply.message.mentions).toEqual([]);
  expect(reply.message.tone === 'refusal' ? await kept() : before).toEqual(before);
  return reply;
}

/** All that is kept, but for notes about asking: buttons shown, answers by request key, wrong link codes, the platform last used. */
async function kept(): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { buttons: _, requests: __, linkTries: ___, people = [], ...rows } = await stage.rows();
  return { ...rows, people: (people as { lastPlatform: unknown }[]).map(({ lastPlatform: ____, ...person }) => person) };
}

const speakers = fc.constantFrom<Speaker>('founder', 'host', 'member', 'public');
const commands = fc.constantFrom(...COMMANDS);
const values = fc.oneof(hostileText(400), fc.integer(), fc.double(), fc.constantFrom(1e308, -0, NaN, Infinity));
const check = <T>(cases: fc.Arbitrary<T>, send: (one: T) => Promise<unknown>) =>
  fc.assert(
    fc.asyncProperty(cases, async (one) => void (await send(one))),
    { numRuns: RUNS, endOnFailure: true },
  );

/** A line somebody types: a command, or what looks like one, and anything behind it. */
const lines = fc
  .tuple(
    fc.oneof(
      commands.map(({ name }) => `/${name}`),
      hostileText(60),
    ),
    fc.array(hostileText(120), { maxLength: 4 }),
  )
  .map(([head, rest]) => [head, ...rest].join(' '));

test('any line typed, on Slack or in the console', async () => {
  await check(fc.record({ speaker: speakers, text: lines }), ({ speaker, text }) => expectSane(speaker, { kind: 'text', text }));
});

test('a very long line is answered in time', async () => {
  for (const unit of ['"', '\\', 'reason:', 'x ', '“', '20% ', ' ', '@here ', '<!channel>']) {
    const began = performance.now();
    await expectSane('founder', { kind: 'text', text: `/pause ${unit.repeat(40_000 / unit.length)}` });
    await expectSane('founder', { kind: 'text', text: unit.repeat(40_000 / unit.length) });
    expect([unit, performance.now() - began < 2_000]).toEqual([unit, true]);
  }
});

/** Input for a command's own options and for others nobody has, as Discord's client or a form would send it. */
function inputs({ options }: AnyCommand): fc.Arbitrary<Record<string, string | number>> {
  const names = fc.constantFrom(...Object.keys(options), '__proto__', 'constructor', 'sku', '');
  return fc.dictionary(names, values, { maxKeys: 6 });
}

test.each(['typed', 'form'] as const)('any options of any command, as a %s', async (kind) => {
  const asks = commands.chain((command) =>
    fc.record({ speaker: speakers, name: fc.constant(command.name), input: inputs(command) }),
  );
  await check(asks, ({ speaker, name, input }) => expectSane(speaker, { kind, name, input }));
  await check(fc.record({ name: hostileText(60), text: hostileText() }), ({ name, text }) =>
    expectSane('founder', { kind, name, input: { [text]: text } }),
  );
});

test('a form says what is wrong with it, whatever is in it', async () => {
  const forms = commands.chain((command) => fc.record({ name: fc.constant(command.name), input: inputs(command) }));
  await check(forms, ({ name, input }) => {
    caseCount += 1;
    const faults = stage.door.formFaults(name, input);
    for (const words of Object.values(faults ?? {})) expect(words).toMatch(/^[^\n]{1,600}$/u);
    return Promise.resolve();
  });
});

test('proposals are within limits, whatever was typed so far', async () => {
  const asks = commands.chain(({ name, options }) =>
    fc.record({ command: fc.constant(name), option: fc.constantFrom(...Object.keys(options), 'x'), typed: hostileText() }),
  );
  await check(asks, async ({ command, option, typed }) => {
    caseCount += 1;
    const account = { platform: 'console', accountId: `maya@${TEAM}` } as const;
    const place = { platform: 'console', channel: 'team' } as const;
    const found = await stage.door.suggest({ teamId: TEAM, account, place, command, option, typed });
    expect(found.length).toBeLessThanOrEqual(25);
  });
});

test('a forged button, an altered one and one of another team do nothing', async () => {
  const { buttonIds } = await stage.ask('founder', { kind: 'text', text: '/stock' });
  const [real = ''] = buttonIds;
  expect(real).not.toBe('');
  const forged = fc.oneof(
    hostileText(120),
    fc.nat(real.length - 1).map((at) => `${real.slice(0, at)}${real[at] === 'a' ? 'b' : 'a'}${real.slice(at + 1)}`),
    fc.constantFrom(real.slice(0, -1), `${real}x`, real.toUpperCase(), ` ${real}`, `${real}\0`, '', '%', '_', '*'),
  );
  const stale = (await stage.ask('founder', { kind: 'button', buttonId: 'nobody-has-this' })).message;
  await check(forged, async (buttonId) => {
    if (buttonId === real) return;
    expect((await expectSane('founder', { kind: 'button', buttonId })).message).toEqual(stale);
    expect(await stage.door.beforePress({ teamId: TEAM, buttonId })).toEqual({ kind: 'nothing' });
  });

  const before = await kept();
  const account = { platform: 'console', accountId: `maya@${OTHER}` } as const;
  const place = { platform: 'console', channel: `${OTHER}-team` } as const;
  const ask = { kind: 'button', buttonId: real } as const;
  const pressed = await stage.door.run({ teamId: OTHER, account, place, requestKey: 'elsewhere', ask });
  expect(pressed.message).toEqual(stale);
  expect(await stage.door.beforePress({ teamId: OTHER, buttonId: real })).toEqual({ kind: 'nothing' });
  expect(await kept()).toEqual(before);
});

test('what somebody may not do is not done by any way of asking it', async () => {
  const before = await kept();
  const asks = commands
    .filter(({ may }) => !['stock.see', 'policy.see', 'help.see', 'link.use'].includes(may))
    .chain((command) => fc.record({ command: fc.constant(command), input: inputs(command) }));
  await check(asks, async ({ command, input }) => {
    for (const kind of ['typed', 'form'] as const) await expectSane('public', { kind, name: command.name, input });
  });
  expect(await kept()).toEqual(before);
});
