import type { RawAddress } from "@cocoon/protocol";
import type { Payer } from "@cocoon/sdk";
import type { NetworkDescription } from "../network/index.ts";

/**
 * Pays from a wallet that was connected here, now or at an earlier visit; its owner is asked each time. Nothing of TON
 * Connect is loaded before it has to pay.
 */
export function createConnectPayer(network: NetworkDescription, address: RawAddress): Payer {
  return {
    address,
    pay: async (message) => {
      const { send } = await import("./connect.ts");
      await send(network, address, message);
    },
  };
}
