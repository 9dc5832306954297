// Jettons and NFTs (TEP-74, TEP-62), told by their get methods, with their content (TEP-64).

import { CocoonError, type RawAddress } from "@cocoon/protocol";
import { Address, Cell, Dictionary, type Slice, type TupleItem, TupleReader } from "@ton/core";
import { createHash } from "node:crypto";
import type { Ledger } from "../ledger/index.ts";
import type { Params } from "./params.ts";
import { base64OfCell } from "./accounts.ts";
import type { Json } from "./shapes.ts";

/** A kind of token: the get method that only it has, and what its answer says. */
type Standard = {
  readonly method: string;
  readonly type: string;
  readonly contractType: string;
  readonly read: (stack: TupleReader) => Json;
};

const standards: readonly Standard[] = [
  {
    method: "get_jetton_data",
    type: "ext.tokens.jettonMasterData",
    contractType: "jetton_master",
    read: (stack) => ({
      total_supply: stack.readBigNumber().toString(),
      mintable: stack.readBoolean(),
      ...named("admin_address", stack.readAddressOpt()),
      jetton_content: contentOf(stack.readCell()),
      jetton_wallet_code: base64OfCell(stack.readCell()),
    }),
  },
  {
    method: "get_wallet_data",
    type: "ext.tokens.jettonWalletData",
    contractType: "jetton_wallet",
    read: (stack) => ({
      balance: stack.readBigNumber().toString(),
      ...named("owner", stack.readAddressOpt()),
      ...named("jetton", stack.readAddressOpt()),
      jetton_wallet_code: base64OfCell(stack.readCell()),
    }),
  },
  {
    method: "get_collection_data",
    type: "ext.tokens.nftCollectionData",
    contractType: "nft_collection",
    read: (stack) => ({
      next_item_index: stack.readBigNumber().toString(),
      collection_content: contentOf(stack.readCell()),
      ...named("owner_address", stack.readAddressOpt()),
    }),
  },
  {
    method: "get_nft_data",
    type: "ext.tokens.nftItemData",
    contractType: "nft_item",
    read: (stack) => ({
      init: stack.readBoolean(),
      index: stack.readBigNumber().toString(),
      ...named("collection_address", stack.readAddressOpt()),
      ...named("owner_address", stack.readAddressOpt()),
      content: itemContentOf(stack.readCellOpt()),
    }),
  },
];

/** What kind of token an account is, and its data. Throws token_missing when it is none. */
export async function getTokenData(ledger: Ledger, params: Params): Promise<Json> {
  const address = params.address("address");
  for (const standard of standards) {
    const data = await dataOf(ledger, address, standard);
    if (data === undefined) continue;
    return { "@type": standard.type, address, contract_type: standard.contractType, ...data };
  }
  throw new CocoonError("token_missing");
}

/** Undefined when the account has no such method, or one that answers something else. */
async function dataOf(
  ledger: Ledger,
  address: RawAddress,
  { method, read }: Standard,
): Promise<Json | undefined> {
  const output = await ledger.runGetMethod(address, method, []);
  if (output?.exitCode !== 0) return undefined;
  return attempt(() => read(new TupleReader(asRead(output.stack))));
}

/** An address that is not there is two bits here, and null to TupleReader. */
function asRead(stack: readonly TupleItem[]): TupleItem[] {
  return stack.map((item) =>
    item.type === "slice" && item.cell.bits.length === 2 ? { type: "null" } : item,
  );
}

function named(name: string, address: Address | null): Json {
  return address === null ? {} : { [name]: address.toString() };
}

const attributeNames = [
  "uri",
  "name",
  "description",
  "image",
  "image_data",
  "symbol",
  "decimals",
  "amount_style",
  "render_type",
];
const onChain = 0;
const offChain = 1;
/** TEP-64, "Data serialization". */
const snakeFormat = 0;

/** What an item keeps of its own depends on its collection: what is not laid out as TEP-64 says is shown as it is. */
function itemContentOf(cell: Cell | null): Json {
  if (cell === null) return { type: "onchain", data: {} };
  return (
    attempt(() => contentOf(cell)) ?? { type: "offchain", data: cell.toBoc().toString("base64") }
  );
}

/** Throws anything when it is not laid out as TEP-64 says. */
function contentOf(cell: Cell): Json {
  const slice = cell.beginParse();
  const layout = slice.loadUint(8);
  if (layout === offChain) return { type: "offchain", data: textOf(slice) };
  if (layout !== onChain) throw new RangeError("neither on nor off the chain");
  const entries = slice.loadDict(Dictionary.Keys.Buffer(32), Dictionary.Values.Cell());
  const data = attributeNames.flatMap((name) => {
    const value = entries.get(createHash("sha256").update(name).digest());
    return value === undefined ? [] : [[name, attributeOf(value)] as const];
  });
  return { type: "onchain", data: Object.fromEntries(data) };
}

function attributeOf(cell: Cell): string {
  const slice = cell.beginParse();
  if (slice.loadUint(8) === snakeFormat) return textOf(slice);
  const chunks = slice.loadDict(Dictionary.Keys.Uint(32), Dictionary.Values.Cell());
  return chunks
    .values()
    .map((chunk) => textOf(chunk.beginParse()))
    .join("");
}

/** Bytes that go on in the first reference of each cell. */
function textOf(first: Slice): string {
  const bytes: Buffer[] = [];
  for (let slice = first; ; slice = slice.loadRef().beginParse()) {
    bytes.push(slice.loadBuffer(Math.floor(slice.remainingBits / 8)));
    if (slice.remainingRefs === 0) return Buffer.concat(bytes).toString();
  }
}

/** @ton/core throws errors of many kinds at what is laid out otherwise. */
function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
