import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { saidId } from '../../src/domain/fact-id.ts';
import { order } from '../support/alerts.ts';
import { NOW } from '../support/plan.ts';
import { openStage, type Speaker, TEAM, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

async function type(speaker: Speaker, text: string): Promise<string> {
  const { message } = await stage.ask(speaker, { kind: 'text', text });
  expect(stage.faults()).toEqual([]);
  return message.summary;
}

const alerts = () => stage.store.team(TEAM).alerts.open();
const sell = (id: string, sku: string, units: number) => stage.store.team(TEAM).orders.record(order(id, sku, units, NOW), NOW);

describe('/alert', () => {
  test('with nothing open there is nothing to do', async () => {
    expect(await type('fulfilment', '/alert ack')).toBe('No alert is open. There is nothing to do.');
  });

  test('ack, a second ack, snooze and dismiss with what follows', async () => {
    await sell('1', 'HOODIE-S', 40);
    expect(await type('fulfilment', '/alert ack')).toBe(
      'You have Hoodie, small (HOODIE-S). If nothing is done about it in 10 min, it opens again.',
    );
    expect(await type('founder', '/alert ack hoodie-s')).toBe(
      'Finn has the alert for Hoodie, small (HOODIE-S) already. Its card is up to date now.',
    );
    expect(await type('founder', '/alert snooze hoodie-s for:20m waiting for the count')).toBe(
      'Hoodie, small (HOODIE-S) is quiet for 20 min. It rings at once if it gets worse.',
    );
    expect(await alerts()).toMatchObject([{ state: 'snoozed', actedBy: 'maya', reason: 'waiting for the count' }]);
    expect(await type('fulfilment', '/alert dismiss HOODIE-S none were meant to be left')).toBe(
      'The alert for Hoodie, small (HOODIE-S) is closed. The next threshold crossed opens another.',
    );
    expect(await alerts()).toEqual([]);
    expect(await type('fulfilment', '/alert ack stock:HOODIE-S:1')).toBe(
      'Finn closed the alert for Hoodie, small (HOODIE-S) already. Its card is up to date now.',
    );
  });

  test('several open, or none of that name: it asks, and does nothing', async () => {
    await sell('1', 'HOODIE-S', 40);
    await sell('2', 'HOODIE-L', 40);
    expect(await type('fulfilment', '/alert ack')).toBe('2 alerts are open: stock:HOODIE-L:1, stock:HOODIE-S:1. Say which.');
    expect(await type('fulfilment', '/alert ack PIN')).toBe(
      'No open alert is called PIN. Name its SKU, or press the button on its card.',
    );
    expect((await alerts()).map(({ state }) => state)).toEqual(['open', 'open']);
  });

  test('a test alert is sent, taken, and said to be one', async () => {
    expect(await type('producer', '/alert test pin')).toBe(
      'A test alert is on its way to the alerts channel. It closes by itself in 10 min, and changes no stock.',
    );
    expect(await type('fulfilment', '/alert ack')).toBe('You have Enamel pin (PIN). The test has reached you.');
    expect(await type('producer', '/alert test PIM')).toBe('No item is called PIM. Did you mean PIN? Nothing was sent.');
    expect((await alerts()).map(({ alertId }) => saidId(alertId))).toEqual(['test:1']);
  });

  test('a dismissal without a reason is asked for one, and closes nothing', async () => {
    await sell('1', 'HOODIE-S', 40);
    const reply = await stage.ask('fulfilment', { kind: 'text', text: '/alert dismiss HOODIE-S' });
    expect(reply.form?.command.name).toBe('alert dismiss');
    expect((await alerts()).map(({ state }) => state)).toEqual(['open']);
  });

  test('the host may not answer alerts', async () => {
    await sell('1', 'HOODIE-S', 40);
    const before = await stage.rows();
    expect(await type('host', '/alert ack')).toMatch(/^You need the role /);
    const after = await stage.rows();
    expect(after['alerts']).toEqual(before['alerts']);
    expect(after['posts']).toEqual(before['posts']);
  });
});
