import { App, SocketModeReceiver } from '@slack/bolt';
import type { AnyCommand } from '../../ports/command.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackServer } from './client.ts';
import { clientOptions, quiet } from './client.ts';
import type { Acknowledge, Desk } from './desk.ts';
import { parseHomeOpened, parsePress, parseShortcut, parseSlash, parseSubmission, parseSuggestion } from './parse.ts';

/** One connection to Slack, from its opening to its end. */
export type Socket = {
  /** Resolves once Slack has said hello; rejects with why it could not. */
  readonly opened: Promise<void>;
  /** Resolves when it is over, however it ended. */
  readonly ended: Promise<void>;
  readonly close: () => void;
};

export type SocketNeeds = SlackServer & {
  readonly appToken: string;
  readonly desk: Desk;
  readonly commands: readonly AnyCommand[];
  readonly log: Log;
};

/**
 * Opens one Socket Mode connection. It never reconnects by itself: the SDK's own reconnecting ends the process when Slack answers
 * with an error at the wrong moment, for nobody can catch what it throws then.
 */
export function openSocket(needs: SocketNeeds): Socket {
  const { appToken, log } = needs;
  const options = clientOptions(needs);
  const logger = quiet(log);
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...options } },
    processEventErrorHandler: ({ error }) => {
      log.error('slack.request_failed', { what: 'receiving', fault: error.name });
      return Promise.resolve(false); // not acknowledged: Slack delivers it again
    },
  });
  // Nothing is asked of Slack through Bolt: its own token check would fail on a server that lacks it.
  const app = new App({
    receiver,
    authorize: () => Promise.resolve({}),
    logger,
    clientOptions: { ...options },
    convoStore: false,
    ignoreSelf: false,
    attachFunctionToken: false,
  });
  listen(app, needs);

  const ended = Promise.withResolvers<void>();
  let closing = false;
  const disconnect = (): void => {
    receiver.client.disconnect().then(ended.resolve, ended.resolve);
  };
  receiver.client.on('disconnected', () => ended.resolve());
  const opened = receiver.client.start().then(() => {
    if (closing) disconnect(); // it was told to close while it still asked where to connect to
  });
  opened.catch(() => ended.resolve());
  return {
    opened,
    ended: ended.promise,
    close() {
      closing = true;
      disconnect();
    },
  };
}

// Each kind of request types its own acknowledgement; the desk gives each the kind it takes.
const acknowledgeBy = (ack: unknown): Acknowledge => ack as Acknowledge;

function listen(app: App, { desk, commands, log }: SocketNeeds): void {
  const unread = async (what: string, ack: unknown, payload?: object): Promise<void> => {
    log.warn('slack.request_unread', { what });
    await acknowledgeBy(ack)(payload);
  };
  app.command(/.*/u, async ({ body, ack }) => {
    const asked = parseSlash(body, commands);
    await (asked === null ? unread('command', ack) : desk.command(asked, acknowledgeBy(ack)));
  });
  app.action(/.*/u, async ({ body, ack }) => {
    const asked = parsePress(body);
    await (asked === null ? unread('press', ack) : desk.command(asked, acknowledgeBy(ack)));
  });
  app.shortcut(/.*/u, async ({ body, ack }) => {
    const asked = parseShortcut(body, commands);
    await (asked === null ? unread('shortcut', ack) : desk.command(asked, acknowledgeBy(ack)));
  });
  app.view({ type: 'view_submission' }, async ({ body, ack }) => {
    const asked = parseSubmission(body);
    await (asked === null ? unread('form', ack) : desk.form(asked, acknowledgeBy(ack)));
  });
  app.options(/.*/u, async ({ body, ack }) => {
    const asked = parseSuggestion(body);
    await (asked === null ? unread('suggestion', ack, { options: [] }) : desk.suggestion(asked, acknowledgeBy(ack)));
  });
  app.event('app_home_opened', async ({ body }) => {
    const opened = parseHomeOpened(body);
    if (opened !== null) await desk.home(opened); // Bolt has acknowledged events before anybody sees them
  });
  app.error((fault) => {
    log.error('slack.request_failed', { what: 'listening', fault: fault.code });
    return Promise.resolve();
  });
}
