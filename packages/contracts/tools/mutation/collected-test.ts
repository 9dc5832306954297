// Stands in for node:test in a copy of the package, whose tests must end at the first that fails.

export type CollectedTest = { readonly name: string; readonly run: () => unknown };

/** In the order of their declaration. */
export const collected: CollectedTest[] = [];

export function test(name: string, run: () => unknown): void {
  collected.push({ name, run });
}
