// What governance decides: changes, which wait, and revocations, which do not.

import { beginCell, type Builder, type Cell, type Slice } from "@ton/core";
import { toHex } from "@cocoon/protocol";
import { storeHash } from "./cells.ts";
import type { KeySet } from "./key-set.ts";
import {
  type Governance,
  governanceCell,
  governanceOf,
  keySetCell,
  keySetOf,
  listingValue,
  type Measurement,
  measurementValue,
  type ModelListing,
  type NetworkParams,
  paramsCell,
  paramsOf,
  platformIdCell,
  platformIdOf,
} from "./root-entries.ts";

type RemoveModel = { readonly kind: "removeModel"; readonly manifestHash: string };
type RemoveMeasurement = { readonly kind: "removeMeasurement"; readonly imageHash: string };

/** What takes effect after the delay alone. Hashes are lower-case hex of 32 bytes. */
export type RootChange =
  /** Lists a model, or changes its listing. */
  | {
      readonly kind: "setModel";
      readonly manifestHash: string;
      readonly listing: ModelListing;
    }
  | RemoveModel
  /** Allows an image, or changes what it may be. */
  | {
      readonly kind: "setMeasurement";
      readonly imageHash: string;
      readonly measurement: Measurement;
    }
  | RemoveMeasurement
  | { readonly kind: "setParams"; readonly params: NetworkParams }
  | { readonly kind: "setAuditors"; readonly auditors: KeySet }
  /** Ends everything else that is pending. */
  | { readonly kind: "setGovernance"; readonly governance: Governance }
  /** Lets a banned platform serve again. */
  | { readonly kind: "liftBan"; readonly platformId: string };

/** What takes effect at once: it can only remove or tighten. What is pending about the same ends with it. */
export type Revocation =
  | RemoveModel
  | RemoveMeasurement
  /** The id of a machine or a GPU, lower-case hex of 1 to 64 bytes, as attestation names it. */
  | { readonly kind: "banPlatform"; readonly platformId: string }
  | { readonly kind: "raiseFloor"; readonly tcbEvaluationFloor: number };

type Decision = RootChange | Revocation;

/** The first byte of each. */
const kinds = {
  setModel: 0x01,
  removeModel: 0x02,
  setMeasurement: 0x03,
  removeMeasurement: 0x04,
  setParams: 0x05,
  setAuditors: 0x06,
  setGovernance: 0x07,
  liftBan: 0x08,
  banPlatform: 0x11,
  raiseFloor: 0x12,
} as const satisfies Record<Decision["kind"], number>;

/** The cell whose hash governance signs. Malformed fields are a bug of the caller. */
export function changeCell(decision: Decision): Cell {
  return beginCell().storeUint(kinds[decision.kind], 8).store(storeContent(decision)).endCell();
}

function storeContent(decision: Decision): (builder: Builder) => void {
  switch (decision.kind) {
    case "setModel":
      return (builder) => {
        builder.store(storeHash(decision.manifestHash));
        listingValue.serialize(decision.listing, builder);
      };
    case "removeModel":
      return storeHash(decision.manifestHash);
    case "setMeasurement":
      return (builder) => {
        builder.store(storeHash(decision.imageHash));
        measurementValue.serialize(decision.measurement, builder);
      };
    case "removeMeasurement":
      return storeHash(decision.imageHash);
    case "raiseFloor":
      return (builder) => void builder.storeUint(decision.tcbEvaluationFloor, 32);
    default:
      return (builder) => void builder.storeRef(contentCell(decision));
  }
}

type Referring = Extract<
  Decision,
  { kind: "setParams" | "setAuditors" | "setGovernance" | "liftBan" | "banPlatform" }
>;

function contentCell(decision: Referring): Cell {
  switch (decision.kind) {
    case "setParams":
      return paramsCell(decision.params);
    case "setAuditors":
      return keySetCell(decision.auditors);
    case "setGovernance":
      return governanceCell(decision.governance);
    default:
      return platformIdCell(decision.platformId);
  }
}

/** The change of such a cell. Throws any Error for others. */
export function changeOf(cell: Cell): RootChange {
  const decision = decisionOf(cell);
  if (decision.kind === "banPlatform" || decision.kind === "raiseFloor") {
    throw new RangeError("not a change");
  }
  return decision;
}

/** The change or revocation of such a cell. Throws any Error for others. */
export function decisionOf(cell: Cell): RootChange | Revocation {
  const slice = cell.beginParse();
  const read = readers.get(slice.loadUint(8));
  if (read === undefined) throw new RangeError("unknown kind");
  const decision = read(slice);
  slice.endParse();
  return decision;
}

const readers: ReadonlyMap<number, (slice: Slice) => Decision> = new Map<
  number,
  (slice: Slice) => Decision
>([
  [
    kinds.setModel,
    (slice) => ({
      kind: "setModel",
      manifestHash: hash(slice),
      listing: listingValue.parse(slice),
    }),
  ],
  [kinds.removeModel, (slice) => ({ kind: "removeModel", manifestHash: hash(slice) })],
  [
    kinds.setMeasurement,
    (slice) => ({
      kind: "setMeasurement",
      imageHash: hash(slice),
      measurement: measurementValue.parse(slice),
    }),
  ],
  [kinds.removeMeasurement, (slice) => ({ kind: "removeMeasurement", imageHash: hash(slice) })],
  [kinds.setParams, (slice) => ({ kind: "setParams", params: paramsOf(slice.loadRef()) })],
  [kinds.setAuditors, (slice) => ({ kind: "setAuditors", auditors: keySetOf(slice.loadRef()) })],
  [
    kinds.setGovernance,
    (slice) => ({ kind: "setGovernance", governance: governanceOf(slice.loadRef()) }),
  ],
  [kinds.liftBan, (slice) => ({ kind: "liftBan", platformId: platformIdOf(slice.loadRef()) })],
  [
    kinds.banPlatform,
    (slice) => ({ kind: "banPlatform", platformId: platformIdOf(slice.loadRef()) }),
  ],
  [kinds.raiseFloor, (slice) => ({ kind: "raiseFloor", tcbEvaluationFloor: slice.loadUint(32) })],
]);

function hash(slice: Slice): string {
  return toHex(slice.loadBuffer(32));
}
