import { SocketModeReceiver } from '@slack/bolt';
import { SlackError } from '@slack/web-api';
import { unreachable } from '../../domain/unreachable.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackServer } from './client.ts';
import { clientOptions, quiet } from './client.ts';
import type { Acknowledge } from './desk.ts';
import { SlackMisbehaved } from './faults.ts';
import type { Envelope } from './frame.ts';
import { readFrame } from './frame.ts';
import type { Reception } from './reception.ts';
import { within } from './sleep.ts';

/** One connection to Slack, from its opening to its end. */
export type Socket = {
  /** Resolves once Slack has said hello; rejects with why it did not. */
  readonly opened: Promise<void>;
  /** Resolves when it is over, however it ended. */
  readonly ended: Promise<void>;
  readonly close: () => void;
};

export type SocketNeeds = SlackServer & {
  readonly appToken: string;
  readonly receive: Reception;
  readonly log: Log;
};

type Client = SocketModeReceiver['client'];

const CLOSE_WITHIN_MS = 1_000; // a server that does not answer a goodbye is left

/**
 * Opens one Socket Mode connection. It never reconnects by itself: the SDK's own reconnecting ends the process when Slack answers
 * with an error at the wrong moment, for nobody can catch what it throws then.
 */
export function openSocket({ appToken, receive, log, ...server }: SocketNeeds): Socket {
  const { client } = new SocketModeReceiver({
    appToken,
    logger: quiet(log),
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...clientOptions(server) } },
  });
  const hello = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let closing = false;
  let helloDue: NodeJS.Timeout | undefined;
  let isBroken = false;

  function close(): void {
    closing = true;
    void client.disconnect();
    // The second time it waits for no answer any more, and ends the timer that the first may have left behind.
    void within(ended.promise, CLOSE_WITHIN_MS).then(() => client.disconnect());
  }

  client.on('connecting', () => {
    // It may have been told to close while it still asked where to connect to. What has not begun cannot be closed.
    if (closing) setImmediate(close);
    else helloDue = setTimeout(() => hello.reject(new SlackMisbehaved('Slack did not say hello')), server.timeoutMs);
  });
  client.on('error', () => {
    isBroken = true; // its message tells nothing that its end does not
  });
  client.on('disconnected', () => ended.resolve());
  // The SDK reads frames where nobody catches: one that it cannot read would end the process.
  client.removeAllListeners('ws_message');
  client.on('ws_message', (data: unknown) => {
    const frame = readFrame(data);
    if (frame === null) return log.warn('slack.frame_unread');
    switch (frame.kind) {
      case 'hello':
        return hello.resolve();
      case 'disconnect':
        return close();
      case 'envelope':
        return void receive(frame.envelope, acknowledging(client, frame.envelope));
      default:
        return unreachable(frame);
    }
  });
  client.start().catch((thrown: unknown) => hello.reject(whyNot(thrown, isBroken)));
  const opened = hello.promise.finally(() => clearTimeout(helloDue));
  opened.catch(close);
  return { opened, ended: ended.promise, close };
}

function acknowledging({ websocket }: Client, { envelopeId }: Envelope): Acknowledge {
  return (payload = {}) =>
    new Promise((resolve, reject) => {
      if (websocket?.isActive() !== true) return reject(new SlackMisbehaved('the connection is over'));
      const told = JSON.stringify({ envelope_id: envelopeId, payload });
      websocket.send(told, (fault) => (fault === undefined ? resolve() : reject(fault)));
    });
}

/** Why a connection did not come about; the SDK says nothing where the socket itself broke, and little where it got no address. */
function whyNot(thrown: unknown, isBroken: boolean): Error {
  if (thrown instanceof SlackError) return thrown;
  if (thrown instanceof Error) return new SlackMisbehaved('Slack gave no address to connect to (apps.connections.open)');
  const what = isBroken
    ? 'the connection that Slack offered could not be made'
    : 'Slack closed the connection before it said hello';
  return new SlackMisbehaved(what);
}
