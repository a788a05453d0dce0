import { nearest } from './near.ts';
import { type Member, ROLES, type Role, rolesFor } from './team.ts';

/** A dated step with its one owner: a person, or whoever holds a role. Days are wall dates in the milestone's zone. */
export type Milestone = {
  readonly id: string;
  readonly dropId: string;
  readonly name: string;
  readonly ownerPersonId: string | null;
  readonly ownerRole: Role | null; // used where no person is named
  readonly dueDay: string; // 'YYYY-MM-DD'
  readonly zone: string; // IANA
  readonly doneAtMs: number | null;
  readonly doneBy: string | null;
  readonly snoozedUntilMs: number | null;
};

/** The one owner of a milestone. */
export type Owner = Pick<Milestone, 'ownerPersonId' | 'ownerRole'>;

export type FoundMilestone =
  | { readonly kind: 'one'; readonly milestone: Milestone }
  | { readonly kind: 'which'; readonly matches: readonly Milestone[] }
  | { readonly kind: 'none'; readonly near: readonly string[] };

const ID_CHARS_MAX = 40;
const NEAR_MAX = 3;

/**
 * Finds a milestone by its id, its name however written, or the start of either; `#id` means that id and nothing else. The current
 * drop's come first: an id of the last drop is what this drop's milestone of the same name is called by people. A closer kind of match
 * wins; several of the same kind are `which`. `near` names what a slip of the fingers may have meant.
 */
export function findMilestone(milestones: readonly Milestone[], asked: string, currentDropId: string | null): FoundMilestone {
  const typed = asked.trim().toLowerCase();
  const exact = typed.startsWith('#') ? milestones.find(({ id }) => `#${id}` === typed) : undefined;
  if (exact !== undefined) return { kind: 'one', milestone: exact };
  const here = milestones.filter(({ dropId }) => dropId === currentDropId);
  const hasId = ({ id }: Milestone) => id === typed;
  const hasName = ({ name }: Milestone) => name.toLowerCase() === typed || (slug(typed) !== '' && slug(name) === slug(typed));
  const starts = ({ id, name }: Milestone) => typed !== '' && (name.toLowerCase().startsWith(typed) || id.startsWith(typed));
  const closest = [
    here.filter(hasId),
    here.filter(hasName),
    milestones.filter(hasId),
    milestones.filter(hasName),
    here.filter(starts),
    milestones.filter(starts),
  ].find((matches) => matches.length > 0);
  const [first, ...others] = closest ?? [];
  if (closest === undefined || first === undefined) return { kind: 'none', near: nearNames(milestones, typed.replace(/^#/, '')) };
  return others.length === 0 ? { kind: 'one', milestone: first } : { kind: 'which', matches: closest };
}

/** Whether this milestone is the person's own: theirs by name, or by a role they hold for its drop. */
export function isOwner(milestone: Milestone, person: Pick<Member, 'personId' | 'assignments'>): boolean {
  if (milestone.ownerPersonId !== null) return milestone.ownerPersonId === person.personId;
  return milestone.ownerRole !== null && rolesFor(person, milestone.dropId).includes(milestone.ownerRole);
}

/** The owner a person typed: a role, a person's id, or a name in any case; null when it is nobody, or several. */
export function ownerFrom(typed: string, members: readonly Pick<Member, 'personId' | 'name'>[]): Owner | null {
  const asked = typed.trim().toLowerCase();
  const role = ROLES.find((known) => known === asked.replaceAll(/\s+/g, '-'));
  if (role !== undefined) return { ownerPersonId: null, ownerRole: role };
  const byId = members.find(({ personId }) => personId === asked);
  if (byId !== undefined) return { ownerPersonId: byId.personId, ownerRole: null };
  const [byName, ...others] = members.filter(({ name }) => name.toLowerCase() === asked);
  return byName === undefined || others.length > 0 ? null : { ownerPersonId: byName.personId, ownerRole: null };
}

/** An id made from a name (`Final QC` becomes `final-qc`), with a number when that one is taken. */
export function milestoneId(name: string, isTaken: (id: string) => boolean): string {
  const base = slug(name) === '' ? 'milestone' : slug(name); // a name in another script
  let id = base;
  for (let number = 2; isTaken(id); number += 1) id = `${base}-${number}`;
  return id;
}

function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, ID_CHARS_MAX)
    .replaceAll(/^-|-$/g, '');
}

function nearNames(milestones: readonly Milestone[], typed: string): readonly string[] {
  const slip = nearest(
    typed,
    milestones.flatMap(({ id, name }) => [name, id]),
  );
  const slipped = milestones.filter(({ id, name }) => id === slip || name === slip);
  const containing = milestones.filter(({ name }) => typed.length >= 3 && name.toLowerCase().includes(typed));
  return [...new Set([...slipped, ...containing].map(({ name }) => name))].slice(0, NEAR_MAX);
}
