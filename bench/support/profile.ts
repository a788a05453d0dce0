import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

type Node = {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
};
type Profile = { readonly nodes: readonly Node[]; readonly samples: readonly number[]; readonly timeDeltas: readonly number[] };

export type Share = { readonly where: string; readonly percent: number };

/** Busy time by part of the program, largest first, from the `.cpuprofile` in a folder. Native calls count for who called them. */
export function sharesOf(folder: string): readonly Share[] {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error('no profile was written');
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const places = new Map<number, string>();
  const place = (id: number, above: string): void => {
    const node = nodes.get(id);
    if (node === undefined) return;
    const here = placeOf(node) ?? above;
    places.set(id, here);
    for (const child of node.children ?? []) place(child, here);
  };
  place(profile.nodes[0]?.id ?? 0, 'node');
  const micros = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const where = places.get(id) ?? 'node';
    if (where !== 'idle') micros.set(where, (micros.get(where) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  const all = [...micros.values()].reduce((sum, each) => sum + each, 0);
  return [...micros].map(([where, each]) => ({ where, percent: (100 * each) / all })).toSorted((a, b) => b.percent - a.percent);
}

function placeOf({ callFrame: { functionName, url } }: Node): string | null {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'machine code outside JavaScript';
  const own = /\/(src\/[a-z]+)\//.exec(url) ?? /\/(src)\/[^/]+$/.exec(url);
  if (own?.[1] !== undefined && !url.includes('node_modules')) return own[1];
  const pack = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
  if (pack?.[1] !== undefined) return pack[1];
  if (url.startsWith('node:')) return url.includes('crypto') ? 'node:crypto' : 'node (http, streams)';
  return null;
}
