import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { giveByCall } from './answer.ts';
import { openGateway } from './gateway.ts';
import { CLOSE_WITHIN_MS, connectionOf, openOffice, type DiscordConnection, type DiscordNeeds } from './office.ts';
import { within } from './sleep.ts';

export type { DiscordConnection, DiscordNeeds } from './office.ts';
export type { ConnectionState } from './reach.ts';

/**
 * Connects to Discord's gateway, and stays connected as well as Discord allows until closed. Resolves once it is connected, the
 * first attempt failed or it was closed: a Discord that is down keeps nobody else waiting. Never rejects.
 */
export async function connectDiscord(needs: DiscordNeeds): Promise<DiscordConnection> {
  const closed = new AbortController();
  const office = openOffice(needs, closed.signal);
  const { api, whereabouts, reception, notes } = office;
  const answers = office.answersBy(giveByCall({ ...needs, notes }));

  function onDispatch(event: string, data: unknown): void {
    if (event === (GatewayDispatchEvents.InteractionCreate as string)) return void reception.receive(data, answers);
    void whereabouts.learn(event, data).then((isNew) => (isNew ? office.register() : undefined));
  }

  const gateway = openGateway({ ...needs, api, onDispatch });
  const connection = connectionOf(office, {
    state: gateway.state,
    stopping: needs.stopping,
    async close() {
      closed.abort();
      await Promise.all([gateway.close(), within(reception.idle(), CLOSE_WITHIN_MS, undefined)]);
    },
  });
  await within(gateway.settled, needs.timeoutMs, undefined);
  return connection;
}
