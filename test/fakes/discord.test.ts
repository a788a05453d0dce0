import { MessageFlags } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeOf, openStage, RECEIVE, STOCK } from './discord/stage.ts';
import type { ChatInputCommandInteraction, DiscordAPIError } from 'discord.js';
import type { FakeDiscord } from './discord/index.ts';
import type { Stage } from './discord/stage.ts';

const FORM = {
  title: 'Take units in',
  custom_id: 'f:inventory receive',
  components: [
    { type: 18, label: 'How many', component: { type: 4, custom_id: 'units', style: 1, max_length: 4, value: '12' } },
    {
      type: 18,
      label: 'Why',
      component: { type: 3, custom_id: 'why', required: false, options: [{ label: 'New stock', value: 'new' }] },
    },
  ],
};

let stage: Stage;
let discord: FakeDiscord;
let maya: string;
let channel: string;

beforeEach(async () => {
  stage = await openStage();
  ({ discord, maya, channel } = stage);
});

afterEach(() => stage.close());

describe('interactions through discord.js', () => {
  test('a typed command is deferred privately, then edited; the public channel sees nothing', async () => {
    const seen: unknown[] = [];
    const client = await stage.connect(async (interaction) => {
      const typed = interaction as ChatInputCommandInteraction;
      seen.push(
        typed.options.getSubcommand(),
        typed.options.getString('sku'),
        typed.options.getInteger('units'),
        typed.user.username,
      );
      seen.push(typed.guildId === discord.guildId, typed.context, typed.memberPermissions?.has('SendMessages'));
      await typed.deferReply({ flags: MessageFlags.Ephemeral });
      await typed.editReply({ content: `took in 4 <@${maya}>`, allowedMentions: { parse: ['users'] } });
      await typed.followUp({ content: 'and done', flags: MessageFlags.Ephemeral });
    });
    expect(client.user.id).toBe(discord.botUserId);
    expect(client.application.id).toBe(discord.applicationId);
    await client.application.commands.set([RECEIVE, STOCK] as never);
    const handle = await discord.slash({ user: maya, channel, command: 'inventory receive', options: { sku: 'PIN', units: 4 } });
    expect([handle.deferred, handle.tookMs, handle.modal]).toEqual([true, 0, null]);
    const answer = await handle.answer({ edits: 1 });
    expect([answer.content, answer.flags]).toEqual([`took in 4 <@${maya}>`, MessageFlags.Ephemeral]);
    await discord.until(() => discord.ephemerals(maya).length === 2);
    expect(discord.ephemerals(maya).map(({ content }) => content)).toEqual([`took in 4 <@${maya}>`, 'and done']);
    expect(seen).toEqual(['receive', 'PIN', 4, 'maya', true, 0, true]);
    expect([discord.messages(channel), discord.notifications, discord.complaints, stage.faults]).toEqual([[], [], [], []]);
  });

  test('what Discord’s own client refuses never reaches the bot', async () => {
    await stage.register();
    const options = { sku: 'PIN', units: 4 };
    const slash = (command: string, given: Record<string, string | number>, user = maya, where = channel): Promise<unknown> =>
      discord.slash({ user, channel: where, command, options: given });
    await expect(slash('nothing', {})).rejects.toThrow('offers maya no command /nothing');
    await expect(slash('inventory', {})).rejects.toThrow('needs one more word');
    await expect(slash('inventory receive', { sku: 'PIN' })).rejects.toThrow('units is required');
    await expect(slash('inventory receive', { ...options, units: 101 })).rejects.toThrow('units: is from 1 to 100');
    await expect(slash('inventory receive', { ...options, why: 'old' })).rejects.toThrow('old is not among the choices');
    await expect(slash('inventory receive', { ...options, more: 1 })).rejects.toThrow('no such option: more');
    await expect(slash('inventory receive', options, maya, discord.openDirect(maya))).rejects.toThrow('no command /inventory');
    await stage.register([{ ...STOCK, default_member_permissions: String(1n << 33n) }]);
    await expect(slash('stock', {})).rejects.toThrow('offers maya no command /stock');
    const priya = discord.addUser({ name: 'priya', permissions: ['MANAGE_EVENTS'] });
    await stage.connect(async (interaction) => (interaction as ChatInputCommandInteraction).reply('hello'));
    expect((await (await discord.slash({ user: priya, channel, command: 'stock' })).answer()).content).toBe('hello');
    discord.overrideCommand('stock', [maya]);
    expect((await (await discord.slash({ user: maya, channel, command: 'stock' })).answer()).content).toBe('hello');
    await expect(slash('stock', {}, priya)).rejects.toThrow('offers priya no command /stock');
    expect(discord.messages(channel).map(({ content }) => content)).toEqual(['hello', 'hello']);
  });

  test('a form opens, is filled within its bounds, and is sent', async () => {
    const got: unknown[] = [];
    await stage.register();
    await stage.connect(async (interaction) => {
      if (interaction.isModalSubmit()) {
        got.push(
          interaction.customId,
          interaction.fields.getTextInputValue('units'),
          interaction.fields.getStringSelectValues('why'),
        );
        await interaction.reply({ content: 'thanks', flags: MessageFlags.Ephemeral });
      } else if (interaction.isChatInputCommand()) {
        await interaction.showModal(FORM);
      }
    });
    const { modal } = await discord.slash({ user: maya, channel, command: 'stock' });
    expect(modal?.inputs.map(({ label, value, required, kind }) => [label, value, required, kind])).toEqual([
      ['How many', '12', true, 'text'],
      ['Why', '', false, 'select'],
    ]);
    if (modal === null) throw new Error('no form');
    await expect(discord.submit({ user: maya, modal, values: { units: '' } })).rejects.toThrow('How many is required');
    await expect(discord.submit({ user: maya, modal, values: { units: '12345' } })).rejects.toThrow('from 0 to 4 characters');
    await expect(discord.submit({ user: maya, modal, values: { Why: 'old' } })).rejects.toThrow('Why has no choice old');
    const sent = await discord.submit({ user: maya, modal, values: { Why: 'new' } });
    expect([(await sent.answer()).content, got, discord.complaints]).toEqual([
      'thanks',
      ['f:inventory receive', '12', ['new']],
      [],
    ]);
  });

  test('buttons, menus and the menu of a message carry the message', async () => {
    const got: unknown[] = [];
    await stage.register();
    await stage.connect(async (interaction) => {
      if (interaction.isMessageContextMenuCommand()) {
        got.push(interaction.targetMessage.content);
        await interaction.reply({ content: 'noted', flags: MessageFlags.Ephemeral });
      } else if (interaction.isButton()) {
        got.push(interaction.customId, interaction.message.id);
        if (interaction.customId === 'b2') await interaction.update({ content: 'changed' });
        else {
          const row = { type: 1, components: [{ type: 2, style: 4, label: 'Yes', custom_id: 'y' }] } as const;
          await interaction.reply({
            content: 'sure?',
            flags: MessageFlags.Ephemeral,
            components: interaction.customId === 'y' ? [] : [row],
          });
        }
      } else if (interaction.isStringSelectMenu()) {
        got.push(interaction.values);
        await interaction.deferUpdate();
      }
    });
    const buttons = [
      { type: 2, style: 1, label: 'Pause', custom_id: 'b1' },
      { type: 2, style: 2, label: 'More', custom_id: 'b2' },
      { type: 2, style: 2, label: 'Off', custom_id: 'b3', disabled: true },
    ];
    const menu = { type: 3, custom_id: 'm', options: [{ label: 'One', value: '1' }] };
    const { id } = await stage.post({
      content: 'card',
      components: [
        { type: 1, components: buttons },
        { type: 1, components: [menu] },
      ],
    });
    const [message] = discord.messages(channel);
    if (message === undefined) throw new Error('no message');
    const asked = await (await discord.press({ user: maya, message, button: 'Pause' })).answer();
    expect((await (await discord.press({ user: maya, message: asked, button: 'Yes' })).answer()).content).toBe('sure?');
    const other = discord.addUser({ name: 'other' });
    await expect(discord.press({ user: other, message: asked, button: 'Yes' })).rejects.toThrow('another');
    await expect(discord.press({ user: maya, message, button: 'Off' })).rejects.toThrow('Off is disabled');
    await discord.press({ user: maya, message, button: 'b2' });
    expect(discord.messages(channel)[0]?.content).toBe('changed');
    await discord.pick({ user: maya, message, menu: 'm', values: ['1'] });
    const said = discord.say({ user: maya, channel, text: 'Book the van' });
    await discord.messageCommand({ user: maya, channel, message: said.id, name: 'Add to timeline' });
    expect(got).toEqual(['b1', id, 'y', asked.id, 'b2', id, ['1'], 'Book the van']);
    expect(discord.complaints).toEqual([]);
  });

  test('proposals come while typing', async () => {
    await stage.register();
    await stage.connect(async (interaction) => {
      if (interaction.isAutocomplete())
        await interaction.respond([{ name: `is ${interaction.options.getFocused()}`, value: 'PIN' }]);
    });
    const ask = { user: maya, channel, command: 'inventory receive', option: 'sku', typed: 'pi' };
    expect(await discord.autocomplete(ask)).toEqual([{ name: 'is pi', value: 'PIN' }]);
    await expect(discord.autocomplete({ ...ask, option: 'units' })).rejects.toThrow('proposes nothing');
  });

  test('delivered twice: the second answer is refused with 40060, the first stands', async () => {
    await stage.register();
    discord.deliverTwice(true);
    await stage.connect((interaction) =>
      (interaction as ChatInputCommandInteraction).reply({ content: 'once', flags: MessageFlags.Ephemeral }),
    );
    await discord.slash({ user: maya, channel, command: 'stock' });
    await discord.until(() => stage.faults.length === 1);
    expect((stage.faults[0] as DiscordAPIError).code).toBe(40_060);
    expect(discord.ephemerals(maya).map(({ content }) => content)).toEqual(['once']);
  });

  test('nobody answering is a complaint only when somebody was there', async () => {
    await stage.register();
    await expect(discord.slash({ user: maya, channel, command: 'stock' })).rejects.toThrow('did not respond');
    expect(discord.complaints).toEqual([]);
    await stage.connect();
    await expect(discord.slash({ user: maya, channel, command: 'stock' })).rejects.toThrow('did not respond');
    expect(discord.complaints.map(({ what }) => what)).toEqual(['no-response']);
  });

  test('three seconds for the first response, fifteen minutes for edits', async () => {
    await stage.register();
    let lateMs = 3_001;
    await stage.connect(async (interaction) => {
      stage.clock.nowMs += lateMs;
      const typed = interaction as ChatInputCommandInteraction;
      await typed.deferReply({ flags: MessageFlags.Ephemeral });
      stage.clock.nowMs += 15 * 60_000;
      await typed.editReply('too late');
    });
    await expect(discord.slash({ user: maya, channel, command: 'stock' })).rejects.toThrow('did not respond');
    lateMs = 3_000;
    const { tookMs } = await discord.slash({ user: maya, channel, command: 'stock' });
    await discord.until(() => stage.faults.length === 2);
    expect([tookMs, ...stage.faults.map((fault) => (fault as DiscordAPIError).code)]).toEqual([3_000, 10_062, 50_027]);
    expect(discord.complaints.map(({ what }) => what)).toEqual(['late-response', 'no-response']);
  });

  test('a response must fit the interaction', async () => {
    await stage.register();
    const answers: unknown[] = [
      { type: 5, data: { flags: 64, content: 'no' } },
      { type: 5, data: { flags: 4 } },
      { type: 6 },
      { type: 8, data: { choices: [] } },
      { type: 4, data: { flags: 64 } },
      { type: 9, data: { title: 'T'.repeat(46), custom_id: 'f', components: [] } },
      { type: 5, data: { flags: 64 } },
    ];
    const codes: unknown[] = [];
    await stage.connect(async (interaction) => {
      const path = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
      codes.push(
        await codeOf(
          stage
            .rest()
            .patch(`/webhooks/${discord.applicationId}/${interaction.token}/messages/@original`, { auth: false, body: {} }),
        ),
      );
      for (const body of answers) codes.push(await codeOf(stage.rest().post(path, { body, auth: false })));
      codes.push(await codeOf(stage.rest().post(path, { body: { type: 6 }, auth: false })));
    });
    await discord.slash({ user: maya, channel, command: 'stock' });
    await discord.until(() => codes.length === 9);
    const bad = [400, 50_035];
    expect(codes).toEqual([[404, 10_015], bad, bad, bad, bad, [400, 50_006], bad, 'fine', [400, 40_060]]);
    expect(discord.complaints).toHaveLength(6);
  });
});
