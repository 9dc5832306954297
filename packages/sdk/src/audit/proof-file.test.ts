import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError } from "@cocoon/protocol";
import {
  buildProofFile,
  encodePolicySnapshot,
  encodeProofFile,
  parseProofFile,
  type PolicySnapshot,
  proofLengthMax,
  type ProofParts,
} from "./index.ts";

const root = `0:${"a1".repeat(32)}`;
const policy: PolicySnapshot = {
  readAtMs: 5,
  revision: 2,
  tcbEvaluationFloor: 20,
  models: new Map([
    ["ff".repeat(32), { name: "é model", contextTokens: 512 }],
    ["0a".repeat(32), { name: "tiny", contextTokens: 2_048 }],
  ]),
  measurements: new Map([["0b".repeat(32), { teeType: 0x81, role: "worker" }]]),
};
const logProof = {
  checkpoint: "cocoon/1\n2\nroot\n\n— cocoon/1 sig\n",
  leafIndex: 1,
  treeSize: 2,
  inclusion: ["01".repeat(32)],
  anchor: {
    bond: root,
    treeSize: 2,
    root: "02".repeat(32),
    transaction: "03".repeat(32),
    lt: "18446744073709551615",
    timestamp: 9,
  },
};
const parts: ProofParts = {
  networkId: -7_239,
  root,
  receipt: new Uint8Array(385).fill(1),
  bundle: new Uint8Array(1_000).fill(2),
  promise: new Uint8Array(148).fill(3),
  verifiedAtMs: 7,
  bond: root,
  publicKey: "4c".repeat(32),
  policy: encodePolicySnapshot(policy),
  logProof: JSON.stringify(logProof),
  disclosure: {
    digests: [new Uint8Array(32).fill(4), new Uint8Array(32).fill(5)],
    fields: [{ name: "answer", salt: new Uint8Array(32).fill(6), value: Uint8Array.of(7, 8) }],
  },
};
const text = buildProofFile(parts);

function refuses(malformed: string, what: string): void {
  assert.throws(
    () => parseProofFile(malformed),
    (error) => error instanceof CocoonError && error.code === "proof_malformed",
    what,
  );
}

test("parseProofFile() refuses what is not a proof file", () => {
  for (const other of ["", "{", "[]", "null", "1", "{}", '{"format":"cocoon-proof/1"}']) {
    refuses(other, other);
  }
  refuses(text.replace("cocoon-proof/1", "cocoon-proof/2"), "format");
  refuses(text.padEnd(proofLengthMax + 1), "too long");
  parseProofFile(text.padEnd(proofLengthMax));
});

test("parseProofFile() refuses each field that is missing", () => {
  const whole = JSON.parse(text) as Record<string, unknown>; // oxlint-disable-line no-unsafe-type-assertion -- our own file
  const optional = new Set(["disclosure"]);
  for (const name of Object.keys(whole)) {
    const rest = JSON.stringify({ ...whole, [name]: undefined });
    if (optional.has(name)) parseProofFile(rest);
    else refuses(rest, name);
  }
});

test("parseProofFile() takes one spelling of each file, apart from white space", () => {
  const spellings: readonly (readonly [string, string])[] = [
    ['"revision": 2', '"revision": 2.0'],
    ['"revision": 2', '"revision": 2e0'],
    ['"revision": 2', '"revision": 2, "revision": 2'],
    ['"revision": 2', '"revision": "2"'],
    ['"revision": 2', '"revision": 2, "more": null'],
    ['"networkId": -7239', '"networkId": -7239.5'],
    ['"tiny"', '"\\u0074iny"'],
    ['"tiny"', '"tiny", "proof": null'],
    ["é model", "\\u00e9 model"],
    ["4c4c4c", "4C4c4c"],
    ['"leafIndex": 1', '"leafIndex": -0'],
    ["18446744073709551615", "018446744073709551615"],
    ["18446744073709551615", "1e3"],
    ['"role": "worker"', '"role": "gateway"'],
    ['"Bwg="', '"Bwh="'],
  ];
  for (const [canonical, other] of spellings) {
    assert.ok(text.includes(canonical), canonical);
    refuses(text.replace(canonical, other), other);
  }
  const { network, ...rest } = JSON.parse(text) as Record<string, unknown>; // oxlint-disable-line no-unsafe-type-assertion -- our own file
  refuses(JSON.stringify({ ...rest, network }), "another order");
  parseProofFile(JSON.stringify(JSON.parse(text)));
  parseProofFile(`\n\t${text.replaceAll("\n", "\r\n")}`);
});

