import { expect, test } from 'vitest';
import type { Milestone } from '../../src/domain/milestone.ts';
import type { Member } from '../../src/domain/team.ts';
import type { Message } from '../../src/ports/message.ts';
import { homeCard, type HomeFacts } from '../../src/words/home.ts';
import { SAMPLE_ALERT, SAMPLE_NOW, PAUSED, SAMPLE_TELLING } from '../support/sample-facts.ts';

const OLGA: Member = { personId: 'olga', name: 'Olga', assignments: [{ role: 'ops-lead', scope: '*' }], accounts: [] };

function milestone(id: string, more: Partial<Milestone>): Milestone {
  return {
    id,
    dropId: 'd',
    name: id,
    dueDay: '2027-01-28',
    zone: 'America/New_York',
    ownerPersonId: null,
    ownerRole: null,
    doneAtMs: null,
    doneBy: null,
    snoozedUntilMs: null,
    ...more,
  };
}

const FACTS: HomeFacts = {
  member: OLGA,
  drop: null,
  milestones: [
    milestone('hers', { ownerPersonId: 'olga' }),
    milestone('her role’s', { ownerRole: 'ops-lead' }),
    milestone('done', { ownerPersonId: 'olga', doneAtMs: 1 }),
    milestone('Finn’s', { ownerPersonId: 'finn' }),
  ],
  board: { items: [], bundles: [], asOfMs: SAMPLE_NOW },
  pauses: [],
  alerts: [],
  mayPause: true,
  nowMs: SAMPLE_NOW,
};

const labels = ({ parts }: Message) =>
  parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons.map(({ label }) => label) : []));
const fields = ({ parts }: Message) => parts.flatMap((part) => (part.kind === 'fields' ? part.rows.map(([label]) => label) : []));

test('shows one’s own open milestones, by name or by role, and the buttons one may press', () => {
  const home = homeCard(FACTS, SAMPLE_TELLING);
  expect(fields(home)).toEqual(['hers', 'her role’s']);
  expect(labels(home)).toEqual(['Pause promotion', 'Done: hers', 'Done: her role’s']);
  expect(labels(homeCard({ ...FACTS, mayPause: false, milestones: [] }, SAMPLE_TELLING))).toEqual([]);
});

test('what is paused comes first, and can be resumed there', () => {
  const home = homeCard({ ...FACTS, pauses: [PAUSED], alerts: [SAMPLE_ALERT] }, SAMPLE_TELLING);
  expect(home.tone).toBe('critical');
  expect(JSON.stringify(home.parts[0])).toContain('PROMOTION PAUSED — everything');
  expect(labels(home)).toEqual(['Resume', 'Done: hers', 'Done: her role’s']);
  expect(JSON.stringify(home.parts)).toContain('Hoodie, medium (HOODIE-M), 3 left');
});
