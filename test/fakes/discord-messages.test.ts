import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { visibleText } from './discord/index.ts';
import { codeOf, openStage, STOCK } from './discord/stage.ts';
import type { DiscordAPIError } from 'discord.js';
import type { FakeDiscord } from './discord/index.ts';
import type { Stage } from './discord/stage.ts';

let stage: Stage;
let discord: FakeDiscord;
let maya: string;
let channel: string;

beforeEach(async () => {
  stage = await openStage();
  ({ discord, maya, channel } = stage);
});

afterEach(() => stage.close());

describe('messages', () => {
  test('a nonce is posted once for some minutes, and nobody reads it later', async () => {
    const body = { content: 'one', nonce: 'post-1', enforce_nonce: true };
    const first = await stage.post(body);
    expect((await stage.post({ ...body, content: 'two' })).id).toBe(first.id);
    expect((await stage.post({ ...body, nonce: 'post-1.1' })).id).not.toBe(first.id);
    expect((await stage.post({ content: 'three', nonce: 'post-1' })).id).not.toBe(first.id); // not enforced
    stage.clock.nowMs += 5 * 60_000;
    expect((await stage.post(body)).id).not.toBe(first.id);
    expect(discord.messages(channel).map(({ content }) => content)).toEqual(['one', 'one', 'three', 'one']);
    const read = (await stage.rest().get(`/channels/${channel}/messages`)) as { nonce?: string }[];
    expect(read.map(({ nonce }) => nonce)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('who is rung, and who is not', async () => {
    const ops = discord.addRole({ name: 'ops' });
    const finn = discord.addUser({ name: 'finn', roles: [ops] });
    const rungBy = async (body: Record<string, unknown>): Promise<readonly string[]> => {
      const before = discord.notifications.length;
      await stage.post(body);
      return discord.notifications.slice(before).map(({ userId, why }) => `${userId === finn ? 'finn' : 'maya'} ${why}`);
    };
    const none = { parse: [] };
    const said = discord.say({ user: maya, channel, text: 'hello' });
    const reply = { content: 'hi', message_reference: { message_id: said.id, fail_if_not_exists: false } };
    expect(await rungBy({ content: `<@${maya}>` })).toEqual(['maya user']);
    expect(await rungBy({ content: `<@${maya}> <@!${maya}>`, allowed_mentions: { parse: [], users: [maya] } })).toEqual([
      'maya user',
    ]);
    expect(await rungBy({ content: `<@${maya}>`, allowed_mentions: { parse: [], users: [finn] } })).toEqual([]);
    expect(await rungBy({ content: `<@${maya}> <@&${ops}> @everyone`, allowed_mentions: none })).toEqual([]);
    expect(await rungBy({ content: `<@&${ops}>`, allowed_mentions: { parse: ['roles'] } })).toEqual(['finn role']);
    expect(await rungBy({ content: 'say `@everyone`' })).toEqual(['maya everyone', 'finn everyone']);
    expect(await rungBy({ content: '@here', allowed_mentions: { parse: ['everyone'] } })).toEqual(['maya here', 'finn here']);
    expect(await rungBy({ embeds: [{ description: `<@${maya}> @everyone` }] })).toEqual([]);
    expect(await rungBy(reply)).toEqual(['maya reply']);
    expect(await rungBy({ ...reply, allowed_mentions: none })).toEqual([]);
    expect(await rungBy({ ...reply, allowed_mentions: { ...none, replied_user: true } })).toEqual(['maya reply']);
    const { id } = await stage.post({ content: 'quiet' });
    const before = discord.notifications.length;
    await stage.rest().patch(`/channels/${channel}/messages/${id}`, { body: { content: `@everyone <@${maya}>` } });
    expect(discord.notifications).toHaveLength(before);
    expect(discord.complaints).toEqual([]);
  });

  test('every refusal has Discord’s own code', async () => {
    const said = discord.say({ user: maya, channel, text: 'mine' });
    const thread = discord.addChannel({ name: 'thread', parent: channel });
    const at = (id: string, where = channel): `/${string}` => `/channels/${where}/messages/${id}`;
    const { id } = await stage.post({ content: 'mine too' });
    expect(await codeOf(stage.post({ content: 'x' }, '1200000000000000099'))).toEqual([404, 10_003]);
    expect(await codeOf(stage.rest().patch(at('1200000000000000099'), { body: { content: 'x' } }))).toEqual([404, 10_008]);
    expect(await codeOf(stage.rest().patch(at(said.id), { body: { content: 'x' } }))).toEqual([403, 50_005]);
    expect(await codeOf(stage.rest().delete(at(said.id)))).toEqual([403, 50_013]);
    const unknownReply = { content: 'x', message_reference: { message_id: '1200000000000000099' } };
    expect(await codeOf(stage.post(unknownReply))).toEqual([400, 50_035]);
    expect(await codeOf(stage.rest({ authPrefix: 'Bearer' }).get('/users/@me'))).toEqual([401, 0]);
    expect(discord.complaints).toEqual([]);
    expect(await codeOf(stage.rest().patch(at(id), { body: { content: '' } }))).toEqual([400, 50_006]);
    expect(await codeOf(stage.post({}))).toEqual([400, 50_006]);
    expect(await codeOf(stage.post({ content: 'x', colour: 1 }))).toEqual([400, 50_035]);
    expect(await codeOf(stage.rest().get('/nowhere'))).toEqual([404, 0]);
    expect(await codeOf(stage.rest().get(`/channels/${channel}/messages?limit=101`))).toEqual([400, 50_035]);
    expect(discord.complaints.map(({ what }) => what)).toEqual(['bad-body', 'bad-body', 'bad-body', 'unknown-route', 'bad-body']);
    discord.takePermission(channel, 'SEND_MESSAGES_IN_THREADS');
    expect([await codeOf(stage.post({ content: 'x' }, thread)), await codeOf(stage.post({ content: 'x' }))]).toEqual([
      [403, 50_013],
      'fine',
    ]);
    discord.takePermission(channel, 'EMBED_LINKS');
    expect(await codeOf(stage.post({ embeds: [{ title: 'x' }] }))).toEqual([403, 50_013]);
    discord.takePermission(channel, 'READ_MESSAGE_HISTORY');
    expect(await codeOf(stage.post({ content: 'x', message_reference: { message_id: id } }))).toEqual([403, 50_013]);
    discord.takePermission(channel, 'SEND_MESSAGES');
    expect(await codeOf(stage.post({ content: 'x' }))).toEqual([403, 50_013]);
    discord.takePermission(channel, 'VIEW_CHANNEL');
    expect(await codeOf(stage.post({ content: 'x' }))).toEqual([403, 50_001]);
    discord.givePermission(channel, 'VIEW_CHANNEL');
    discord.givePermission(channel, 'SEND_MESSAGES');
    expect(await codeOf(stage.post({ content: 'x' }))).toBe('fine');
    discord.deleteMessage(said);
    expect(discord.messages(channel).map(({ content }) => content)).toEqual(['mine too', 'x', 'x']);
  });

  test('history is read newest first, from anywhere in it', async () => {
    const ids: string[] = [];
    for (const content of ['a', 'b', 'c', 'd', 'e']) ids.push((await stage.post({ content })).id);
    const read = async (query: string): Promise<string> =>
      ((await stage.rest().get(`/channels/${channel}/messages?${query}`)) as { content: string }[])
        .map(({ content }) => content)
        .join('');
    expect(await read('limit=2')).toBe('ed');
    expect(await read(`before=${ids[2]}`)).toBe('ba');
    expect(await read(`after=${ids[1]}&limit=2`)).toBe('dc');
    expect(await read(`around=${ids[2]}&limit=3`)).toBe('dcb');
    expect(discord.calls.at(-1)?.query).toEqual({ around: ids[2], limit: '3' });
  });

  test('files come as a form', async () => {
    const files = [{ name: 'chart.png', data: Buffer.from('png') }];
    await stage.rest().post(`/channels/${channel}/messages`, {
      body: { content: 'see', attachments: [{ id: 0, description: 'A chart' }] },
      files,
    });
    expect(discord.messages(channel)[0]?.attachments).toEqual([{ id: '0', description: 'A chart', filename: 'chart.png' }]);
  });

  test('what is visible of a message', () => {
    const embeds = [{ title: 'T', description: 'D', fields: [{ name: 'N', value: 'V' }], footer: { text: 'F' } }];
    const components = [{ type: 1, components: [{ type: 2, label: 'Go' }] }];
    expect(visibleText({ content: 'C', embeds, components })).toBe('C\nT\nD\nN: V\nF\n[Go]');
  });
});

test('a refused body says where', async () => {
  const fault: unknown = await stage.post({ embeds: [{ title: 'x'.repeat(257) }] }).catch((reason: unknown) => reason);
  const leaf = { code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 256 or fewer in length.' };
  expect((fault as DiscordAPIError).rawError).toEqual({
    code: 50_035,
    message: 'Invalid Form Body',
    errors: { embeds: { 0: { title: { _errors: [leaf] } } } },
  });
});

test('commands for one server have no contexts, and one registered again keeps its id', async () => {
  const path = `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands` as const;
  expect(await codeOf(stage.rest().put(path, { body: [{ ...STOCK, contexts: [0] }] }))).toEqual([400, 50_035]);
  expect(await codeOf(stage.rest().put(path, { body: [STOCK] }))).toBe('fine');
  expect(discord.commands(discord.guildId).map(({ name, type }) => [name, type])).toEqual([['stock', 1]]);
  const ids = async (): Promise<unknown[]> => ((await stage.register()) as { id: string }[]).map(({ id }) => id);
  expect(await ids()).toEqual(await ids()); // registered again, a command keeps its id
});
