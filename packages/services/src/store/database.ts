import type Driver from "libsql";

/** What a parameter may be. A number must be a safe integer: fractions have no place in these tables. */
export type SqlValue = bigint | number | string | Uint8Array | null;

/** A row as it is read: every INTEGER is a bigint, every BLOB a Uint8Array. */
export type SqlRow = Readonly<Record<string, bigint | number | string | Uint8Array | null>>;

/** One SQL statement; its parameters are plain `?`, in order. */
export type Statement<Row> = {
  run(...parameters: readonly SqlValue[]): { readonly changes: number };
  /** The first row. */
  get(...parameters: readonly SqlValue[]): Row | undefined;
  all(...parameters: readonly SqlValue[]): Row[];
};

/** The tables, seen from inside or outside of a transaction. Calls are synchronous; writes need a transaction. */
export type Database = {
  /** The row type is the caller's word for what the SQL selects. Statements are kept: preparing again is free. */
  prepare<Row = SqlRow>(sql: string): Statement<Row>;
};

/** SQLite's INTEGER is a signed 64-bit integer. */
const integerMax = 2n ** 63n - 1n;
const integerMin = -(2n ** 63n);

type NativeStatement = ReturnType<Driver.Database["prepare"]>;

/**
 * The driver behind a narrow door. libsql aborts the process on a boolean parameter and on a lone null or byte string,
 * cuts texts at a NUL, takes a missing parameter for NULL and still writes through statements of a closed database:
 * none of that passes here.
 */
export class CheckedDatabase implements Database {
  readonly #driver: Driver.Database;
  readonly #statements = new Map<string, CheckedStatement>();
  #open = true;

  constructor(driver: Driver.Database) {
    this.#driver = driver;
  }

  prepare<Row = SqlRow>(sql: string): Statement<Row> {
    if (!this.#open) throw new RangeError("the store is closed");
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = new CheckedStatement(this.#driver, sql);
      this.#statements.set(sql, statement);
    }
    // oxlint-disable-next-line no-unsafe-type-assertion -- the caller names the row type of its own SQL
    return statement as unknown as Statement<Row>;
  }

  /** Lets go of the driver's statements, which hold the file open, and refuses all further use. */
  close(): void {
    this.#open = false;
    for (const statement of this.#statements.values()) statement.close();
    this.#statements.clear();
  }
}

class CheckedStatement implements Statement<SqlRow> {
  readonly #driver: Driver.Database;
  readonly #shape: Shape;
  readonly #columns: readonly string[];
  #native: NativeStatement | undefined;

  constructor(driver: Driver.Database, sql: string) {
    this.#driver = driver;
    this.#shape = shapeOf(sql);
    const native = driver.prepare(sql);
    this.#columns = native.columns().map((column) => column.name);
    if (this.#columns.length > 0) native.raw();
    this.#native = native;
  }

  run(...parameters: readonly SqlValue[]): { readonly changes: number } {
    return { changes: this.#use().run(this.#bind(parameters)).changes };
  }

  get(...parameters: readonly SqlValue[]): SqlRow | undefined {
    const cells = this.#use().get(this.#bind(parameters));
    return cells === undefined ? undefined : this.#rowOf(cells);
  }

  all(...parameters: readonly SqlValue[]): SqlRow[] {
    const rows = this.#use().all(this.#bind(parameters));
    return rows.map((cells) => this.#rowOf(cells));
  }

  close(): void {
    this.#native = undefined;
  }

  #use(): NativeStatement {
    if (this.#native === undefined) throw new RangeError("the store is closed");
    if (this.#shape.writes && !this.#driver.inTransaction) {
      throw new RangeError("a write outside of a transaction");
    }
    return this.#native;
  }

  /** Always one array: the driver takes a lone object, null included, for named parameters. */
  #bind(parameters: readonly SqlValue[]): SqlValue[] {
    const { parameterCount } = this.#shape;
    if (parameters.length !== parameterCount) {
      throw new RangeError(`${parameterCount} parameters wanted, ${parameters.length} given`);
    }
    return parameters.map(checkedValue);
  }

  #rowOf(cells: unknown): SqlRow {
    // oxlint-disable-next-line no-unsafe-type-assertion -- raw mode: an array of cells
    const values = cells as SqlValue[];
    return Object.fromEntries(
      this.#columns.map((name, index) => [name, plainValue(values[index] ?? null)]),
    );
  }
}

/** The value as the driver stores it exactly. Anything else, an amount too large included, is a bug of the caller. */
function checkedValue(value: SqlValue): SqlValue {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === "string") {
    if (value.includes("\0")) throw new RangeError("text holds a NUL");
    return value;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError("number is not a safe integer");
  }
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new RangeError(`${typeof value} cannot be a parameter`);
  }
  const integer = BigInt(value);
  if (integer > integerMax || integer < integerMin) {
    throw new RangeError("integer does not fit 64 bits");
  }
  return integer;
}

/** A Buffer leaves as a plain Uint8Array: its `slice` shares memory where a Uint8Array's copies. */
function plainValue(value: SqlValue): SqlValue {
  if (!Buffer.isBuffer(value)) return value;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

type Shape = { readonly parameterCount: number; readonly writes: boolean };

const literalsAndComments = /'[^']*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\//g;
const transactionWords =
  /^\s*(?:BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|ATTACH|DETACH|VACUUM)\b/i;
const writingWords = /\b(?:INSERT|UPDATE|DELETE|CREATE|DROP|ALTER)\b|^\s*REPLACE\b/i;

function shapeOf(sql: string): Shape {
  const code = sql.replaceAll(literalsAndComments, " ");
  if (transactionWords.test(code)) throw new RangeError("transactions belong to the store");
  if (/\?\d|[:@$]\w/.test(code)) throw new RangeError("parameters are plain question marks");
  if (/;\s*\S/.test(code)) throw new RangeError("more than one statement");
  return {
    parameterCount: code.split("?").length - 1,
    writes: writingWords.test(code),
  };
}
