// What a gateway left on disk, read while it runs and while it does not.

import { CocoonError } from "@cocoon/protocol";
import {
  AnswerStore,
  ApiKeys,
  gatewayMigrations,
  ledgerMigrations,
  openStore,
  OutgoingLedger,
} from "@cocoon/services";
import { existsSync } from "node:fs";
import { gatewayDatabasePath } from "../home.ts";

export type GatewayDatabase = {
  /** May be written to: each write is a transaction that takes a moment, also while the gateway runs. */
  readonly keys: ApiKeys;
  readonly answers: AnswerStore;
  readonly channels: OutgoingLedger;
  readonly close: () => void;
};

/** Opens the database of a home directory's gateway; undefined where there was none yet. */
export function openGatewayDatabase(home: string): GatewayDatabase | undefined {
  return openDatabaseFile(gatewayDatabasePath(home));
}

/** The same for the database at this path. */
export function openDatabaseFile(path: string): GatewayDatabase | undefined {
  if (!existsSync(path)) return undefined;
  const store = openStore(path, [...ledgerMigrations, ...gatewayMigrations]);
  const noPolicy = (): Promise<never> =>
    Promise.reject(new CocoonError("internal", { reason: "opened for reading" }));
  return {
    keys: new ApiKeys(store, Date.now),
    answers: new AnswerStore(store, noPolicy),
    channels: new OutgoingLedger(store),
    close: () => store.close(),
  };
}
