import { nanotons, type Nanotons, type RawAddress, type Voucher } from "@cocoon/protocol";

/** `closing`: the payer started a unilateral close; nothing new is served, what is owed is settled at once. */
export type IncomingPhase = "open" | "closing" | "closed";

/** A channel that pays this node: what the chain says of it and what this node holds against it. */
export type IncomingChannel = {
  readonly address: RawAddress;
  readonly payer: RawAddress;
  /** 32 bytes. */
  readonly sessionKey: Uint8Array;
  readonly phase: IncomingPhase;
  /** On chain, ever deposited. */
  readonly deposit: Nanotons;
  /** On chain, already paid out. */
  readonly claimed: Nanotons;
  /** Logged answers that the payer has not acknowledged yet. */
  readonly pending: Nanotons;
  /** Acknowledged answers. */
  readonly posted: Nanotons;
  /** Logged answers that the payer never got; not owed, but remembered against its credit. */
  readonly released: Nanotons;
  /** The highest voucher held. */
  readonly vouchered: Nanotons;
  readonly voucher?: Voucher;
};

/** A row of incoming_channels as the driver gives it. */
export type IncomingRow = {
  readonly address: string;
  readonly payer: string;
  readonly session_key: Uint8Array;
  readonly phase: IncomingPhase;
  readonly voucher_signature: Uint8Array | null;
} & Readonly<
  Record<"deposit" | "claimed" | "pending" | "posted" | "released" | "vouchered", bigint>
>;

export function incomingChannelOf(row: IncomingRow): IncomingChannel {
  const vouchered = nanotons(row.vouchered);
  return {
    address: row.address,
    payer: row.payer,
    sessionKey: Uint8Array.from(row.session_key),
    phase: row.phase,
    deposit: nanotons(row.deposit),
    claimed: nanotons(row.claimed),
    pending: nanotons(row.pending),
    posted: nanotons(row.posted),
    released: nanotons(row.released),
    vouchered,
    ...(row.voucher_signature !== null && {
      voucher: {
        channel: row.address,
        cumulative: vouchered,
        signature: Uint8Array.from(row.voucher_signature),
      },
    }),
  };
}
