// What is done with the root. Whoever pays needs no right to anything: the keys of governance decide. All throw as
// Wallet.send does.

import type { RawAddress, SigningKey } from "@cocoon/protocol";
import {
  deployRootBody,
  executeChangeBody,
  type Governance,
  type KeySet,
  type Measurement,
  type ModelListing,
  type NetworkParams,
  type Resolution,
  type Revocation,
  rootAddress,
  rootAttachment,
  type RootChange,
  rootDeployAttachment,
  type RootGenesis,
  rootInit,
  type SignedStatement,
  signStatement,
  type Statement,
  statementBody,
} from "@cocoon/contracts";
import type { ChainClient } from "./client.ts";
import { operate, type Operation, operationOf } from "./operation.ts";
import { readRoot } from "./readers.ts";
import type { WalletMessage } from "./transfer.ts";
import type { Wallet } from "./wallet.ts";

export type DeployRootOptions = {
  /** Tells networks that begin alike apart. */
  readonly salt: bigint;
  readonly governance: Governance;
  readonly params: NetworkParams;
  /** Default: nobody. */
  readonly auditors?: KeySet;
  /** By manifest hash, lower-case hex. */
  readonly models?: ReadonlyMap<string, ModelListing>;
  /** By image hash, lower-case hex. */
  readonly measurements?: ReadonlyMap<string, Measurement>;
};

/** Who signs for governance, and for how long what they sign is good. */
export type GovernOptions = {
  /** As many of the keys of governance as its threshold asks for. Another key is a bug of the caller. */
  readonly signers: readonly SigningKey[];
  /** By the chain's clock. Default 600. */
  readonly validForSeconds?: number;
};

const validForSecondsDefault = 600;

/** The whole beginning of a root; the address follows from it. */
export function rootGenesis(options: DeployRootOptions): RootGenesis {
  return {
    salt: options.salt,
    governance: options.governance,
    params: options.params,
    auditors: options.auditors ?? { keys: [], threshold: 0 },
    models: options.models ?? new Map(),
    measurements: options.measurements ?? new Map(),
  };
}

/** Deploys a root with its first lists, in one message. */
export async function deployRoot(
  wallet: Wallet,
  options: DeployRootOptions,
): Promise<Operation & { readonly root: RawAddress }> {
  const genesis = rootGenesis(options);
  const root = rootAddress(genesis);
  const operation = await operate(wallet, {
    to: root,
    value: rootDeployAttachment(genesis),
    init: rootInit(genesis),
    body: deployRootBody(),
  });
  return { ...operation, root };
}

/** Makes a change pending, under this id, until the delay of governance is over. */
export async function proposeChange(
  wallet: Wallet,
  root: RawAddress,
  change: RootChange,
  options: GovernOptions,
): Promise<Operation & { readonly id: number }> {
  const resolution = { action: "propose", change } as const;
  const statement = await resolve(wallet, root, resolution, options);
  return { ...(await sendStatement(wallet, statement)), id: statement.sequence };
}

/** By anyone, once its time has come. */
export function executeChange(wallet: Wallet, root: RawAddress, id: number): Promise<Operation> {
  return operate(wallet, { to: root, value: rootAttachment, body: executeChangeBody(id) });
}

/** Ends a pending change. */
export async function cancelChange(
  wallet: Wallet,
  root: RawAddress,
  id: number,
  options: GovernOptions,
): Promise<Operation> {
  const resolution = { action: "cancel", id } as const;
  return sendStatement(wallet, await resolve(wallet, root, resolution, options));
}

/** Removes or tightens, at once. */
export async function revoke(
  wallet: Wallet,
  root: RawAddress,
  revocation: Revocation,
  options: GovernOptions,
): Promise<Operation> {
  const resolution = { action: "revoke", revocation } as const;
  return sendStatement(wallet, await resolve(wallet, root, resolution, options));
}

/**
 * Proposes changes and executes them in one transaction of the wallet: for networks whose governance has no delay.
 * Elsewhere it throws transaction_failed with TooEarly, and the changes are pending.
 */
export async function enactChanges(
  wallet: Wallet,
  root: RawAddress,
  changes: readonly RootChange[],
  options: GovernOptions,
): Promise<Operation> {
  const [first] = changes;
  if (first === undefined) throw new RangeError("no changes");
  const base = await prepareStatement(
    wallet.client,
    root,
    { action: "propose", change: first },
    options.validForSeconds,
  );
  const messages = changes.flatMap((change, index): WalletMessage[] => {
    const sequence = base.statement.sequence + index;
    const resolution = { action: "propose", change } as const;
    const statement = { ...base.statement, sequence, resolution };
    const signed = signStatement(statement, base.governance, options.signers);
    return [statementBody(signed), executeChangeBody(sequence)].map((body) => {
      return { to: root, value: rootAttachment, body };
    });
  });
  return operationOf(await wallet.send(messages));
}

/** What the root expects next, for keys that sign apart: see signStatement. */
export async function prepareStatement(
  client: ChainClient,
  root: RawAddress,
  resolution: Resolution,
  validForSeconds: number = validForSecondsDefault,
): Promise<{ readonly statement: Statement; readonly governance: Governance }> {
  const { networkId } = client;
  const [{ seenAtSeconds }, { governance, sequence }] = await Promise.all([
    client.account(root),
    readRoot(client, root),
  ]);
  const validUntilSeconds = seenAtSeconds + validForSeconds;
  return { statement: { networkId, root, sequence, validUntilSeconds, resolution }, governance };
}

/** By anyone: carries a statement to the root. */
export function sendStatement(wallet: Wallet, statement: SignedStatement): Promise<Operation> {
  const body = statementBody(statement);
  return operate(wallet, { to: statement.root, value: rootAttachment, body });
}

async function resolve(
  { client }: Wallet,
  root: RawAddress,
  resolution: Resolution,
  { signers, validForSeconds }: GovernOptions,
): Promise<SignedStatement> {
  const prepared = await prepareStatement(client, root, resolution, validForSeconds);
  return signStatement(prepared.statement, prepared.governance, signers);
}
