import assert from "node:assert/strict";
import { test } from "node:test";
import { createSigningKey, nanotons, signVoucher } from "@cocoon/protocol";
import {
  closeChannelCooperatively,
  finishChannelClose,
  openChannel,
  readChannel,
  settleChannel,
  startChannelClose,
  topUpChannel,
} from "@cocoon/sdk";
import { seedOf, devnetSuite, ton, tons } from "./devnet-chain.ts";

const session = createSigningKey(seedOf("session"));
const nobody = `0:${"66".repeat(32)}`;

devnetSuite("channels through the SDK", (chain) => {
  test("a channel pays exactly what its vouchers say, to the nanoton", async () => {
    const payer = await chain().wallet("client", 50n);
    const payee = await chain().wallet("payee", 5n);
    const terms = { payee: payee.address, sessionKey: session.publicKey, closeTimeoutSeconds: 30 };
    const { channel } = await openChannel(payer, { ...terms, salt: 1n, deposit: tons(10n) });
    await topUpChannel(payee, channel, tons(1n));
    const open = await readChannel(chain().client, channel);
    assert.deepEqual(
      [open?.phase, open?.deposited, open?.payer],
      ["open", tons(11n), payer.address],
    );

    const sign = (cumulative: bigint) =>
      signVoucher(session, chain().client.networkId, channel, nanotons(cumulative));
    const before = await payee.balance();
    const settled = await settleChannel(payee, channel, sign(3n * ton + 1n));
    assert.equal((await readChannel(chain().client, channel))?.claimed, 3n * ton + 1n);
    assert.equal(await payee.balance(), before + 3n * ton + 1n - settled.feeNanotons);
    await assert.rejects(settleChannel(payee, channel, sign(3n * ton)), {
      code: "transaction_failed",
    });

    const held = await payee.balance();
    const done = await closeChannelCooperatively(payee, channel, sign(4n * ton));
    assert.equal(await payee.balance(), held + ton - 1n - done.feeNanotons);
    const closed = await readChannel(chain().client, channel);
    assert.deepEqual([closed?.phase, closed?.claimed], ["closed", tons(4n)]);
    assert.ok((await payer.balance()) > 46n * ton);
  });

  test("a payer closes alone after the window, and the channel is gone", async () => {
    const payer = await chain().wallet("leaver", 20n);
    const { channel } = await openChannel(payer, {
      payee: nobody,
      sessionKey: session.publicKey,
      closeTimeoutSeconds: 30,
      salt: 2n,
      deposit: tons(10n),
    });
    await startChannelClose(payer, channel);
    const closing = await readChannel(chain().client, channel);
    assert.ok(closing?.phase === "closing");
    await assert.rejects(finishChannelClose(payer, channel), { code: "transaction_failed" });
    await chain().devnet.advanceTime(31);
    await finishChannelClose(payer, channel);
    assert.equal(await readChannel(chain().client, channel), undefined);
    assert.ok((await payer.balance()) > 19n * ton + ton / 2n);
  });
});
