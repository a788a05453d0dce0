import { unreachable } from '../domain/unreachable.ts';
import { SUGGESTIONS_MAX, type SuggestAsk, type Suggestion } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { AnyCommand, CommandContext, Suggest } from '../ports/command.ts';
import type { Store } from '../ports/store.ts';
import { sceneOf } from './scene.ts';

const LABEL_CHARS_MAX = 100;

/** Proposes values for a text option while it is typed: at most 25, what is on air first. Nothing to who may not run the command. */
export function createSuggest(needs: {
  readonly store: Pick<Store, 'team'>;
  readonly commands: readonly AnyCommand[];
  readonly clock: Clock;
}): (ask: SuggestAsk) => Promise<readonly Suggestion[]> {
  const { store, commands, clock } = needs;
  return async (ask) => {
    const command = commands.find(({ name }) => name === ask.command);
    const option = command !== undefined && Object.hasOwn(command.options, ask.option) ? command.options[ask.option] : undefined;
    if (ask.teamId === null || command === undefined || option?.kind !== 'text' || option.suggest === null) return [];
    const team = store.team(ask.teamId);
    const asked = { account: ask.account, place: ask.place, requestKey: '' };
    const scene = await sceneOf(asked, { team, commands, nowMs: clock.now(), reach: [], command, input: {} });
    if (scene.permission(command.may).kind === 'may-not') return [];
    return matching(await proposals(option.suggest, scene.context), ask.typed);
  };
}

/** Those that begin with what was typed, then those that contain it; the given order otherwise. */
function matching(all: readonly Suggestion[], typed: string): readonly Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  const words = ({ value, label }: Suggestion) => [value.toLowerCase(), label.toLowerCase()];
  const starting = all.filter((one) => words(one).some((word) => word.startsWith(wanted)));
  const containing = all.filter((one) => !starting.includes(one) && words(one).some((word) => word.includes(wanted)));
  return [...starting, ...containing].slice(0, SUGGESTIONS_MAX).map(({ value, label }) => {
    return { value, label: label.length > LABEL_CHARS_MAX ? `${label.slice(0, LABEL_CHARS_MAX - 1)}…` : label };
  });
}

async function proposals(suggest: Suggest, context: CommandContext): Promise<readonly Suggestion[]> {
  const { store, place, nowMs, commands } = context;
  switch (suggest) {
    case 'sku':
      return skus(context);
    case 'milestone': {
      const drop = await store.drops.current({ place, nowMs });
      const milestones = await store.milestones.list({ dropId: drop?.id ?? null, nowMs });
      const open = milestones.toSorted((a, b) => Number(a.doneAtMs !== null) - Number(b.doneAtMs !== null));
      return open.map(({ id, name, dueDay }) => ({ value: id, label: `${name}, due ${dueDay}` }));
    }
    case 'person': {
      const { members } = await store.team.view();
      return members.map(({ personId, name }) => ({ value: personId, label: name }));
    }
    case 'drop': {
      const [drops, current] = await Promise.all([store.drops.list(), store.drops.current({ place, nowMs })]);
      const first = drops.toSorted((a, b) => Number(b.id === current?.id) - Number(a.id === current?.id));
      return first.map(({ id, name }) => ({ value: id, label: name }));
    }
    case 'alert':
      return (await store.alerts.open()).map(({ alertId, subject, name, severity }) => {
        return { value: alertId, label: `${name === '' ? subject : name} (${severity})` };
      });
    case 'command':
      return commands.map(({ name, summary }) => ({ value: name, label: `/${name}: ${summary}` }));
    default:
      return unreachable(suggest);
  }
}

async function skus({ store, place, nowMs }: CommandContext): Promise<readonly Suggestion[]> {
  const [board, drop] = await Promise.all([store.stock.board({ sku: null, nowMs }), store.drops.current({ place, nowMs })]);
  if (board.kind !== 'board') return [];
  const goods = [...board.items, ...board.bundles];
  const onAir = goods.filter(({ dropId }) => dropId !== null && dropId === drop?.id);
  const ordered = [...onAir, ...goods.filter((one) => !onAir.includes(one))];
  return ordered.map(({ sku, name }) => ({ value: sku, label: sku === name ? sku : `${sku}: ${name}` }));
}
