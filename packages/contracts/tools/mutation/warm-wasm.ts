// The compiler asks for its functions by number all the time, and Node is slow to answer: a quarter of a compilation.

const known = new WeakMap<WebAssembly.Table, Map<number, unknown>>();

function knownOf(table: WebAssembly.Table): Map<number, unknown> {
  const functions = known.get(table) ?? new Map<number, unknown>();
  known.set(table, functions);
  return functions;
}

/** Makes every WebAssembly table of this process remember what it was asked for. */
export function rememberFunctions(): void {
  // oxlint-disable-next-line unbound-method -- called with the table below
  const { get, set } = WebAssembly.Table.prototype;
  WebAssembly.Table.prototype.get = function remembered(index: number): unknown {
    const functions = knownOf(this);
    if (!functions.has(index)) functions.set(index, get.call(this, index));
    return functions.get(index);
  };
  WebAssembly.Table.prototype.set = function forgotten(index: number, value: unknown): void {
    knownOf(this).delete(index);
    set.call(this, index, value);
  };
}

/** Makes this process compile the same bytes once, however often they are instantiated. */
export function keepModules(): void {
  const compiled = new WeakMap<object, Promise<WebAssembly.Module>>();
  const { instantiate } = WebAssembly;
  const kept = async (
    source: BufferSource,
    imports?: WebAssembly.Imports,
  ): Promise<WebAssembly.WebAssemblyInstantiatedSource> => {
    const compiling = compiled.get(source) ?? WebAssembly.compile(source);
    compiled.set(source, compiling);
    const module = await compiling;
    return { module, instance: await instantiate(module, imports) };
  };
  Object.assign(WebAssembly, { instantiate: kept });
}
