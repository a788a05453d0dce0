import type { HeardFacts } from '../domain/order.ts';
import type { Plan } from '../ports/plan.ts';
import type { Store } from '../ports/store.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** `import PLAN`: makes the team as the plan says. The same plan again changes nothing. */
export async function importPlan(
  { store, nowMs }: { readonly store: Store; readonly nowMs: number },
  plan: Plan,
  { write }: Terminal,
): Promise<ExitCode> {
  const { changes, warnings } = await store.importPlan({ plan, by: null, nowMs });
  for (const change of changes) write(`  ${change}`);
  for (const warning of warnings) write(`! ${warning}`);
  write(
    changes.length === 0
      ? 'Nothing had changed.'
      : `Imported ${plan.drop.name} for ${plan.team.name}: ${changes.length} changes.`,
  );
  return 0;
}

const ORDERS_PER_STEP = 2_000;

/** `import ORDERS.csv`: orders a team's shop has taken, through the same path as its webhooks. The same file again changes nothing. */
export async function importOrders(
  { store, nowMs }: { readonly store: Store; readonly nowMs: number },
  { teamId, orders }: { readonly teamId: string; readonly orders: readonly HeardFacts[] },
  { write, warn }: Terminal,
): Promise<ExitCode> {
  const counts = new Map<string, number>();
  for (let from = 0; from < orders.length; from += ORDERS_PER_STEP) {
    const heard = await store.team(teamId).orders.recordAll(orders.slice(from, from + ORDERS_PER_STEP), nowMs);
    for (const { kind } of heard) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (orders.length > ORDERS_PER_STEP) warn(`… ${Math.min(from + ORDERS_PER_STEP, orders.length)} of ${orders.length} orders`);
  }
  const told = [...counts].map(([kind, count]) => `${count} ${WORDS[kind] ?? kind}`);
  write(`${orders.length} orders read: ${told.join(', ') || 'none'}.`);
  return counts.has('set-aside') ? 1 : 0;
}

const WORDS: Readonly<Record<string, string>> = {
  recorded: 'recorded',
  repeat: 'known already',
  older: 'older than what is known',
  'set-aside': 'set aside because they could not be recorded (/showcaller health shows them)',
};
