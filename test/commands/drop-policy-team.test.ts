import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PostFacts } from '../../src/ports/post.ts';
import { drawn, openStage, type Speaker, TEAM, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

async function type(speaker: Speaker, text: string, channel?: string) {
  const reply = await stage.ask(speaker, { kind: 'text', text }, channel);
  expect(stage.faults()).toEqual([]);
  return reply;
}
const summary = async (speaker: Speaker, text: string, channel?: string) => (await type(speaker, text, channel)).message.summary;

async function posts(kind: PostFacts['kind']) {
  const { posts } = stage.engine.tables;
  return stage.engine.read((db) =>
    db.select({ destinationId: posts.destinationId, facts: posts.facts }).from(posts).where(eq(posts.kind, kind)),
  );
}

const drops = () => stage.store.team(TEAM).drops.list();

describe('/policy', () => {
  test('answers one topic privately, with a button that shows it to the channel', async () => {
    const reply = await type('support', '/policy returns');
    expect(drawn(reply, 200).join('\n')).toContain('You can return an item within 30 days of delivery.');
    expect(reply.buttonIds).toHaveLength(1);
    expect(await posts('policy')).toEqual([]);
    const pressed = await stage.ask('support', { kind: 'button', buttonId: reply.buttonIds[0] ?? '' });
    expect(pressed.message.summary).toBe('Shown in this channel.');
    const shown = await posts('policy');
    expect(shown).toEqual([
      {
        destinationId: `console:${TEAM}-team`,
        facts: { kind: 'policy', version: expect.any(Object), topic: 'returns', dropName: 'Hoodie Run', shownBy: 'sam' },
      },
    ]);
  });

  test('the public may read it, and show nothing', async () => {
    const reply = await type('public', '/policy returns here');
    expect(reply.message.summary).toContain('You can return an item within 30 days of delivery.');
    expect(reply.buttonIds).toEqual([]);
    expect(await posts('policy')).toEqual([]);
  });

  test('without one, it says so and shows nothing', async () => {
    await stage[Symbol.asyncDispose]();
    stage = await openStage({ policy: undefined });
    expect(await summary('support', '/policy here')).toBe(
      'No returns policy is published yet. Support publishes it, through the drop plan.',
    );
    expect(await posts('policy')).toEqual([]);
  });
});

describe('/drop', () => {
  test('end sums up the show, once; then there is nothing to end', async () => {
    const reply = await type('producer', '/drop end');
    expect(reply.message.summary).toBe('After Hoodie Run: 0 sold in 0 orders, no alerts, no pauses');
    expect(await drops()).toMatchObject([{ state: 'ended' }]);
    expect(await summary('producer', '/drop end')).toBe('Hoodie Run has ended already. Nothing was changed.');
    expect(await summary('producer', '/drop start')).toBe(
      'Hoodie Run has ended and stays ended. A new show is a new drop in the plan. Nothing was changed.',
    );
  });

  test('a bare /drop shows the current one, and an unknown one is answered with the nearest', async () => {
    expect(await summary('host', '/drop')).toMatch(/^Hoodie Run: live; \d of 5 decisions are open$/);
    expect(await summary('host', '/drop show hoodie-rum')).toBe(
      'No drop is called “hoodie-rum”. Did you mean hoodie-run? Nothing was changed.',
    );
    expect(await summary('host', '/drop list')).toBe('1 drop; current here: Hoodie Run');
  });

  test('use is for this channel, known or not', async () => {
    expect(await summary('host', '/drop use HOODIE RUN', 'somewhere')).toBe(
      'Commands in this channel now mean Hoodie Run, unless another drop is live.',
    );
    const { destinations } = await stage.store.team(TEAM).team.view();
    expect(destinations.find(({ id }) => id === 'console:somewhere')?.purposes).toEqual([]);
  });
});

describe('/team', () => {
  test('a name before the role, however many words it has', async () => {
    expect(await summary('founder', '/team grant sam producer')).toBe('Sam is now producer.');
    expect(await summary('founder', '/team grant Sam producer')).toBe('Sam is already producer. Nothing was changed.');
    expect(await summary('founder', '/team revoke sam producer')).toBe('Sam is no longer producer.');
    expect(await summary('founder', '/team grant no such person host')).toBe(
      'Nobody on the team is called “no such person”. /team list shows who is on the team. Nothing was changed.',
    );
    expect(await summary('founder', '/team revoke maya founder')).toBe(
      'Maya is the only founder, and a team keeps one. Make somebody else founder first. Nothing was changed.',
    );
  });

  test('a role given counts at once', async () => {
    expect(await summary('support', '/drop end')).toMatch(/^You need the role/);
    await type('founder', '/team grant sam producer');
    expect(await summary('support', '/drop end')).toMatch(/^After Hoodie Run/);
  });

  test('channel binds the place it is typed in', async () => {
    expect(await summary('founder', '/team channel alerts', `${TEAM}-host`)).toBe(
      'Alerts are posted in this channel from now on. Host messages stay here too.',
    );
    const { destinations } = await stage.store.team(TEAM).team.view();
    expect(destinations.filter(({ purposes }) => purposes.includes('alerts')).map(({ address }) => address)).toEqual([
      `${TEAM}-host`,
    ]);
  });
});
