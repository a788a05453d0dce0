/**
 * The id of a fact that is numbered, such as `stock:HOODIE-M:3`, with the instant it began. A restored copy counts on from an
 * older number: the instant is what keeps its next fact from being taken for the one that had that number before, whose posts
 * stand on the platforms. A fact heard anew after a restore began at another instant, so it is a new one: it is rung anew.
 */
export function factId(numbered: string, beganAtMs: number): string {
  return `${numbered}:${beganAtMs.toString(36)}`;
}

/** The part of a fact's id that people say: `stock:HOODIE-M:3`. */
export function saidId(id: string): string {
  return id.slice(0, id.lastIndexOf(':'));
}
