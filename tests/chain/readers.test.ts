import assert from "node:assert/strict";
import { test } from "node:test";
import { Address, beginCell } from "@ton/core";
import { channelCode, initAddress, topUpChannelBody } from "@cocoon/contracts";
import { createSigningKey, nanotons } from "@cocoon/protocol";
import { readChannel, readProxyBond, readRoot } from "@cocoon/sdk";
import { seedOf, devnetSuite, ton, tons } from "./devnet-chain.ts";

const session = createSigningKey(seedOf("session"));
const nobody = `0:${"66".repeat(32)}`;

devnetSuite("readers of our contracts", (chain) => {
  test("readers refuse another contract, and our code deployed with a history that never was", async () => {
    const attacker = await chain().wallet("attacker", 20n);
    const unexpected = { code: "contract_unexpected" };
    await assert.rejects(readRoot(chain().client, nobody), unexpected);
    assert.equal(await readChannel(chain().client, nobody), undefined);
    assert.equal(await readProxyBond(chain().client, nobody), undefined);
    await attacker.send([{ to: nobody, value: nanotons(1n), bounce: false }]);
    await assert.rejects(readChannel(chain().client, attacker.address), unexpected);

    const params = beginCell()
      .storeAddress(Address.parse(attacker.address))
      .storeAddress(Address.parse(nobody))
      .storeBuffer(Buffer.from(session.publicKey))
      .storeUint(60, 32)
      .storeUint(0, 64);
    const rich = beginCell()
      .storeUint(1, 8)
      .storeUint(0, 32)
      .storeCoins(0)
      .storeCoins(1_000n * ton)
      .storeRef(params);
    const init = { code: channelCode.cell, data: rich.endCell() };
    const to = initAddress(init);
    const body = topUpChannelBody(nanotons(0n));
    await attacker.send([{ to, value: tons(1n), init, body }]);
    assert.equal((await chain().client.account(to)).codeHash, channelCode.hash);
    await assert.rejects(readChannel(chain().client, to), unexpected);
  });
});
