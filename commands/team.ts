import { PLATFORMS, PURPOSES, ROLES } from '../src/domain/team.ts';
import { linkCodeAnswer, unlinkAnswer } from '../src/words/link.ts';
import { choice, defineCommand, text, type CommandContext } from '../src/ports/command.ts';
import { channelBound, grantAnswer, teamList as listWords } from '../src/words/team.ts';

const person = text('Who: a name, or their id', { charsMax: 100, suggest: 'person' });
const role = choice('Which role', ROLES);

export const teamList = defineCommand({
  name: 'team list',
  summary: 'Who is on the team, with which roles, and where messages go',
  may: 'team.see',
  options: {},
  async run(_, { store }) {
    return listWords(await store.team.view());
  },
});

export const teamGrant = defineCommand({
  name: 'team grant',
  summary: 'Give somebody a role',
  may: 'team.manage',
  options: { person, role },
  async run({ person: asked, role }, context) {
    return grantAnswer(await context.store.team.grant({ ...asking(context), asked, role }), 'grant');
  },
});

export const teamRevoke = defineCommand({
  name: 'team revoke',
  summary: 'Take a role from somebody',
  may: 'team.manage',
  options: { person, role },
  async run({ person: asked, role }, context) {
    return grantAnswer(await context.store.team.revoke({ ...asking(context), asked, role }), 'revoke');
  },
});

export const teamLink = defineCommand({
  name: 'team link',
  summary: 'A code that makes somebody known where they are not yet',
  may: 'team.manage',
  options: { person },
  async run({ person: asked }, context) {
    const answer = await context.store.team.linkCode({ ...asking(context), asked });
    return linkCodeAnswer(answer, { nowMs: context.nowMs, forSelf: false });
  },
});

export const teamUnlink = defineCommand({
  name: 'team unlink',
  summary: 'Forget who somebody is on one platform',
  may: 'team.manage',
  options: { person, platform: choice('On which platform', PLATFORMS) },
  async run({ person: asked, platform }, context) {
    return unlinkAnswer(await context.store.team.unlink({ ...asking(context), asked, platform }));
  },
});

export const teamChannel = defineCommand({
  name: 'team channel',
  summary: 'Send one kind of message to this channel from now on',
  may: 'team.manage',
  options: { purpose: choice('What this channel is for', PURPOSES) },
  async run({ purpose }, context) {
    const { store, place } = context;
    const { platform, channel: address } = place;
    const bound = await store.team.bindChannel({ ...asking(context), purpose, platform, address });
    return channelBound(purpose, bound);
  },
});

function asking({ requestKey, actor, nowMs }: CommandContext) {
  if (actor === null) throw new Error('only members manage the team'); // the dispatcher has refused everybody else
  return { key: requestKey, by: actor, nowMs };
}
