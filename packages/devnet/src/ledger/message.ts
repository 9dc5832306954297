// Messages that enter the chain from outside.

import { CocoonError, type RawAddress } from "@cocoon/protocol";
import {
  Address,
  beginCell,
  Cell,
  Dictionary,
  loadMessage,
  type StateInit,
  storeMessage,
} from "@ton/core";

/** A message and the account that it is for. */
export type Incoming = { readonly message: Cell; readonly account: RawAddress };

/** Limits of a node (mainnet configuration 43, msg_bits and max_ext_msg_depth; 64 KiB of boc). */
const bocBytesMax = 65_535;
const messageDepthMax = 512;
/** The TVM's own limit for any cell. */
const cellDepthMax = 1_024;

/** Where minted money comes from: an address that nobody has the key to. */
export const faucetAddress: RawAddress = `0:${"00".repeat(32)}`;

/** Reads an external message as a client sends it. Throws request_malformed. */
export function parseExternal(boc: Uint8Array): Incoming {
  if (boc.length > bocBytesMax) throw refuse("boc too large");
  const message = parseBoc(boc);
  if (message.depth() > messageDepthMax) throw refuse("boc too deep");
  const account = destinationOf(message);
  if (account === undefined) throw refuse("not an external message to an account");
  return { message, account };
}

/** Reads the one root cell of a bag of cells. Throws request_malformed. */
export function parseBoc(boc: Uint8Array): Cell {
  const [root, ...others] = parseRoots(boc);
  if (root === undefined || others.length > 0) throw refuse("not one root cell");
  if (root.depth() > cellDepthMax) throw refuse("boc too deep");
  return root;
}

function parseRoots(boc: Uint8Array): readonly Cell[] {
  try {
    return Cell.fromBoc(Buffer.from(boc));
  } catch {
    throw refuse("not a bag of cells");
  }
}

/** An external message as a wallet would send it. */
export function externalMessage(account: RawAddress, body: Cell, init?: StateInit): Incoming {
  const dest = Address.parseRaw(account);
  const info = { type: "external-in" as const, dest, importFee: 0n };
  const message = { info, body, ...(init && { init }) };
  return { message: beginCell().store(storeMessage(message)).endCell(), account };
}

/** An internal message that carries new money. */
export function mintMessage(account: RawAddress, nanotons: bigint, lt: bigint): Incoming {
  const info = {
    type: "internal" as const,
    ihrDisabled: true,
    bounce: false,
    bounced: false,
    src: Address.parseRaw(faucetAddress),
    dest: Address.parseRaw(account),
    value: { coins: nanotons },
    ihrFee: 0n,
    forwardFee: 0n,
    createdLt: lt,
    createdAt: 0,
  };
  const message = beginCell().store(storeMessage({ info, body: Cell.EMPTY }));
  return { message: message.endCell(), account };
}

/** The message that a transaction received and those that it sent. */
export type Messages = { readonly incoming: Cell | undefined; readonly outgoing: readonly Cell[] };

/**
 * A transaction's messages as they stand in it, cell for cell: storing a parsed one could change its hash.
 * block.tlb: the transaction's first reference is
 *
 *     ^[ in_msg:(Maybe ^(Message Any)) out_msgs:(HashmapE 15 ^(Message Any)) ]
 */
export function messagesOf(transaction: Cell): Messages {
  const slice = transaction.beginParse().loadRef().beginParse();
  const incoming = slice.loadMaybeRef() ?? undefined;
  const messages = slice.loadDict(Dictionary.Keys.Uint(15), Dictionary.Values.Cell());
  return { incoming, outgoing: messages.values() };
}

function destinationOf(message: Cell): RawAddress | undefined {
  try {
    const { info } = loadMessage(message.beginParse());
    if (info.type !== "external-in") return undefined;
    const isKnown = info.dest.workChain === 0 || info.dest.workChain === -1;
    return isKnown ? info.dest.toRawString() : undefined;
  } catch {
    return undefined;
  }
}

function refuse(reason: string): CocoonError {
  return new CocoonError("request_malformed", { reason });
}
