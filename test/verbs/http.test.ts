import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { visibleText as discordText } from '../fakes/discord/index.ts';
import { visibleText as slackText } from '../fakes/slack/index.ts';
import { temporarySqlite } from '../support/engines.ts';
import { httpSettings, onAirPlan, openPlatforms, TEAM } from '../support/on-air.ts';
import { SERVER_URL, temporaryPostgres } from '../support/real-postgres.ts';
import { exitOf, serve, type Serving } from '../support/serving.ts';

const GROUNDS = {
  'one process on SQLite': async () => {
    const { engine, file, remove } = temporarySqlite();
    return { engine, url: `file:${file}`, remove, processes: 1 };
  },
  'two processes on PostgreSQL': async () => {
    const { engine, database, close } = await temporaryPostgres();
    return { engine, url: database.url, remove: close, processes: 2 };
  },
};
const NEEDS_SERVER = 'two processes on PostgreSQL'; // skipped where TEST_DATABASE_URL names none

for (const [name, open] of Object.entries(GROUNDS)) {
  test.skipIf(name === NEEDS_SERVER && SERVER_URL === '')(
    `${name}: served over HTTP alone, with no socket and no gateway; stopping answers what was asked`,
    { timeout: 60_000 },
    async () => {
      const { slack, discord, cast } = await openPlatforms();
      const ground = await open();
      const store = openStore(ground.engine);
      await store.importPlan({ plan: onAirPlan(cast), by: null, nowMs: Date.now() });
      const env = {
        PATH: process.env['PATH'],
        DATABASE_URL: ground.url,
        PORT: '0',
        ...httpSettings({ slack, discord }),
      };
      const serving: Serving[] = [];
      try {
        for (let nth = 0; nth < ground.processes; nth += 1) serving.push(await serve(env));
        await slack.sendTo(serving.map(({ url }) => `${url}/slack/events`));
        await discord.sendTo(serving.map(({ url }) => `${url}/discord/interactions`));
        await discord.until(() => discord.commands().length > 0);

        // More often than there are processes: what one begins, another goes on with.
        const { people, channels } = cast.slack;
        const view = await (await slack.slash(people.finn, channels.team, '/inventory receive')).view();
        const submitted = await slack.submit(view, { sku: 'PIN', units: '5' });
        expect(submitted.errors).toEqual({});
        expect(slackText(await submitted.answer())).toContain('PIN');
        const seat = { user: cast.discord.people.finn, channel: cast.discord.channels.team };
        const received = { ...seat, command: 'inventory receive', options: { sku: 'PIN', units: 5 } };
        for (let nth = 0; nth < 3; nth += 1) expect(discordText(await (await discord.slash(received)).answer())).toContain('PIN');
        const board = await store.team(TEAM).stock.board({ sku: 'PIN', nowMs: Date.now() });
        expect(board).toMatchObject({ items: [{ level: { onHand: 220 } }] }); // 200, and four times five
        await slack.slash(people.priya, channels.team, '/drop start');
        await slack.until('who is live', () => slack.messages(channels.team).some((one) => slackText(one).includes('live')));
        expect(slack.messages(channels.team).filter((one) => slackText(one).includes('live'))).toHaveLength(1);

        // Asked at the last moment: acknowledged is answered.
        slack.weather.next('response_url', { kind: 'slow', byMs: 200 });
        const last = await slack.slash(people.maya, channels.team, '/stock PIN');
        const exits = serving.map(exitOf);
        for (const { process: child } of serving) child.kill('SIGTERM');
        expect(await Promise.all(exits)).toEqual(serving.map(() => 0));
        expect(slackText(await last.answer())).toContain('220');
        expect([slack.socketCount(), discord.gateway.identifies()]).toEqual([0, 0]);
        expect([slack.complaints, discord.complaints]).toEqual([[], []]);
      } finally {
        for (const { process: child } of serving) child.kill('SIGKILL');
        await Promise.all([slack.stop(), discord.stop()]);
        await ground.remove();
      }
    },
  );
}
