/** A promise with its resolver outside: Promise.withResolvers, which Node 20 lacks. It never rejects. */
export type Deferred<Value> = {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
};

export function deferred<Value>(): Deferred<Value> {
  let resolve: ((value: Value) => void) | undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  if (resolve === undefined) throw new Error("a promise runs its executor at once");
  return { promise, resolve };
}
