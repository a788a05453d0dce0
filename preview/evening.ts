import type { HeardFacts } from '../src/domain/order.ts';
import type { FormAsk } from '../src/ports/chat.ts';
import type { Button } from '../src/ports/message.ts';
import type { Log } from '../src/ports/log.ts';
import type { Plan } from '../src/ports/plan.ts';
import { apology } from '../src/words/refusal.ts';
import { CHANNELS, DRAWN, type Drawn } from './cast.ts';
import type { Evening, Private } from './exhibit.ts';
import { openStage, type Seat, type Stage } from './play.ts';

const MINUTE_MS = 60_000;

/** Plays the sample's evening as a small team would have it, and tells what each platform showed. */
export async function playEvening(
  show: { readonly plan: Plan; readonly orders: readonly HeardFacts[] },
  log: Log,
): Promise<Readonly<Record<Drawn, Evening>>> {
  const stage = await openStage(show, log);
  try {
    const privates: Record<Drawn, Private[]> = { slack: [], discord: [] };
    const act = actor(stage, privates);
    await firstHalf(stage, act);
    for (const platform of DRAWN) await askAround(stage, act, platform);
    await secondHalf(stage, act);
    const eveningOf = (platform: Drawn): Evening => ({
      zone: show.plan.drop.zone,
      locale: show.plan.team.locale,
      channels: Object.fromEntries(Object.keys(CHANNELS[platform]).map((purpose) => [purpose, stage.posts(platform, purpose)])),
      privates: privates[platform],
    });
    return { slack: eveningOf('slack'), discord: eveningOf('discord') };
  } finally {
    await stage.close();
  }
}

type Actor = ReturnType<typeof actor>;

/** Lets people do things, and keeps what they are shown in answer. */
function actor(stage: Stage, privates: Readonly<Record<Drawn, Private[]>>) {
  const keep = (seat: Seat, typed: string, shown: PrivateKind): void =>
    void privates[seat.platform].push({ who: seat.who, typed, atMs: stage.nowMs(), ...shown });

  return {
    keep,
    async type(seat: Seat, typed: string): Promise<void> {
      const reply = await stage.ask(seat, { kind: 'text', text: typed });
      keep(seat, `${typed} in #${seat.channel}`, { kind: typed === '/home' ? 'home' : 'answer', reply });
    },
    /** Presses a button of the newest card in a channel that has one so called, of this item if it is named. */
    async press(seat: Seat, label: string, about = ''): Promise<void> {
      const { button, buttonId } = buttonOf(stage, seat, label, about);
      const typed = `[${label}] pressed in #${seat.channel}`;
      if (button.confirm !== null) keep(seat, typed, { kind: 'question', confirm: button.confirm, buttonId });
      const reply = await stage.ask(seat, { kind: 'button', buttonId });
      if (reply.form === null) keep(seat, typed, { kind: 'answer', reply });
      else keep(seat, typed, { kind: 'form', form: reply.form, buttonId });
    },
  };
}

type PrivateKind = Private extends infer P ? (P extends Private ? Omit<P, 'who' | 'typed' | 'atMs'> : never) : never;

function buttonOf(stage: Stage, seat: Seat, label: string, about: string): { button: Button; buttonId: string } {
  const found = stage.posts(seat.platform, seat.channel).flatMap(({ last: { delivery } }) => {
    const buttons = delivery.message.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
    const at = buttons.findIndex((button) => button.label === label);
    const [button, buttonId] = [buttons[at], delivery.buttonIds[at]];
    if (button === undefined || buttonId === undefined || !delivery.message.summary.includes(about)) return [];
    return [{ button, buttonId }];
  });
  const newest = found.at(-1);
  if (newest === undefined) throw new Error(`#${seat.channel} shows no button ${label} about “${about}”`);
  return newest;
}

const at = (platform: Drawn, who: string, channel: string): Seat => ({ platform, who, channel });

/** The show begins, everything is stopped for a misprint and runs again, alerts are taken, one item is stopped. */
async function firstHalf(stage: Stage, act: Actor): Promise<void> {
  const after = (minutes: number) => stage.playTo(stage.liveAtMs + minutes * MINUTE_MS);
  await stage.playTo(stage.liveAtMs - 1);
  await act.type(at('slack', 'priya', 'team'), '/drop start');
  await after(5);
  await act.press(at('discord', 'finn', 'alerts'), 'Acknowledge', 'HOODIE-XXL');
  await after(8);
  await act.type(at('slack', 'priya', 'team'), '/pause all label misprint');
  await after(9.5);
  await act.press(at('discord', 'maya', 'team'), 'Resume');
  await after(16);
  await act.type(at('discord', 'finn', 'alerts'), '/pause HOODIE-XL the print is crooked');
  await after(24);
}

/** What the main commands answer in the middle of the show, one item paused. */
async function askAround(stage: Stage, act: Actor, platform: Drawn): Promise<void> {
  const priya = at(platform, 'priya', 'team');
  const typed = [
    '/stock',
    '/stock HOODIE-M',
    '/stock BOX',
    '/policy returns',
    '/timeline',
    '/home',
    '/drop',
    '/help',
    '/help pause',
  ];
  for (const line of [...typed, '/team list', '/showcaller health', '/stock HODIE-M', '/pause label misprint']) {
    await act.type(priya, line);
  }
  const fan = at(platform, 'fan', 'community');
  for (const line of ['/stock', '/stock PIN', '/policy shipping', '/pause all']) await act.type(fan, line);
  const missing = { name: 'milestone add', input: { name: 'Photo shoot' } };
  const form = stage.door.formFor({ kind: 'typed', ...missing });
  if (form === null) throw new Error('a milestone without a day needs a form');
  act.keep(priya, '/milestone add Photo shoot', { kind: 'form', form: form satisfies FormAsk, buttonId: null });
  act.keep(priya, '/stock', { kind: 'answer', reply: { message: apology('5f3a9c01'), buttonIds: [], telling: stage.telling } });
}

/** What was stopped runs again, an alert needs nothing, and the show ends. */
async function secondHalf(stage: Stage, act: Actor): Promise<void> {
  const after = (minutes: number) => stage.playTo(stage.liveAtMs + minutes * MINUTE_MS);
  await after(27);
  await act.press(at('slack', 'olga', 'team'), 'Resume', 'HOODIE-XL'); // an ops lead may pause, but not resume
  await act.press(at('slack', 'priya', 'team'), 'Resume', 'HOODIE-XL');
  await after(33);
  await act.press(at('slack', 'finn', 'alerts'), 'Dismiss', 'HOODIE-XXL');
  await act.type(at('slack', 'finn', 'alerts'), '/alert dismiss HOODIE-XXL few were made, and none are coming');
  await after(46);
  await act.type(at('slack', 'priya', 'team'), '/drop end');
  await stage.playTo(stage.endsAtMs);
}
