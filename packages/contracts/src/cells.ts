import { beginCell, type Builder, type Cell, type Slice } from "@ton/core";
import { CocoonError, fromHex, textOf, utf8 } from "@cocoon/protocol";

/** Stores bytes that must have exactly this length; another length is a bug of the caller. */
export function storeFixed(bytes: Uint8Array, sizeBytes: number): (builder: Builder) => void {
  if (bytes.length !== sizeBytes) throw new RangeError(`field is not ${sizeBytes} bytes`);
  return (builder) => {
    builder.storeBuffer(Buffer.from(bytes));
  };
}

/** Stores a hash or key given as hex of 32 bytes; anything else is a bug of the caller. */
export function storeHash(hex: string): (builder: Builder) => void {
  return storeFixed(fromHex(hex) ?? new Uint8Array(), 32);
}

/** A cell of UTF-8 text; 1 to bytesMax bytes, anything else is a bug of the caller. */
export function textCell(text: string, bytesMax: number): Cell {
  const bytes = utf8(text);
  if (bytes.length === 0 || bytes.length > bytesMax) throw new RangeError("text length");
  return beginCell().storeBuffer(Buffer.from(bytes)).endCell();
}

/** The text of such a cell. Throws RangeError when it holds anything else. */
export function textOfCell(cell: Cell): string {
  const slice = cell.beginParse();
  const text = textOf(Uint8Array.from(slice.loadBuffer(slice.remainingBits / 8)));
  slice.endParse();
  if (text === undefined) throw new RangeError("not UTF-8");
  return text;
}

/**
 * Reads the data cell of a contract's account, to its end. Whatever is wrong with it throws contract_unexpected: an
 * endpoint that nobody vouches for may have made it up.
 */
export function readData<Value>(
  contract: string,
  data: Cell,
  read: (slice: Slice) => Value,
): Value {
  try {
    const slice = data.beginParse();
    const value = read(slice);
    slice.endParse();
    return value;
  } catch (cause) {
    throw new CocoonError("contract_unexpected", { contract, reason: "other data" }, { cause });
  }
}

/** The same for a cell inside. Throws any Error. */
export function readCell<Value>(cell: Cell, read: (slice: Slice) => Value): Value {
  const slice = cell.beginParse();
  const value = read(slice);
  slice.endParse();
  return value;
}

/** The body of a message that is only an opcode and a query id. */
export function bareBody(opcode: number, queryId: bigint): Cell {
  return beginCell().storeUint(opcode, 32).storeUint(queryId, 64).endCell();
}

const hashesPerCell = 3;

/** The hashes of a Merkle proof, deepest first, three in a cell; null when there are none. */
export function proofCell(proof: readonly Uint8Array[]): Cell | null {
  if (proof.length === 0) return null;
  const cell = beginCell();
  for (const hash of proof.slice(0, hashesPerCell)) cell.store(storeFixed(hash, 32));
  const rest = proofCell(proof.slice(hashesPerCell));
  if (rest !== null) cell.storeRef(rest);
  return cell.endCell();
}
