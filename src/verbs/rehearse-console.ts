import type { Readable, Writable } from 'node:stream';
import { createButtonNumbers, type ButtonNumbers } from '../chat/console/buttons.ts';
import { connectConsole, type ConsoleConnection } from '../chat/console/connect.ts';
import { createDesk, type Seat } from '../chat/console/desk.ts';
import { widthOf } from '../chat/console/limits.ts';
import { clockWords } from '../chat/console/render.ts';
import { consoleSender, replyLines } from '../chat/console/send.ts';
import { durationMs } from '../chat/values.ts';
import type { HeardFacts } from '../domain/order.ts';
import { msToWall, sayDuration } from '../domain/time.ts';
import type { Log } from '../ports/log.ts';
import type { Plan } from '../ports/plan.ts';
import { afterShowReport } from '../words/report.ts';
import { openRehearsal, type Rehearsal } from './rehearse.ts';
import { firstSeat, sitAs, sitIn } from './seat.ts';
import type { ExitCode } from './terminal.ts';

export type RehearseAsk = {
  readonly plan: Plan;
  readonly orders: readonly HeardFacts[];
  readonly speed: number; // rehearsal seconds per second, at a terminal
  readonly quiet: boolean; // answers and the summary only
  readonly json: boolean; // nothing on standard output but the summary, as JSON
};

export type RehearseNeeds = {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly warn: (line: string) => void;
  readonly log: Log;
  readonly colours: boolean;
};

const FRAME_MS = 250;
const PROGRESS_MS = 2_000;

/** Rehearses a show at a terminal, or line by line from a file of commands, and ends with what happened. */
export async function rehearseAtConsole(ask: RehearseAsk, needs: RehearseNeeds): Promise<ExitCode> {
  const terminal = needs.input.isTTY === true && needs.output.isTTY === true && !ask.json;
  const screen = openScreen(ask, needs);
  const rehearsal = await openRehearsal(ask, { sender: screen.sender, log: needs.log });
  const room = await openRoom(rehearsal, { ask, needs, screen, terminal });
  try {
    await rehearsal.playTo(rehearsal.opensAtMs);
    screen.write(welcome(ask, terminal));
    const connection = connectConsole({ input: needs.input, output: needs.output, prompt: room.prompt, onLine: room.onLine });
    if (terminal) screen.through(connection);
    const timer = terminal ? setInterval(room.frame, FRAME_MS) : undefined;
    room.onLeave(connection.close);
    await connection.ended;
    clearInterval(timer);
    await room.finish();
    return 0;
  } finally {
    await rehearsal.close();
  }
}

type Screen = {
  readonly write: (text: string) => void;
  readonly sender: (nowMs: () => number) => ReturnType<typeof consoleSender>;
  readonly numbers: ButtonNumbers;
  readonly width: () => number;
  readonly through: (connection: ConsoleConnection) => void;
};

function openScreen({ quiet, json }: RehearseAsk, { output, colours }: RehearseNeeds): Screen {
  const numbers = createButtonNumbers();
  const width = () => widthOf(output.columns);
  let line = (text: string): void => void output.write(`${text}\n`);
  const write = (text: string): void => {
    if (!json) for (const each of text.split('\n')) line(each);
  };
  return {
    write,
    numbers,
    width,
    sender: (now) => consoleSender({ write: quiet ? () => undefined : write, now, width, colours, numbers }),
    through: (connection) => {
      line = connection.write;
    },
  };
}

/** One line of help for the newcomer, and where they are. */
function welcome({ plan, orders, speed }: RehearseAsk, terminal: boolean): string {
  const time = terminal ? `Time runs ${speed} times as fast.` : 'Time moves only by /wait 30s; the end of input plays the rest.';
  return [
    '',
    `This is a rehearsal of ${plan.drop.name} (${plan.team.name}): ${orders.length} orders are about to come in. ${time}`,
    'Nothing leaves this terminal. # lines are what each channel would show: NEW, EDIT of the same message, RING for a ping.',
    'Try  /stock   /pause all label misprint   /resume   /timeline   /help   a button by its number   /as finn   /wait 5m   /quit',
    '',
  ].join('\n');
}

type Room = {
  readonly prompt: () => string;
  readonly onLine: (line: string) => Promise<void>;
  readonly frame: () => void;
  readonly finish: () => Promise<void>;
  readonly onLeave: (leave: () => void) => void;
};

