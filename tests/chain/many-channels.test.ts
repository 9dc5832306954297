// A payee of hundreds of channels: how many transactions it takes to settle them, and how many requests to watch them.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  channelAddress,
  channelAttachment,
  channelInit,
  type ChannelParams,
  openChannelBody,
  startChannelCloseBody,
} from "@cocoon/contracts";
import { createSigningKey, nanotons, signVoucher } from "@cocoon/protocol";
import { createChainClient, createWallet, glanceAtChannels, historyAfter } from "@cocoon/sdk";
import {
  createLogger,
  IncomingLedger,
  ledgerMigrations,
  openStore,
  PayeeWatch,
  refreshIncomingChannel,
} from "@cocoon/services";
import { devnetSuite, pollMs, requestTimeoutMs, seedOf, tons } from "./devnet-chain.ts";
import { startTamperingFront } from "./tampering-front.ts";

/** COCOON_CHANNELS=220 takes 22 s of CPU. */
const channelCount = Number(process.env["COCOON_CHANNELS"] ?? 120);
const deposit = nanotons(500_000_000n);
const owed = nanotons(300_000_000n);
const session = createSigningKey(seedOf("many session"));

devnetSuite("a payee of hundreds of channels", (chain) => {
  test("settles them in a transaction for each hundred, and watches the rest with a request for each hundred", async (context) => {
    const { devnet } = chain();
    const front = await startTamperingFront(context, devnet.url);
    const client = createChainClient({
      endpoints: [front.url],
      networkId: devnet.networkId,
      requestTimeoutMs,
      pollMs,
    });
    const payer = await chain().wallet("many payer", 1_000n);
    const funded = await chain().wallet("many payee", 100n);
    const payee = createWallet({ client, seed: seedOf("many payee") });
    assert.equal(payee.address, funded.address);
    const params = Array.from({ length: channelCount }, (_, salt): ChannelParams => {
      const { publicKey: sessionKey } = session;
      const parties = { payer: payer.address, payee: payee.address };
      return { ...parties, sessionKey, closeTimeoutSeconds: 3_600, salt: BigInt(salt) };
    });
    await payer.submit(
      params.map((channel) => ({
        to: channelAddress(channel),
        value: nanotons(deposit + channelAttachment.open),
        init: channelInit(channel),
        body: openChannelBody(deposit),
      })),
    );
    const channels = params.map(channelAddress);

    const home = mkdtempSync(join(tmpdir(), "cocoon-many-"));
    const store = openStore(join(home, "books.db"), ledgerMigrations);
    context.after(() => {
      store.close();
      rmSync(home, { recursive: true, force: true });
    });
    const ledger = new IncomingLedger(store, devnet.networkId);
    for (const channel of channels) {
      await refreshIncomingChannel(chain().client, ledger, channel, payee.address);
      await ledger.holdVoucher(signVoucher(session, devnet.networkId, channel, owed));
    }
    const logger = createLogger({ role: "test", level: "silent" });
    const watch = new PayeeWatch({ wallet: payee, ledger, logger });

    await watch.settleAll(owed);
    const settled = await glanceAtChannels(client, channels);
    assert.ok([...settled.values()].every((state) => state?.claimed === owed));
    let transactions = 0;
    for await (const { incoming } of historyAfter(client, payee.address, 0n)) {
      if (incoming?.kind === "external-in") transactions += 1;
    }
    assert.equal(transactions, Math.ceil(channelCount / 100));

    front.asked.length = 0;
    await watch.settleAll(owed);
    assert.equal(front.asked.length, Math.ceil(channelCount / 100), front.asked.join(" "));

    const [closing = ""] = channels;
    await ledger.holdVoucher(signVoucher(session, devnet.networkId, closing, nanotons(owed + 1n)));
    await payer.send([
      { to: closing, value: channelAttachment.other, body: startChannelCloseBody() },
    ]);
    await watch.settleAll(tons(1n));
    assert.equal((await glanceAtChannels(client, [closing])).get(closing)?.claimed, owed + 1n);
    await watch.stop();
  });
});
