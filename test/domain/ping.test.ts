import { describe, expect, test } from 'vitest';
import { copiesThatRing, type RingCopy, type Ringable } from '../../src/domain/ping.ts';

const FINN: Ringable = { platforms: ['slack', 'discord'], lastPlatform: 'discord', pingWhere: 'last' };
const BOTH: Ringable = { ...FINN, pingWhere: 'both' };

function copy(destinationId: string, more: Partial<RingCopy> = {}): RingCopy {
  const platform = destinationId.startsWith('slack') ? 'slack' : destinationId.startsWith('discord') ? 'discord' : 'console';
  return { destinationId, platform, state: 'waiting', reachable: true, ...more };
}

const SLACK = copy('slack:C1');
const DISCORD = copy('discord:1');

describe('a ring reaches a person', () => {
  test.each<readonly [string, Ringable, readonly RingCopy[], readonly string[]]>([
    ['once, where they were last', FINN, [SLACK, DISCORD], ['discord:1']],
    ['on Slack while nothing is known of them', { ...FINN, lastPlatform: null }, [DISCORD, SLACK], ['slack:C1']],
    ['where it is posted at all', FINN, [SLACK], ['slack:C1']],
    ['nowhere without an account there', { ...FINN, platforms: ['slack'] }, [DISCORD], []],
    [
      'not at the terminal while chat reaches them',
      { ...FINN, platforms: ['console', 'slack'] },
      [copy('console:a'), SLACK],
      ['slack:C1'],
    ],
    [
      'at the terminal if they were there last',
      { ...FINN, platforms: ['console', 'slack'], lastPlatform: 'console' },
      [copy('console:a'), SLACK],
      ['console:a'],
    ],
    ['elsewhere when their platform takes nothing', FINN, [SLACK, copy('discord:1', { reachable: false })], ['slack:C1']],
    [
      'where it will come, when nothing takes anything',
      FINN,
      [copy('slack:C1', { reachable: false }), copy('discord:1', { reachable: false })],
      ['discord:1'],
    ],
    ['no second time', FINN, [copy('slack:C1', { state: 'rang' }), DISCORD], ['slack:C1']],
    ['through a copy that still can', FINN, [SLACK, copy('discord:1', { state: 'over' })], ['slack:C1']],
    ['in one channel of several', FINN, [copy('discord:2'), DISCORD, SLACK], ['discord:1']],
    ['on both when they ask for it', BOTH, [SLACK, DISCORD, copy('discord:2')], ['discord:1', 'slack:C1']],
    ['on the other too, having rung on one', BOTH, [copy('slack:C1', { state: 'rang' }), DISCORD], ['slack:C1', 'discord:1']],
  ])('%s', (_why, person, copies, destinationIds) => {
    expect(copiesThatRing(person, copies).map((one) => one.destinationId)).toEqual(destinationIds);
  });
});
