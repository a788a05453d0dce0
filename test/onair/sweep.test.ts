import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { formatCall } from '../../src/chat/grammar.ts';
import type { AnyCommand, Option } from '../../src/ports/command.ts';
import { inputFor } from '../commands/stage.ts';
import { visibleText as discordText } from '../fakes/discord/index.ts';
import { visibleText as slackText } from '../fakes/slack/index.ts';
import { goOnAir, WAYS_IN, type OnAir } from '../support/on-air.ts';

// Names that would ping a server, run as markup or turn a line around, if anything let them.
const HOSTILE = '@everyone <!channel> <@U00000001> *b* _i_ `c` ~s~ **B** ||x|| [a](https://evil.example) \u202Egnp.exe 👩‍👩‍👧‍👦';
const many = Array.from({ length: 60 }, (_, at) => `SKU-${String(at).padStart(2, '0')}`);
const PLANS = {
  'one SKU': { skus: { 'SKU-00': { name: 'Pin', count: 1 } }, bundles: {} },
  '60 SKUs with hostile names': {
    skus: Object.fromEntries(many.map((sku, at) => [sku, { name: `${HOSTILE} ${at}`.slice(0, 100), count: at + 40, price: 1 }])),
    bundles: { BOX: { name: HOSTILE.slice(0, 100), of: { 'SKU-00': 1, 'SKU-01': 2 } } },
  },
} as const;
// Commands that cannot run as they are: on Slack a form opens, and Discord's client asks for the rest.
const FORMS = COMMANDS.filter(({ options }) => Object.values(options).some(({ required }) => required));
const PUBLIC = ['stock', 'policy', 'link', 'help'];

type Values = Readonly<Record<string, string | number>>;

const RUNS = WAYS_IN.flatMap((over) => (Object.keys(PLANS) as (keyof typeof PLANS)[]).map((plan) => [plan, over] as const));

