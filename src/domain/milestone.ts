import type { Role } from './team.ts';

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
