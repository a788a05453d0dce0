import { PING_WHERES } from '../src/domain/ping.ts';
import { choice, defineCommand, text } from '../src/ports/command.ts';
import { linkAnswer, linkCodeAnswer, noCodeForYou, pingsChosen } from '../src/words/link.ts';
import { fromMembers } from '../src/words/refusal.ts';

export const link = defineCommand({
  name: 'link',
  summary: 'Be the same person on Slack and Discord: get a code here, type it there',
  may: 'link.use',
  options: { code: text('The code from the other platform; left out: get one', { charsMax: 20, required: false }) },
  async run({ code }, { store, account, actor, place, requestKey, nowMs }) {
    if (code !== undefined) {
      const answer = await store.team.useLink({ key: requestKey, account, place, code, nowMs });
      return linkAnswer(answer, { nowMs });
    }
    if (actor === null) return noCodeForYou();
    const answer = await store.team.linkCode({ key: requestKey, by: actor, asked: null, nowMs });
    return linkCodeAnswer(answer, { nowMs, forSelf: true });
  },
});

export const pings = defineCommand({
  name: 'pings',
  summary: 'Where you are pinged: on the platform you used last, or on both',
  may: 'team.see',
  options: { where: choice('Where', PING_WHERES) },
  async run({ where }, { store, actor, requestKey, nowMs }) {
    if (actor === null) return fromMembers();
    await store.team.pingWhere({ key: requestKey, by: actor, where, nowMs });
    return pingsChosen(where);
  },
});
