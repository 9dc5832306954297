// A transaction as API v3 shows it.

import {
  beginCell,
  Cell,
  type CommonMessageInfo,
  loadMessage,
  loadTransaction,
  storeStateInit,
  type TransactionActionPhase,
  type TransactionComputePhase,
  type TransactionDescription,
} from "@ton/core";
import {
  type Ledger,
  messagesOf,
  type StoredTransaction,
  type TransactionRow,
} from "../../ledger/index.ts";
import { normalizedHash } from "../contracts.ts";
import { base64OfHex, type Json } from "../shapes.ts";
import { base64OfNumber, hashOf, indexedAddress } from "./shapes.ts";

/** Reads a transaction and shows it. */
export async function viewRow(ledger: Ledger, row: TransactionRow): Promise<Json> {
  return viewTransaction(ledger, row, await ledger.transaction(row));
}

function viewTransaction(ledger: Ledger, row: TransactionRow, stored: StoredTransaction): Json {
  const cell = Cell.fromBase64(stored.boc);
  const transaction = loadTransaction(cell.beginParse());
  const { incoming, outgoing } = messagesOf(cell);
  const [first = row] = ledger.history.cascadeOf(row);
  const seqno = ledger.history.blockAtLt(stored.lt)?.seqno ?? null;
  return {
    account: indexedAddress(stored.account),
    hash: base64OfHex(stored.hash),
    lt: stored.lt.toString(),
    now: transaction.now,
    mc_block_seqno: seqno,
    trace_id: base64OfHex(first.hash),
    prev_trans_hash: base64OfNumber(transaction.prevTransactionHash),
    prev_trans_lt: transaction.prevTransactionLt.toString(),
    orig_status: statusName(transaction.oldStatus),
    end_status: statusName(transaction.endStatus),
    total_fees: transaction.totalFees.coins.toString(),
    total_fees_extra_currencies: {},
    description: viewDescription(transaction.description),
    block_ref: seqno === null ? null : { workchain: 0, shard: "8000000000000000", seqno },
    in_msg: incoming === undefined ? null : viewMessage(incoming),
    out_msgs: outgoing.map(viewMessage),
    account_state_before: { hash: transaction.stateUpdate.oldHash.toString("base64") },
    account_state_after: { hash: transaction.stateUpdate.newHash.toString("base64") },
    emulated: false,
  };
}

function viewMessage(cell: Cell): Json {
  const { info, init, body } = loadMessage(cell.beginParse());
  const state = init && beginCell().store(storeStateInit(init)).endCell();
  const opcode = body.beginParse();
  return {
    hash: cell.hash().toString("base64"),
    ...(info.type === "external-in" && { hash_norm: normalizedHash(cell).toString("base64") }),
    source: info.type === "external-in" ? null : indexedAddress(info.src.toRawString()),
    destination: info.type === "external-out" ? null : indexedAddress(info.dest.toRawString()),
    ...amountsOf(info),
    opcode: opcode.remainingBits < 32 ? null : hexOpcode(opcode.loadUint(32)),
    message_content: {
      hash: body.hash().toString("base64"),
      body: body.toBoc().toString("base64"),
      decoded: null,
    },
    init_state: !state ? null : { hash: hashOf(state), body: base64Of(state) },
  };
}

/** As v3 writes operation codes. */
export function hexOpcode(opcode: number): string {
  return `0x${opcode.toString(16).padStart(8, "0")}`;
}

function base64Of(cell: Cell): string {
  return cell.toBoc().toString("base64");
}

function amountsOf(info: CommonMessageInfo): Json {
  if (info.type !== "internal") {
    const sent = info.type === "external-out" ? info : undefined;
    return {
      value: null,
      fwd_fee: null,
      ihr_fee: null,
      created_lt: sent?.createdLt.toString() ?? null,
      created_at: sent?.createdAt.toString() ?? null,
      ihr_disabled: null,
      bounce: null,
      bounced: null,
      import_fee: info.type === "external-in" ? info.importFee.toString() : null,
    };
  }
  return {
    value: info.value.coins.toString(),
    value_extra_currencies: {},
    fwd_fee: info.forwardFee.toString(),
    ihr_fee: info.ihrFee.toString(),
    created_lt: info.createdLt.toString(),
    created_at: info.createdAt.toString(),
    ihr_disabled: info.ihrDisabled,
    bounce: info.bounce,
    bounced: info.bounced,
    import_fee: null,
  };
}

function viewDescription(description: TransactionDescription): Json {
  if (description.type !== "generic") return { type: description.type };
  const { aborted, destroyed, creditFirst, storagePhase, creditPhase } = description;
  return {
    type: "ord",
    aborted,
    destroyed,
    credit_first: creditFirst,
    ...(storagePhase && {
      storage_ph: {
        storage_fees_collected: storagePhase.storageFeesCollected.toString(),
        status_change: storagePhase.statusChange,
      },
    }),
    ...(creditPhase && { credit_ph: { credit: creditPhase.credit.coins.toString() } }),
    compute_ph: viewComputePhase(description.computePhase),
    ...(description.actionPhase && { action: viewActionPhase(description.actionPhase) }),
  };
}

function viewComputePhase(phase: TransactionComputePhase): Json {
  if (phase.type === "skipped") return { skipped: true, reason: phase.reason.replaceAll("-", "_") };
  return {
    skipped: false,
    success: phase.success,
    msg_state_used: phase.messageStateUsed,
    account_activated: phase.accountActivated,
    gas_fees: phase.gasFees.toString(),
    gas_used: phase.gasUsed.toString(),
    gas_limit: phase.gasLimit.toString(),
    mode: phase.mode,
    exit_code: phase.exitCode,
    vm_steps: phase.vmSteps,
    vm_init_state_hash: base64OfNumber(phase.vmInitStateHash),
    vm_final_state_hash: base64OfNumber(phase.vmFinalStateHash),
  };
}

function viewActionPhase(phase: TransactionActionPhase): Json {
  return {
    success: phase.success,
    valid: phase.valid,
    no_funds: phase.noFunds,
    status_change: phase.statusChange,
    total_fwd_fees: (phase.totalFwdFees ?? 0n).toString(),
    total_action_fees: (phase.totalActionFees ?? 0n).toString(),
    result_code: phase.resultCode,
    tot_actions: phase.totalActions,
    spec_actions: phase.specActions,
    skipped_actions: phase.skippedActions,
    msgs_created: phase.messagesCreated,
    action_list_hash: base64OfNumber(phase.actionListHash),
    tot_msg_size: {
      cells: phase.totalMessageSize.cells.toString(),
      bits: phase.totalMessageSize.bits.toString(),
    },
  };
}

function statusName(status: string): string {
  if (status === "uninitialized") return "uninit";
  return status === "non-existing" ? "nonexist" : status;
}
