/** Ends a `switch` over a closed union: a case added later and forgotten here fails to compile, and throws if it ever runs. */
export function unreachable(never: never): never {
  throw new Error(`a case was forgotten: ${JSON.stringify(never)}`);
}
