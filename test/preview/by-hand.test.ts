import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const WITHIN_MS = 10_000;
const PEOPLE = ['maya', 'priya', 'hugo', 'olga', 'finn', 'sam', 'fan'];
const CHANNELS = ['#team', '#alerts', '#host', '#community'];

/** A platform at a terminal. `until` waits for a line; `stop` ends its input and tells how it ended. */
function start(file: string) {
  const child = spawn(process.execPath, [file, '0'], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const heard = createInterface({ input: child.stdout });
  heard.on('line', (line) => lines.push(line));
  const exited = once(child, 'exit');
  return {
    lines,
    say: (line: string): void => void child.stdin.write(`${line}\n`),
    async until(wanted: RegExp): Promise<string> {
      const signal = AbortSignal.timeout(WITHIN_MS);
      for (;;) {
        const found = lines.find((line) => wanted.test(line));
        if (found !== undefined) return found;
        await once(heard, 'line', { signal });
      }
    },
    async stop(): Promise<unknown> {
      child.stdin.end();
      return (await exited)[0];
    },
  };
}

test.each([
  ['slack', ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_API_URL'], /^[UC]0[A-Z]+$/u],
  ['discord', ['DISCORD_TOKEN', 'DISCORD_GUILD_ID', 'DISCORD_API_URL'], /^\d{15,20}$/u],
])(
  '%s by hand tells its settings, and everybody’s and every channel’s id',
  async (platform, settings, id) => {
    const hand = start(`test/fakes/${platform}/by-hand.ts`);
    await hand.until(/#community/u);
    const listed = hand.lines.filter((line) => /^ {2}\S+ \S+$/u.test(line));
    const named = Object.fromEntries(listed.map((line) => line.trim().split(' ') as [string, string]));
    expect(settings.filter((name) => !hand.lines.some((line) => line.startsWith(`${name}=`)))).toEqual([]);
    expect([...PEOPLE, ...CHANNELS].filter((name) => !id.test(named[name] ?? ''))).toEqual([]);
    hand.say('maya #team /stock');
    await hand.until(/did not respond|Discord offers maya no command/u);
    expect(await hand.stop()).toBe(0);
  },
  30_000,
);

test('discord by hand shows what is posted, and whom it calls', async () => {
  const hand = start('test/fakes/discord/by-hand.ts');
  await hand.until(/#community/u);
  const setting = (name: string) => hand.lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const body = {
    content: 'Sold out <@800000000000000005>',
    allowed_mentions: { parse: [], users: ['800000000000000005'], replied_user: false },
  };
  const posted = await fetch(`${setting('DISCORD_API_URL')}/v10/channels/900000000000000002/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${setting('DISCORD_TOKEN')}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(posted.status).toBe(200);
  await hand.until(/^ {6}Sold out @finn$/u);
  expect(await hand.until(/🔔/u)).toBe('🔔 finn in #alerts (user)');
  hand.say('maya #alerts');
  expect(await hand.until(/Showcaller:/u)).toBe('  Showcaller: Sold out @finn');
  hand.say('maya press Acknowledge');
  expect(await hand.until(/a button that reads/u)).toBe('  nobody shows maya a button that reads Acknowledge');
  expect(await hand.stop()).toBe(0);
}, 30_000);