describe.each(RUNS)('%s, over %s', (plan, over) => {
  let air: OnAir;
  let known: Readonly<Record<string, string>>;
  beforeAll(async () => {
    air = await goOnAir({
      over,
      plan: {
        ...PLANS[plan],
        milestones: [{ name: `Rehearsal ${plan === 'one SKU' ? '' : HOSTILE}`.slice(0, 100), due: '2027-01-27', owner: 'priya' }],
      },
    });
    const [drop] = await air.team.drops.list();
    const [milestone] = await air.team.milestones.list({ dropId: drop?.id ?? null, nowMs: Date.now() });
    const ids = { drop: drop?.id ?? '', milestone: milestone?.id ?? '' };
    known = { sku: 'SKU-00', alert: 'SKU-00', person: 'olga', command: 'stock', ...ids };
    const { people, channels } = air.cast.slack;
    await (await air.slack.slash(people.priya, channels.team, '/drop start')).answer();
  });
  afterAll(() => air[Symbol.asyncDispose]());

  const seat = (who: 'maya' | 'fan') => ({ user: air.cast.discord.people[who], channel: air.cast.discord.channels.team });
  const slackSeat = (who: 'maya' | 'fan') => [air.cast.slack.people[who], air.cast.slack.channels.team] as const;

  /** What a person gets on Discord for a command with these options, typed as Discord types them. */
  async function onDiscord(who: 'maya' | 'fan', { name, options }: AnyCommand, input: Values): Promise<string> {
    const typed = Object.entries(input).map(([key, value]) => [key, discordValue(options[key], value)] as const);
    const handle = await air.discord.slash({ ...seat(who), command: name, options: Object.fromEntries(typed) });
    return discordText(await handle.answer());
  }

  async function onSlack(who: 'maya' | 'fan', command: AnyCommand, input: Values): Promise<string> {
    const act = await air.slack.slash(...slackSeat(who), formatCall(command, input));
    return slackText(await act.answer());
  }

  function expectHarmless(...texts: readonly string[]): void {
    expect(air.slack.complaints).toEqual([]);
    expect(air.discord.complaints).toEqual([]);
    expect(air.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
    for (const text of texts) {
      expect(text.length).toBeGreaterThan(3);
      expect(text).not.toContain('Something went wrong');
      expect(text).not.toContain('\u202E');
    }
  }

  describe.each(COMMANDS.map((command) => [command.name, command] as const))('/%s', (name, command) => {
    test('typed, with everything and with the least', async () => {
      for (const which of ['all', 'required'] as const) {
        const input = inputFor(command, known, which);
        expectHarmless(await onSlack('maya', command, input), await onDiscord('maya', command, input));
      }
    });

    test('by autocomplete: at most 25 proposals, and none to who may not', async () => {
      const suggested = Object.entries(command.options).filter(([, one]) => one.kind === 'text' && one.suggest !== null);
      for (const [option, { label }] of suggested) {
        const proposals = await air.discord.autocomplete({ ...seat('maya'), command: name, option, typed: '' });
        expect([label, proposals.length <= 25]).toEqual([label, true]);
      }
      air.discord.overrideCommand(name.split(' ')[0] ?? name, [air.cast.discord.people.fan]);
      const toTheFan = await Promise.all(
        suggested.map(([option]) => air.discord.autocomplete({ ...seat('fan'), command: name, option, typed: '' })),
      );
      air.discord.overrideCommand(name.split(' ')[0] ?? name, null);
      expect(PUBLIC.includes(name) ? [] : toTheFan.flat()).toEqual([]);
      expectHarmless();
    });

    test('refused in private to somebody of the public, saying who may', async () => {
      const input = inputFor(command, known, 'required');
      const slack = await onSlack('fan', command, input);
      air.discord.overrideCommand(name.split(' ')[0] ?? name, [air.cast.discord.people.fan]);
      const discord = await onDiscord('fan', command, input);
      air.discord.overrideCommand(name.split(' ')[0] ?? name, null);
      const refused = [slack, discord].map((text) => /You need the role .*founder|Only members of the team may /.test(text));
      expect(refused).toEqual(PUBLIC.includes(name) ? [false, false] : [true, true]);
      expectHarmless(slack, discord);
    });
  });

  test.each(FORMS.map((command) => [command.name, command] as const))(
    '/%s: a form for what is missing',
    async (name, command) => {
      const view = await (await air.slack.slash(...slackSeat('maya'), `/${name}`)).view();
      const values = Object.entries(inputFor(command, known, 'required')).map(([key, value]) => [key, String(value)] as const);
      const submitted = await air.slack.submit(view, Object.fromEntries(values));
      expect(submitted.errors).toEqual({});
      expectHarmless(slackText(await submitted.answer()));
      await expect(onDiscord('maya', command, {})).rejects.toThrow('required'); // its client does not send it
    },
  );

  test('what is on air is proposed first', async () => {
    const ask = { ...seat('maya'), command: 'stock', option: 'sku' };
    expect((await air.discord.autocomplete({ ...ask, typed: '' }))[0]?.value).toBe('SKU-00');
    const view = await (await air.slack.slash(...slackSeat('maya'), '/inventory receive')).view();
    expect((await air.slack.options(view, 'sku', ''))[0]?.value).toBe('SKU-00');
  });

  test('nothing that was shown pinged anybody but the people of the team', async () => {
    await air.drain();
    const team = [...Object.values(air.cast.slack.people), ...Object.values(air.cast.discord.people)].filter(
      (id) => id !== air.cast.slack.people.fan && id !== air.cast.discord.people.fan,
    );
    for (const { userId } of [...air.slack.notifications, ...air.discord.notifications]) expect(team).toContain(userId);
    for (const { by } of air.slack.notifications) expect(by).toBe('mention');
    for (const { why } of air.discord.notifications) expect(why).toBe('user');
    expectHarmless();
  });
});

/** A value as Discord's client sends it: numbers as numbers, a length of time as it is typed. */
function discordValue(option: Option | undefined, value: string | number): string | number {
  return option?.kind === 'duration' ? `${Math.ceil(Number(value) / 1000)}s` : value;
}
