import { holdConnection, openOffice, type Office, type OfficeNeeds, type SlackConnection } from './office.ts';
import { againMs, because, whyNot } from './reach.ts';
import { sleep } from './sleep.ts';
import type { Socket, SocketNeeds } from './socket.ts';
import { openSocket } from './socket.ts';

export type { SlackConnection } from './office.ts';

export type SlackNeeds = OfficeNeeds & { readonly appToken: string };

const STEADY_MS = 10_000; // a connection that held so long was a good one
const PATIENT_TIMES = 2; // so often is waited for a server to say who we are, before it is done without

/**
 * Connects to Slack by Socket Mode and stays connected until closed, whatever happens to Slack meanwhile. Resolves after the
 * first attempt, even if it failed: `state` tells.
 */
export function connectSlack(needs: SlackNeeds): Promise<SlackConnection> {
  const office = openOffice(needs);
  return holdConnection(office, (signal, tried) => stayConnected(needs, office, signal, tried), needs.stopping);
}

async function stayConnected(
  needs: SlackNeeds,
  { identity, reach, receive }: Office,
  signal: AbortSignal,
  tried: () => void,
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    let waitMs = againMs(failures);
    try {
      await identity.ask(failures < PATIENT_TIMES).catch(because('SLACK_BOT_TOKEN'));
      const socket = await open({ ...needs, receive }, signal);
      const sinceMs = needs.clock.now();
      reach.connected();
      tried();
      await socket.ended;
      if (signal.aborted) return;
      reach.lost('Slack closed the connection; connecting again');
      // Slack does this about once an hour. One that ends at once is waited for a little, or it would never stop.
      if (needs.clock.now() - sinceMs >= STEADY_MS) failures = 0;
      waitMs = failures === 0 ? 0 : waitMs;
    } catch (thrown) {
      if (signal.aborted) return;
      const lost = whyNot(thrown, waitMs);
      reach.lost(lost.reason);
      tried();
      waitMs = lost.waitMs;
    }
    await sleep(waitMs, signal);
  }
}

/** Opens a socket that is closed when all is, or throws why not. */
async function open(needs: SocketNeeds, stopped: AbortSignal): Promise<Socket> {
  stopped.throwIfAborted();
  const socket = openSocket(needs);
  stopped.addEventListener('abort', socket.close, { once: true });
  void socket.ended.then(() => stopped.removeEventListener('abort', socket.close));
  await socket.opened.catch(because('SLACK_APP_TOKEN'));
  return socket;
}
