// The Merkle code of the contracts behind a get method of its own, which tries all proofs of a tree in one call.

import { beginCell, Cell } from "@ton/core";
import { proofCell } from "../src/cells.ts";
import { initAddress, tonAddress } from "../src/index.ts";
import { codeOf, readTolk, runTolk } from "../tools/compile.ts";
import { createTestChain, testAddress, ton } from "./chain.ts";
import type { TestLog } from "./log.ts";

const entry = "MerkleTrial.tolk";
const source = `
import "merkle"

struct LeafNode {
    own: uint64
    leaf: uint256
    proof: cell?
    next: Cell<LeafNode>?
}

fun leadsTo(root: uint256, node: LeafNode, index: int, size: int): bool {
    try {
        return inclusionRoot(node.leaf, index, size, node.proof) == root;
    } catch {
        return false;
    }
}

fun onInternalMessage(in: InMessage) {
    in.body.assertEnd();
}

get fun trial(leaves: cell, size: int, root: int, around: int): (int, int) {
    var next: Cell<LeafNode>? = leaves as Cell<LeafNode>;
    var accepted = 0;
    var wrong = 0;
    while (next != null) {
        val node = next!.load();
        var index = max(0, node.own - around);
        while (index <= min(size, node.own + around)) {
            if (leadsTo(root, node, index, size)) {
                if (index == node.own) {
                    accepted += 1;
                } else {
                    wrong += 1;
                }
            }
            index += 1;
        }
        next = node.next;
    }
    return (accepted, wrong);
}
`;

/** How many leaves of a tree led to its root. */
export type Trial = {
  /** By their proof, at their own index. */
  readonly own: number;
  /** By their proof, at any other index that was tried. */
  readonly wrong: number;
};

/** Which proofs to try, and where. */
export type TrialPlan = {
  readonly size: number;
  readonly leaves: readonly number[];
  /** How many indexes before and behind a leaf's own, as far as the tree has them, and the first that it does not have. */
  readonly around: number;
};

export async function createMerkleTrial(): Promise<
  (log: TestLog, plan: TrialPlan) => Promise<Trial>
> {
  const result = await runTolk(entry, (file) => (file === entry ? source : readTolk(file)));
  if (result.status === "error") throw new Error(result.message);
  const init = { code: Cell.fromBase64(codeOf(result).boc), data: Cell.EMPTY };
  const chain = await createTestChain();
  const to = initAddress(init);
  await chain.send({ from: testAddress("deployer"), to, value: ton, init, bounce: false });
  return async (log, { size, leaves, around }) => {
    let list: Cell | null = null;
    for (const index of leaves) {
      const { leaf, proof } = log.proven(index, size);
      const node = beginCell().storeUint(index, 64).storeBuffer(Buffer.from(leaf));
      list = node.storeMaybeRef(proofCell(proof)).storeMaybeRef(list).endCell();
    }
    const root = BigInt(`0x${Buffer.from(log.root(size)).toString("hex")}`);
    const { stackReader } = await chain.blockchain.runGetMethod(
      tonAddress(to),
      "trial",
      [
        { type: "cell", cell: list ?? Cell.EMPTY },
        { type: "int", value: BigInt(size) },
        { type: "int", value: root },
        { type: "int", value: BigInt(around) },
      ],
      { gasLimit: 1_000_000_000n },
    );
    return { own: stackReader.readNumber(), wrong: stackReader.readNumber() };
  };
}
