import { createHash } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { CommandCall } from '../../ports/message.ts';
import type { ButtonStore } from '../../ports/store/posts.ts';
import type { Db } from '../engine/engine.ts';
import { selectIn } from '../prepared.ts';
import type { TeamContext } from '../team-context.ts';

/** A button's id: a version and a hash of what it does, so that the same button drawn again is the same row. */
export function buttonId(teamId: string, { name, input }: CommandCall): string {
  // Entries are sorted: an input is the same whatever order it was written in.
  const entries = Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256')
    .update(JSON.stringify([teamId, name, entries]))
    .digest('base64url');
  return `v1${hash.slice(0, 22)}`;
}

/** Buttons as commands kept by id. */
export function buttonStore({ engine, teamId }: TeamContext): ButtonStore {
  const { buttons } = engine.tables;
  return {
    async keep(kept, nowMs) {
      const ids = kept.map((call) => buttonId(teamId, call));
      const known = await engine.read((db) => knownIds(db, ids));
      const rows = kept.flatMap(({ name, input, confirm = null }, index) => {
        const id = ids[index];
        return id === undefined || known.has(id) ? [] : [{ teamId, id, command: name, input, confirm, keptAtMs: nowMs }];
      });
      if (rows.length > 0) await engine.write(teamId, ({ db }) => db.insert(buttons).values(rows).onConflictDoNothing());
      return ids;
    },
    async find(buttonId) {
      const rows = await engine.read((db) =>
        db
          .select({ name: buttons.command, input: buttons.input, confirm: buttons.confirm })
          .from(buttons)
          .where(and(eq(buttons.teamId, teamId), eq(buttons.id, buttonId))),
      );
      return rows[0] ?? null;
    },
  };

  async function knownIds(db: Db, ids: readonly string[]): Promise<Set<string>> {
    const rows = await selectIn(
      db,
      {
        name: 'known buttons',
        columns: { id: buttons.id },
        build: (columns, list) =>
          db
            .select(columns)
            .from(buttons)
            .where(and(eq(buttons.teamId, sql.placeholder('teamId')), inArray(buttons.id, list))),
      },
      { list: ids, values: { teamId } },
    );
    return new Set(rows.map(({ id }) => id));
  }
}
