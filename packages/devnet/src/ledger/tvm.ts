// The real TVM, compiled to WebAssembly by the TON project, behind the few calls that the ledger makes.
// Every call computes to its end before it returns: whoever must stay responsive runs it in a worker thread.

import { CocoonError } from "@cocoon/protocol";
import { type Address, Cell, getMethodId, parseTuple, type TupleItem } from "@ton/core";
import { Executor, type RunTransactionArgs } from "@ton/sandbox/dist/executor/Executor.js";

export type TransactionInput = {
  readonly message: Cell;
  /** Base64 of the receiver's `ShardAccount`. */
  readonly account: string;
  readonly utime: number;
  readonly lt: bigint;
  readonly randomSeed: Buffer;
  /** Takes every signature for good: for estimates alone. */
  readonly ignoreSignatures?: boolean;
};

/** Base64 of the transaction and of the receiver's `ShardAccount` after it. */
export type TransactionOutput = { readonly transaction: string; readonly account: string };

export type GetMethodInput = {
  readonly address: Address;
  readonly code: Cell;
  readonly data: Cell;
  readonly balanceNanotons: bigint;
  /** A name or a method id. */
  readonly method: string | number;
  readonly stack: readonly TupleItem[];
  readonly utime: number;
  readonly randomSeed: Buffer;
};

export type GetMethodOutput = {
  readonly gasUsed: number;
  /** 0 or 1 is success. */
  readonly exitCode: number;
  readonly stack: readonly TupleItem[];
};

export type Tvm = {
  /** Throws transaction_failed when the account does not accept an external message. */
  readonly runTransaction: (input: TransactionInput) => Promise<TransactionOutput>;
  readonly runGetMethod: (input: GetMethodInput) => Promise<GetMethodOutput>;
};

/** A get method may use as much gas as a node allows. */
const getMethodGasMax = 1_000_000n;

export async function createTvm(configuration: Cell): Promise<Tvm> {
  const executor = await Executor.create();
  const config = configuration.toBoc().toString("base64");
  return {
    runTransaction: async (input) => {
      const { result } = await executor.runTransaction(transactionArguments(input, config));
      if (result.success) return { transaction: result.transaction, account: result.shardAccount };
      const exitCode = result.vmResults?.vmExitCode;
      throw new CocoonError("transaction_failed", {
        reason: exitCode === undefined ? result.error : "external message was not accepted",
        ...(exitCode !== undefined && { exitCode }),
      });
    },
    runGetMethod: async ({ balanceNanotons, method, stack, utime, ...rest }) => {
      const { output } = await executor.runGetMethod({
        ...rest,
        config,
        verbosity: "short",
        methodId: typeof method === "number" ? method : getMethodId(method),
        stack: [...stack],
        unixTime: utime,
        balance: balanceNanotons,
        gasLimit: getMethodGasMax,
        debugEnabled: false,
      });
      if (!output.success) throw new CocoonError("transaction_failed", { reason: output.error });
      return {
        gasUsed: Number(output.gas_used),
        exitCode: output.vm_exit_code,
        stack: parseTuple(Cell.fromBase64(output.stack)),
      };
    },
  };
}

function transactionArguments(input: TransactionInput, config: string): RunTransactionArgs {
  return {
    config,
    libs: null,
    verbosity: "short",
    message: input.message,
    shardAccount: input.account,
    now: input.utime,
    lt: input.lt,
    randomSeed: input.randomSeed,
    ignoreChksig: input.ignoreSignatures ?? false,
    debugEnabled: false,
  };
}