/** The rehearsal's own words around the desk: /as, /in, /wait, /quit. One thing happens at a time. */
async function openRoom(
  rehearsal: Rehearsal,
  { ask, needs, screen, terminal }: { ask: RehearseAsk; needs: RehearseNeeds; screen: Screen; terminal: boolean },
): Promise<Room> {
  const { team, show, house } = rehearsal;
  const { zone } = ask.plan.drop;
  const locale = ask.plan.team.locale;
  const reply = { numbers: screen.numbers, width: screen.width, now: show.nowMs, zone, locale, colours: needs.colours };
  const desk = createDesk({
    run: house.dispatch.run,
    teamId: ask.plan.team.id,
    numbers: screen.numbers,
    show: (answer) => screen.write(replyLines(answer, reply).join('\n')),
  });
  let seat: Seat = firstSeat(await team.team.view());
  let leave = (): void => undefined;
  let left = false;
  let queue: Promise<void> = Promise.resolve();
  let ended = false;

  const prompt = (): string => `${clockWords(show.nowMs(), zone)} ${seat.account.accountId} #${seat.place.channel}> `;
  const one = (work: () => Promise<void>): Promise<void> => (queue = queue.then(work));

  async function move(moved: { readonly seat: Seat; readonly line: string }): Promise<void> {
    seat = moved.seat;
    screen.write(moved.line);
  }

  async function handle(line: string): Promise<void> {
    if (!terminal && line.trim() !== '') screen.write(`${prompt()}${line}`);
    const [word = '', ...rest] = line.trim().split(/\s+/);
    const asked = rest.join(' ');
    if (word === '/quit' || word === '/exit') {
      left = true;
      return leave();
    }
    if (left) return;
    if (word === '/as') return move(sitAs(seat, asked, await team.team.view()));
    if (word === '/in') return move(sitIn(seat, asked, await team.team.view()));
    if (word === '/wait') return wait(asked);
    await desk.handle(line, seat);
    await rehearsal.playTo(show.nowMs()); // what it caused is shown at once
  }

  async function wait(asked: string): Promise<void> {
    const forMs = durationMs(asked);
    if (forMs === null) return screen.write('How long? For example /wait 30s, /wait 5m or /wait 1h.');
    await rehearsal.playTo(show.nowMs() + forMs);
    screen.write(`${clockWords(show.nowMs(), zone)}: ${sayDuration(forMs)} later, ${progressWords(show)}.`);
  }

  async function summarize(): Promise<void> {
    const report = await rehearsal.report();
    if (ask.json) needs.output.write(`${JSON.stringify(report, null, 2)}\n`);
    else
      screen.write(
        [
          '',
          ...replyLines(
            { message: afterShowReport(report, { locale, zone, nameOf: (personId) => personId }), buttonIds: [] },
            reply,
          ),
        ].join('\n'),
      );
  }

  return {
    prompt,
    onLine: (line) => one(() => handle(line)),
    onLeave(call) {
      leave = call;
    },
    frame() {
      if (ended || left) return;
      void one(async () => {
        if (left) return;
        await rehearsal.playTo(Math.min(show.nowMs() + FRAME_MS * ask.speed, show.endsAtMs));
        if (show.nowMs() < show.endsAtMs || ended) return;
        ended = true;
        await summarize();
        screen.write('The show is over. Look around as long as you like; /quit leaves.');
      });
    },
    finish: () =>
      one(async () => {
        if (ended) return;
        if (!left) await playRest(rehearsal, { zone, warn: needs.warn });
        await summarize();
      }),
  };
}

function progressWords({ ordersPlayed, orderCount }: Rehearsal['show']): string {
  return `${ordersPlayed().toLocaleString('en')} of ${orderCount.toLocaleString('en')} orders in`;
}

/** Plays to the end, saying every two seconds how far it is. */
async function playRest(rehearsal: Rehearsal, { zone, warn }: { zone: string; warn: (line: string) => void }): Promise<void> {
  const { show } = rehearsal;
  const stepMs = Math.max(1_000, (show.endsAtMs - show.nowMs()) / 500);
  let toldAtMs = performance.now();
  while (show.nowMs() < show.endsAtMs) {
    await rehearsal.playTo(Math.min(show.nowMs() + stepMs, show.endsAtMs));
    if (performance.now() - toldAtMs > PROGRESS_MS) {
      toldAtMs = performance.now();
      warn(`… ${msToWall(show.nowMs(), zone).replace('T', ' ')}, ${progressWords(show)}`);
    }
  }
}
