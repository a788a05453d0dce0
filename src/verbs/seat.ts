import type { Seat } from '../chat/console/desk.ts';
import type { TeamView } from '../ports/store/team.ts';

/** Who may sit down first at a console: the producer, else the founder, else whoever has an account there. */
export function firstSeat(view: TeamView): Seat {
  const byRole = (role: string) =>
    view.members.find((member) => member.assignments.some((held) => held.role === role) && accountOf(member));
  const member = byRole('producer') ?? byRole('founder') ?? view.members.find(accountOf);
  const address = channelsOf(view)[0] ?? 'team';
  return seatOf(member === undefined ? 'guest' : (accountOf(member) ?? 'guest'), address);
}

type Member = TeamView['members'][number];

function accountOf({ accounts }: Member): string | undefined {
  return accounts.find(({ platform }) => platform === 'console')?.accountId;
}

function seatOf(accountId: string, channel: string): Seat {
  return { account: { platform: 'console', accountId }, place: { platform: 'console', channel } };
}

/** The console's channels, the team's own first. */
export function channelsOf({ destinations }: TeamView): readonly string[] {
  const here = destinations.filter(({ platform }) => platform === 'console');
  return here
    .toSorted((a, b) => Number(b.purposes.includes('team')) - Number(a.purposes.includes('team')))
    .map(({ address }) => address);
}

/** A new seat, and what to say about it. */
export type Moved = { readonly seat: Seat; readonly line: string };

/** `/as maya`: a person's id, name or console account in any case; anyone else is one of the public. */
export function sitAs(seat: Seat, asked: string, view: TeamView): Moved {
  const wanted = asked.trim().toLowerCase();
  const names = (member: Member) => [member.personId, member.name, member.name.split(' ')[0] ?? '', accountOf(member) ?? ''];
  const member = view.members.find(
    (each) => accountOf(each) !== undefined && names(each).some((name) => name.toLowerCase() === wanted),
  );
  if (member === undefined) {
    const people = view.members.map(({ personId }) => personId).join(', ');
    return {
      seat: seatOf(wanted, seat.place.channel),
      line: `${asked.trim()} is not on the team, so one of the public now. On the team: ${people}.`,
    };
  }
  const roles = [...new Set(member.assignments.map(({ role }) => role))].join(', ') || 'no role yet';
  return { seat: seatOf(accountOf(member) ?? wanted, seat.place.channel), line: `You are ${member.name} (${roles}).` };
}

/** `/in alerts`: the channel commands are typed in. */
export function sitIn(seat: Seat, asked: string, view: TeamView): Moved {
  const wanted = asked.trim().replace(/^#/, '').toLowerCase();
  const channels = channelsOf(view);
  if (!channels.includes(wanted))
    return { seat, line: `There is no channel ${asked.trim()} here. Channels: ${channels.join(', ')}.` };
  return { seat: seatOf(seat.account.accountId, wanted), line: `You are typing in #${wanted}.` };
}
