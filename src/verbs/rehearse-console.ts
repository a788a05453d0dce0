import type { Readable, Writable } from 'node:stream';
import { createButtonNumbers, type ButtonNumbers } from '../chat/console/buttons.ts';
import { connectConsole, type ConsoleConnection } from '../chat/console/connect.ts';
import { createDesk, type Seat } from '../chat/console/desk.ts';
import { widthOf } from '../chat/console/limits.ts';
import { clockWords } from '../chat/console/render.ts';
import { consoleSender, replyLines } from '../chat/console/send.ts';
import { durationMs } from '../domain/duration.ts';
import type { HeardFacts } from '../domain/order.ts';
import { msToWall, sayDuration } from '../domain/time.ts';
import type { Log } from '../ports/log.ts';
import type { Plan } from '../ports/plan.ts';
import { afterShowReport } from '../words/report.ts';
import { completions } from './complete.ts';
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
const OWN_WORDS = ['/as', '/in', '/wait', '/quit'];
const PROGRESS_MS = 2_000;

/** Rehearses a show at a terminal, or line by line from a file of commands, and ends with what happened. */
export async function rehearseAtConsole(ask: RehearseAsk, needs: RehearseNeeds): Promise<ExitCode> {
  const terminal = needs.input.isTTY === true && needs.output.isTTY === true && !ask.json;
  const screen = openScreen(ask, needs);
  const rehearsal = await openRehearsal(ask, { sender: screen.sender, log: needs.log });
  const stage: Stage = { ask, needs, screen, terminal, turns: takeTurns() };
  const room = await openRoom(rehearsal, stage);
  const playback = openPlayback(rehearsal, stage);
  try {
    await rehearsal.playTo(rehearsal.opensAtMs);
    screen.write(welcome(ask, terminal));
    const connection = connectConsole({
      input: needs.input,
      output: needs.output,
      prompt: room.prompt,
      complete: room.complete,
      onLine: (line) => room.onLine(line, () => connection.close()),
    });
    if (terminal) screen.through(connection);
    const timer = terminal ? setInterval(playback.frame, FRAME_MS) : undefined;
    await connection.ended;
    clearInterval(timer);
    await playback.finish();
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

/** One thing happens at a time: a line typed, or a quarter second of the show. */
type Turns = {
  readonly take: (work: () => Promise<void>) => Promise<void>;
  readonly leave: () => void;
  readonly hasLeft: () => boolean;
};

function takeTurns(): Turns {
  let queue: Promise<void> = Promise.resolve();
  let left = false;
  return {
    take: (work) => (queue = queue.then(work)),
    leave: () => {
      left = true;
    },
    hasLeft: () => left,
  };
}

type Stage = {
  readonly ask: RehearseAsk;
  readonly needs: RehearseNeeds;
  readonly screen: Screen;
  readonly terminal: boolean;
  readonly turns: Turns;
};

type Room = {
  readonly prompt: () => string;
  readonly complete: (line: string) => Promise<readonly string[]>;
  readonly onLine: (line: string, leave: () => void) => Promise<void>;
};

/** The desk, and the rehearsal's own words around it: /as, /in, /wait, /quit. */
async function openRoom(rehearsal: Rehearsal, stage: Stage): Promise<Room> {
  const { ask, screen, terminal, turns } = stage;
  const { team, show, house } = rehearsal;
  const desk = createDesk({
    run: house.door.run,
    teamId: ask.plan.team.id,
    numbers: screen.numbers,
    show: (answer) => screen.write(replyLines(answer, lookOf(rehearsal, stage)).join('\n')),
  });
  let seat: Seat = firstSeat(await team.team.view());

  const prompt = (): string =>
    `${clockWords(show.nowMs(), ask.plan.drop.zone)} ${seat.account.accountId} #${seat.place.channel}> `;

  async function move(sit: typeof sitAs, asked: string): Promise<void> {
    const moved = sit(seat, asked, await team.team.view());
    seat = moved.seat;
    screen.write(moved.line);
  }

  async function wait(asked: string): Promise<void> {
    const forMs = durationMs(asked);
    if (forMs === null) return screen.write('How long? For example /wait 30s, /wait 5m or /wait 1h.');
    await rehearsal.playTo(show.nowMs() + forMs);
    screen.write(`${clockWords(show.nowMs(), ask.plan.drop.zone)}: ${sayDuration(forMs)} later, ${progressWords(show)}.`);
  }

  async function handle(line: string, leave: () => void): Promise<void> {
    if (turns.hasLeft()) return;
    if (!terminal && line.trim() !== '') screen.write(`${prompt()}${line}`);
    const [word = '', ...rest] = line.trim().split(/\s+/);
    const asked = rest.join(' ');
    if (word === '/quit' || word === '/exit') {
      turns.leave();
      return leave();
    }
    if (word === '/as') return move(sitAs, asked);
    if (word === '/in') return move(sitIn, asked);
    if (word === '/wait') return wait(asked);
    await desk.handle(line, seat);
    await rehearsal.playTo(show.nowMs()); // what it caused is shown at once
  }

  return {
    prompt,
    complete: (line) => completions({ line, seat, teamId: ask.plan.team.id, suggest: house.door.suggest, words: OWN_WORDS }),
    onLine: (line, leave) => turns.take(() => handle(line, leave)),
  };
}

type Playback = { readonly frame: () => void; readonly finish: () => Promise<void> };

/** Lets the show run: a frame at a time at a terminal, and to its end when the input ends. Sums it up once. */
function openPlayback(rehearsal: Rehearsal, stage: Stage): Playback {
  const { ask, needs, screen, turns } = stage;
  const { show } = rehearsal;
  let over = false;

  async function summarize(): Promise<void> {
    over = true;
    const report = await rehearsal.report();
    if (ask.json) return void needs.output.write(`${JSON.stringify(report, null, 2)}\n`);
    const look = lookOf(rehearsal, stage);
    const { members } = await rehearsal.team.team.view();
    const nameOf = (personId: string) => members.find((member) => member.personId === personId)?.name ?? personId;
    screen.write(['', ...replyLines({ message: afterShowReport(report, { ...look, nameOf }), buttonIds: [] }, look)].join('\n'));
  }

  async function playFrame(): Promise<void> {
    if (over || turns.hasLeft()) return;
    await rehearsal.playTo(Math.min(show.nowMs() + FRAME_MS * ask.speed, show.endsAtMs));
    if (show.nowMs() < show.endsAtMs) return;
    await summarize();
    screen.write('The show is over. Look around as long as you like; /quit leaves.');
  }

  return {
    frame: () => void turns.take(playFrame),
    finish: () =>
      turns.take(async () => {
        if (over) return;
        if (!turns.hasLeft()) await playRest(rehearsal, { zone: ask.plan.drop.zone, warn: needs.warn });
        await summarize();
      }),
  };
}

function lookOf({ show }: Rehearsal, { ask, needs, screen }: Stage) {
  const { zone } = ask.plan.drop;
  return {
    numbers: screen.numbers,
    width: screen.width,
    now: show.nowMs,
    zone,
    locale: ask.plan.team.locale,
    colours: needs.colours,
  };
}

function progressWords({ ordersPlayed, orderCount }: Rehearsal['show']): string {
  return `${ordersPlayed().toLocaleString('en')} of ${orderCount.toLocaleString('en')} orders in`;
}

/** Plays to the end, saying every two seconds how far it is. */
async function playRest(rehearsal: Rehearsal, { zone, warn }: { zone: string; warn: (line: string) => void }): Promise<void> {
  const { show } = rehearsal;
  const stepMs = Math.max(1_000, Math.round((show.endsAtMs - show.nowMs()) / 500));
  let toldAtMs = performance.now();
  while (show.nowMs() < show.endsAtMs) {
    await rehearsal.playTo(Math.min(show.nowMs() + stepMs, show.endsAtMs));
    if (performance.now() - toldAtMs > PROGRESS_MS) {
      toldAtMs = performance.now();
      warn(`… ${msToWall(show.nowMs(), zone).replace('T', ' ')}, ${progressWords(show)}`);
    }
  }
}
