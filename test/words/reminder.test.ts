import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/ports/message.ts';
import type { ReminderFacts } from '../../src/ports/post.ts';
import { ownerWords, reminderCard, reminderRing } from '../../src/words/reminder.ts';

const telling = { locale: 'en', zone: 'America/New_York', nameOf: (id: string) => ({ olga: 'Olga' })[id] ?? 'someone who left' };

const facts = (over: Partial<ReminderFacts> = {}): ReminderFacts => ({
  milestoneId: 'final-qc',
  name: 'Final QC',
  dropName: 'Hoodie Run',
  ownerPersonId: 'olga',
  ownerRole: null,
  dueDay: '2027-01-20',
  zone: 'America/New_York',
  daysLeft: 2,
  lateMs: 0,
  doneAtMs: null,
  doneBy: null,
  snoozedUntilMs: null,
  ...over,
});

const buttonsOf = ({ parts }: Message) => parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
const contextOf = ({ parts }: Message) =>
  parts.flatMap((part) => (part.kind === 'context' && typeof part.text === 'string' ? [part.text] : []));
const fieldsOf = ({ parts }: Message) => parts.flatMap((part) => (part.kind === 'fields' ? part.rows : []));

describe('a card', () => {
  test.each([
    [{ daysLeft: 7 }, 'Final QC: due in 7 days (Olga)', 'plain'],
    [{ daysLeft: 1 }, 'Final QC: due tomorrow (Olga)', 'plain'],
    [{ daysLeft: 0, ownerPersonId: null, ownerRole: 'ops-lead' }, 'Final QC: due today (the ops lead)', 'plain'],
    [{ daysLeft: -1, ownerPersonId: null, ownerRole: 'support' }, 'Final QC: 1 day overdue (support)', 'warning'],
    [{ doneAtMs: 5, doneBy: 'olga' }, 'Final QC: done (Olga)', 'good'],
    [{ removed: true }, 'Final QC: taken out of the plan (Olga)', 'plain'],
  ] as const)('%j reads %s', (over, summary, tone) => {
    const message = reminderCard(facts(over), telling);
    expect(message).toMatchObject({ summary, tone, mentions: [] }); // an edited card rings nobody
  });

  test('offers what one press can do, and how to do the rest', () => {
    const message = reminderCard(facts(), telling);
    expect(buttonsOf(message).map(({ label, call }) => [label, call])).toEqual([
      ['Done', { name: 'milestone done', input: { milestone: '#final-qc' } }],
      ['Snooze 1 day', { name: 'milestone snooze', input: { milestone: '#final-qc', for: 86_400_000 } }],
    ]);
    expect(contextOf(message)).toEqual([
      'As of Mon, Jan 18, 2027. Another day? Type /milestone move final-qc 2027-01-21 and the reason.',
    ]);
    expect(fieldsOf(message)).toEqual([
      ['Due', 'Wed, Jan 20, 2027, New York time'],
      ['Owner', 'Olga'],
    ]);
  });

  test('done, it says by whom and can be taken back', () => {
    const message = reminderCard(facts({ doneAtMs: Date.UTC(2027, 0, 19, 15), doneBy: 'gone' }), telling);
    const doneAt = { kind: 'time', atMs: Date.UTC(2027, 0, 19, 15), style: 'moment' };
    expect(fieldsOf(message).at(-1)).toEqual(['Done', [doneAt, ' by someone who left']]);
    expect(buttonsOf(message).map(({ call }) => call.name)).toEqual(['milestone reopen']);
  });

  test('taken out, it offers nothing', () => expect(buttonsOf(reminderCard(facts({ removed: true }), telling))).toEqual([]));

  test.each([
    [3_600_000, 'As of Mon'],
    [3_600_001, 'This reminder is 1 h late: Showcaller could not post it on time. As of Mon'],
    [3 * 86_400_000, 'This reminder is 3 days late: Showcaller could not post it on time. As of Mon'],
  ])('%i ms late reads %s', (lateMs, start) => {
    const [context = ''] = contextOf(reminderCard(facts({ lateMs }), telling));
    expect(context.slice(0, start.length)).toBe(start);
  });

  test('the day it proposes is one to come', () => {
    const [context = ''] = contextOf(reminderCard(facts({ daysLeft: -3 }), telling));
    expect(context).toContain('As of Sat, Jan 23, 2027.');
    expect(context).toContain('2027-01-24');
  });
});

describe('a ring', () => {
  test('for one is one line and mentions the owner only', () => {
    expect(reminderRing([facts({ daysLeft: -1 })], { personId: 'olga' }, telling)).toMatchObject({
      summary: 'Final QC is 1 day overdue (it was due Wed, Jan 20, 2027). Done, or another day?',
      mentions: [{ personId: 'olga' }],
      parts: [{ kind: 'text', text: 'Final QC is 1 day overdue (it was due Wed, Jan 20, 2027). Done, or another day?' }],
    });
  });

  test('for several lists them and says how late at most', () => {
    const several = [facts({ lateMs: 86_400_000, daysLeft: 0 }), facts({ name: 'Packing', lateMs: 3 * 86_400_000 })];
    const message = reminderRing(several, { role: 'producer' }, telling);
    expect(message.summary).toBe('2 milestones need you: Final QC, Packing');
    expect(message.mentions).toEqual([{ role: 'producer' }]);
    expect(message.parts.map((part) => ('text' in part ? part.text : ''))).toEqual([
      '2 milestones need you. These reminders are up to 3 days late: Showcaller could not post them on time.',
      '• Final QC is due today (Wed, Jan 20, 2027)\n• Packing is due in 2 days (Wed, Jan 20, 2027)',
      'Press Done on each card, or type /milestone done or /milestone move. /timeline shows them all.',
    ]);
  });

  test('for none is a bug', () => expect(() => reminderRing([], { role: 'producer' }, telling)).toThrow('at least one'));
});

test('an owner who left is not named', () => {
  expect(ownerWords({ ownerPersonId: 'gone', ownerRole: null }, telling)).toBe('someone who left');
  expect(ownerWords({ ownerPersonId: null, ownerRole: null }, telling)).toBe('nobody yet');
});