test("parseProofFile() refuses lists out of order, and entries that are there twice", () => {
  const file = parseProofFile(text);
  const [first, second] = [...file.policy.models].map(([hash]) => hash);
  assert.ok(first !== undefined && second !== undefined && first < second);
  const swapped = { [first]: second, [second]: first };
  const places = new RegExp(`${first}|${second}`, "g");
  refuses(
    text.replaceAll(places, (hash) => swapped[hash] ?? hash),
    "order",
  );
  refuses(text.replaceAll(second, first), "twice");
});

test("buildProofFile() and parseProofFile() are inverse, in each state", () => {
  assert.deepEqual(encodeProofFile(parseProofFile(text)), text);
  const { anchor: _anchor, ...included } = logProof;
  const { disclosure: _disclosure, ...closed } = parts;
  for (const proof of [undefined, JSON.stringify(included)]) {
    const other = buildProofFile({ ...closed, logProof: proof });
    const file = parseProofFile(other);
    assert.equal(encodeProofFile(file), other);
    assert.deepEqual(file.log.proof, proof === undefined ? undefined : included);
    assert.equal(file.disclosure, undefined);
  }
  const file = parseProofFile(text);
  assert.deepEqual(file.log.proof, logProof);
  assert.deepEqual(file.disclosure, parts.disclosure);
  assert.deepEqual(file.policy, policy);
  assert.deepEqual(file.receipt, parts.receipt);
});

test("a proof file's lists hold bans and an image's own minimum, where there are any", () => {
  const [[hash, image] = []] = [...policy.measurements];
  assert.ok(hash !== undefined && image !== undefined);
  const strict: PolicySnapshot = {
    ...policy,
    measurements: new Map([[hash, { ...image, evaluationMin: 21 }]]),
    bannedPlatforms: new Set(["0102", "ab".repeat(64)]),
  };
  const written = buildProofFile({ ...parts, policy: encodePolicySnapshot(strict) });
  assert.deepEqual(parseProofFile(written).policy, strict);
  assert.equal(encodeProofFile(parseProofFile(written)), written);
  const unordered = { ...strict, bannedPlatforms: new Set(["ab".repeat(64), "0102"]) };
  assert.equal(encodePolicySnapshot(unordered), encodePolicySnapshot(strict));
  refuses(written.replace(/"evaluationMin": ?21/, '"evaluationMin":0'), "a minimum of nothing");
  refuses(written.replace('"0102"', '"ff"'), "bans out of order");
  refuses(written.replace(/"bannedPlatforms": ?\[/, "$&7,"), "a ban of no platform");
  for (const id of ["", "012", "01x2", "AB"]) {
    refuses(written.replace('"0102"', `"${id}"`), `a ban of ${id}`);
  }
});

test("buildProofFile() refuses parts that are no proof", () => {
  const malformed: readonly Partial<ProofParts>[] = [
    { publicKey: "4c" },
    { policy: "{}" },
    { logProof: "{}" },
    { logProof: "not JSON" },
    { receipt: new Uint8Array(386) },
    { bundle: new Uint8Array(131_073) },
    { root: "0:12" },
    { verifiedAtMs: -1 },
    { disclosure: { digests: [], fields: [] } },
  ];
  for (const changes of malformed) {
    assert.throws(() => buildProofFile({ ...parts, ...changes }), { code: "proof_malformed" });
  }
});
