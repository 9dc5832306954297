// What a gateway left on disk, read while it runs and while it does not.

import { CocoonError } from "@cocoon/protocol";
import {
  AnswerStore,
  gatewayMigrations,
  ledgerMigrations,
  openStore,
  OutgoingLedger,
} from "@cocoon/services";
import { existsSync } from "node:fs";
import { gatewayDatabasePath } from "../home.ts";

export type GatewayDatabase = {
  readonly answers: AnswerStore;
  readonly channels: OutgoingLedger;
  readonly close: () => void;
};

/** Opens the database of a home directory's gateway, for reading; undefined where there was none yet. */
export function openGatewayDatabase(home: string): GatewayDatabase | undefined {
  const path = gatewayDatabasePath(home);
  if (!existsSync(path)) return undefined;
  const store = openStore(path, [...ledgerMigrations, ...gatewayMigrations]);
  const noPolicy = (): Promise<never> =>
    Promise.reject(new CocoonError("internal", { reason: "opened for reading" }));
  return {
    answers: new AnswerStore(store, noPolicy),
    channels: new OutgoingLedger(store),
    close: () => store.close(),
  };
}
