// A proxy's parts.

import type { ErrorCode, SigningKey, TrustProfile } from "@cocoon/protocol";
import type { ChainClient, RequireWorkerBond, RootPolicy, Wallet } from "@cocoon/sdk";
import type { ProxyConfig } from "../config/index.ts";
import type { IncomingChannel, IncomingLedger, OutgoingLedger } from "../ledger/index.ts";
import type { Cosigning, ReceiptLog, TileFolder } from "../log/index.ts";
import type { Logger } from "../observe/index.ts";
import type { Store } from "../store/index.ts";
import type { Admission } from "./admission.ts";
import type { DepositWatch } from "./deposit-watch.ts";
import type { WorkerPayments } from "./payments.ts";
import type { ReceiptDesk } from "./receipt-desk.ts";
import type { UploadRoom } from "./upload.ts";
import type { WorkerDirectory } from "./workers.ts";

export type ProxyModules = {
  /** Opens the keystore, where the network needs one. */
  readonly passphrase?: string | undefined;
  readonly chain: ChainClient;
  /** Whose evidence counts. */
  readonly profiles: readonly TrustProfile[];
  readonly logger: Logger;
  readonly now: () => number;
  readonly random: () => number;
};

/** Everything a proxy is made of, for the files of this room. */
export type Proxy = ProxyModules & {
  readonly config: ProxyConfig;
  readonly store: Store;
  readonly wallet: Wallet;
  readonly logKey: SigningKey;
  readonly incoming: IncomingLedger;
  readonly outgoing: OutgoingLedger;
  readonly log: ReceiptLog;
  readonly tiles: TileFolder;
  readonly cosigning: Cosigning;
  readonly desk: ReceiptDesk;
  readonly directory: WorkerDirectory;
  readonly refused: (code: ErrorCode) => void;
  readonly admission: Admission;
  readonly deposits: DepositWatch;
  readonly payments: WorkerPayments;
  /** Requests between their first sealed byte and their end, on any connection: one id runs once at a time. */
  readonly inFlight: Set<string>;
  readonly room: UploadRoom;
  /** What the root contract allowed when it was last read. */
  readonly policy: () => RootPolicy;
  /** Looks at the bond of a worker that announces itself. */
  readonly requireBond: RequireWorkerBond;
  readonly refreshPolicy: () => Promise<void>;
  readonly attachChannel: (address: string) => Promise<IncomingChannel>;
  readonly closeChannel: (channel: IncomingChannel) => Promise<string>;
};
