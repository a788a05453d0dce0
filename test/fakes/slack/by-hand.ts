import { createInterface } from 'node:readline';
import { startFakeSlack, visibleText, type FakeSlack, type Pressable, type ShownView } from './index.ts';

const HELP = `
  maya #alerts /stock HOODIE-M      a slash command
  maya press Acknowledge            the newest button that reads so, in what Maya sees
  maya home                         opens the Home tab
  maya #team                        what the channel shows
  maya form field=value; other=…    fills and submits the topmost form
  rate-limit chat.postMessage 5     the next call is told to come back in 5 s
  http http://127.0.0.1:8080/slack/events …   sends requests there from now on, in turn
  down · up · drop · revoke · restore · twice · once`;

// Ids that never change, so that a plan and an .env written for one run still fit the next.
const PEOPLE = {
  maya: 'U0MAYA',
  priya: 'U0PRIYA',
  hugo: 'U0HUGO',
  olga: 'U0OLGA',
  finn: 'U0FINN',
  sam: 'U0SAM',
  fan: 'U0FAN', // one of the public: in no plan
} as const;
const CHANNELS = { team: 'C0TEAM', alerts: 'C0ALERTS', host: 'C0HOST', community: 'C0COMMUNITY' } as const;
const idOf = (ids: Readonly<Record<string, string>>, name: string): string => ids[name.replace('#', '')] ?? name;

const nameOf = (ids: Readonly<Record<string, string>>, id: string): string =>
  Object.entries(ids).find(([, one]) => one === id)?.[0] ?? id;

const log = (line: string): void => void process.stdout.write(`${line}\n`);
const indented = (text: string): string => text.replaceAll('\n', '\n      ');

/** Tells what there is to see as it comes, once each. */
function watch(slack: FakeSlack): void {
  const told = new Set<string>();
  const once = (key: string, line: () => string): void => {
    if (told.has(key)) return;
    told.add(key);
    log(line());
  };
  const look = (): void => {
    for (const [channel, channelId] of Object.entries(CHANNELS)) {
      for (const one of slack.messages(channelId)) {
        const how =
          one.editCount > 0 ? ' (edited)' : one.threadTs === null ? '' : one.broadcast ? ' (reply, broadcast)' : ' (reply)';
        once(`${channel}/${one.ts}/${one.editCount}`, () => `#${channel}${how}\n      ${indented(visibleText(one))}`);
      }
    }
    for (const one of slack.ephemerals)
      once(
        `${one.id}/${one.replacedCount}`,
        () => `only ${nameOf(PEOPLE, one.userId)} sees\n      ${indented(visibleText(one))}`,
      );
    for (const userId of Object.values(PEOPLE)) {
      const home = slack.homeOf(userId);
      const views: readonly ShownView[] = [...slack.openViews(userId), ...(home === null ? [] : [home])];
      for (const view of views) {
        const shown = (): string =>
          `${nameOf(PEOPLE, userId)}'s ${view.type}\n      ${indented(visibleText({ blocks: view.view['blocks'] as [] }))}`;
        once(`${view.id}/${view.hash}/${JSON.stringify(view.errors)}`, () => `${shown()}${JSON.stringify(view.errors)}`);
      }
    }
    slack.notifications.forEach((one, at) =>
      once(`ring/${at}`, () => `🔔 ${nameOf(PEOPLE, one.userId)} in #${nameOf(CHANNELS, one.channelId)} (${one.by})`),
    );
    slack.complaints.forEach((one, at) => once(`complaint/${at}`, () => `✗ ${one.where}: ${one.told}`));
  };
  setInterval(look, 100).unref();
}

/** Presses the newest thing a person can see that has this label. */
async function press(slack: FakeSlack, userId: string, label: string): Promise<void> {
  const home = slack.homeOf(userId);
  const seen: readonly Pressable[] = [
    ...Object.values(CHANNELS).flatMap((channelId) => slack.messages(channelId)),
    ...slack.answersTo(userId),
    ...(home === null ? [] : [home]),
  ];
  for (const where of seen.toReversed()) {
    const blocks = where.kind === 'view' ? (where.view['blocks'] as []) : where.blocks;
    if (!visibleText({ blocks }).includes(`[${label}]`)) continue;
    const { acked, confirm } = await slack.press(userId, where, label);
    return log(acked ? `  pressed${confirm === null ? '' : `, after ${JSON.stringify(confirm)}`}` : '  the app did not respond');
  }
  log(`  nobody shows ${nameOf(PEOPLE, userId)} a button that reads ${label}`);
}

async function obey(slack: FakeSlack, line: string): Promise<void> {
  const [first = '', second = '', ...rest] = line.trim().split(' ');
  const tail = rest.join(' ');
  const userId = idOf(PEOPLE, first);
  if (first === '' || first === 'help') return log(HELP);
  if (first === 'down' || first === 'up') return slack.down(first === 'down');
  if (first === 'http') return slack.sendTo([second, ...rest].filter((url) => url !== ''));
  if (first === 'drop') return slack.dropSockets();
  if (first === 'revoke') return slack.revokeToken();
  if (first === 'restore') return slack.restoreToken();
  if (first === 'twice' || first === 'once') return slack.deliverTwice(first === 'twice');
  if (first === 'rate-limit') return slack.weather.next(second, { kind: 'rate-limited', retryAfterSeconds: Number(tail) || 1 });
  if (second === 'press') return press(slack, userId, tail);
  if (second === 'home') return void (await slack.openHome(userId));
  if (second === 'form') {
    const view = slack.openViews(userId).at(-1);
    if (view === undefined) return log('  no form is open');
    const values = tail.split(';').map((pair) => pair.trim().split('=') as [string, string]);
    return void (await slack.submit(view, Object.fromEntries(values.filter(([name]) => name !== ''))));
  }
  const channelId = idOf(CHANNELS, second);
  if (tail === '') return slack.messages(channelId).forEach((one) => log(`  ${indented(visibleText(one))}`));
  const { acked } = await slack.slash(userId, channelId, tail);
  if (!acked) log('  the app did not respond');
}

const listed = (ids: Readonly<Record<string, string>>, mark: string): string =>
  Object.entries(ids)
    .map(([name, id]) => `  ${mark}${name} ${id}`)
    .join('\n');

/** A Slack to try things on by hand: `node test/fakes/slack/by-hand.ts 3100`. */
async function main(): Promise<void> {
  const slack = await startFakeSlack({ port: Number(process.argv[2] ?? 3100) });
  for (const [name, id] of Object.entries(PEOPLE)) slack.addUser(name, { id });
  for (const [name, id] of Object.entries(CHANNELS)) slack.addChannel(name, { id });
  log(`SLACK_BOT_TOKEN=${slack.botToken}\nSLACK_APP_TOKEN=${slack.appToken}\nSLACK_API_URL=${slack.apiUrl}`);
  log(`Over HTTP, in place of the app token: SLACK_SIGNING_SECRET=${slack.signingSecret}\n`);
  log(`${listed(PEOPLE, '')}\n${listed(CHANNELS, '#')}\n${HELP}\n`);
  watch(slack);
  for await (const line of createInterface({ input: process.stdin })) {
    await obey(slack, line).catch((fault: unknown) => log(`  ${fault instanceof Error ? fault.message : String(fault)}`));
  }
  await slack.stop();
}

await main();
