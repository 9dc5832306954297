// What docs/costs.md says of operations through a wallet, measured on the devnet's machine.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createSigningKey, signVoucher } from "@cocoon/protocol";
import {
  closeChannelCooperatively,
  openChannel,
  settleMessages,
  startChannelClose,
  finishChannelClose,
  topUpChannel,
} from "@cocoon/sdk";
import { walletCosts } from "../../tools/costs.ts";
import { devnetSuite, seedOf, tons } from "./devnet-chain.ts";

devnetSuite("docs/costs.md", (chain) => {
  test("names what channels cost through a wallet, to a tenth", async () => {
    const { devnet } = chain();
    const payer = await chain().wallet("cost payer", 1_000n);
    const payee = await chain().wallet("cost payee", 100n);
    const session = createSigningKey(seedOf("cost session"));
    const terms = {
      payee: payee.address,
      sessionKey: session.publicKey,
      closeTimeoutSeconds: 60,
      deposit: tons(10n),
    };
    // The first send of a wallet also deploys it.
    const first = await openChannel(payer, { ...terms, salt: 1n });
    await closeChannelCooperatively(payee, first.channel);
    const opened = await openChannel(payer, { ...terms, salt: 2n });
    const topUp = await topUpChannel(payer, opened.channel, tons(1n));
    const voucher = (channel: string, count: bigint) =>
      signVoucher(session, devnet.networkId, channel, tons(count));
    const channels: string[] = [];
    for (let salt = 100n; salt < 110n; salt += 1n) {
      channels.push((await openChannel(payer, { ...terms, salt })).channel);
    }
    const settle = (settled: readonly string[]) =>
      payee.send(
        settleMessages(settled.map((channel) => ({ channel, voucher: voucher(channel, 1n) }))),
      );
    const settleOne = await settle([opened.channel]);
    const settleTen = await settle(channels);
    const close = await closeChannelCooperatively(
      payee,
      opened.channel,
      voucher(opened.channel, 2n),
    );
    const [alone = ""] = channels;
    const startClose = await startChannelClose(payer, alone);
    await devnet.advanceTime(61);
    const finishClose = await finishChannelClose(payer, alone);
    const measured: readonly (readonly [string, bigint, bigint])[] = [
      ["open", opened.feeNanotons, walletCosts.open],
      ["topUp", topUp.feeNanotons, walletCosts.topUp],
      ["settle", settleOne.feeNanotons, walletCosts.settle],
      ["settleInBatch", settleTen.feeNanotons / 10n, walletCosts.settleInBatch],
      ["close", close.feeNanotons, walletCosts.close],
      ["startClose", startClose.feeNanotons, walletCosts.startClose],
      ["finishClose", finishClose.feeNanotons, walletCosts.finishClose],
    ];
    for (const [name, cost, stated] of measured) {
      const isNear = cost > (stated * 9n) / 10n && cost < (stated * 11n) / 10n;
      assert.ok(isNear, `${name}: ${cost} measured, ${stated} stated`);
    }
  });
});
