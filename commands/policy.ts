import { POLICY_TOPICS } from '../src/domain/policy.ts';
import { choice, defineCommand } from '../src/ports/command.ts';
import { say } from '../src/ports/message.ts';
import { policyAnswer, showPolicyHere } from '../src/words/policy.ts';

export const policy = defineCommand({
  name: 'policy',
  summary: 'Returns, refunds, shipping, sizes: what was promised, in plain words',
  may: 'policy.see',
  options: {
    topic: choice('About what', POLICY_TOPICS, { required: false }),
    show: choice('Show it in this channel', ['here'], { required: false }),
  },
  async run({ topic = null, show }, { store, actor, place, requestKey, nowMs, telling }) {
    const version = await store.policy.current();
    const dropName = (await store.drops.current({ place, nowMs }))?.name ?? null;
    const answer = policyAnswer({ version, topic, dropName }, telling);
    // The public may read the policy; only members speak through Showcaller.
    if (version === null || actor === null) return answer;
    if (show === 'here') {
      const facts = { kind: 'policy', version, topic, dropName, shownBy: actor.personId } as const;
      await store.posts.show({ facts, place, key: requestKey, nowMs });
      return say('Shown in this channel.');
    }
    return { ...answer, parts: [...answer.parts, { kind: 'buttons', buttons: [showPolicyHere(topic)] }] };
  },
});
