import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError, toHex } from "@cocoon/protocol";
import { seedOfMnemonic } from "./mnemonic.ts";

/** Vectors 0 to 2 of @ton/crypto's own tests. */
const vectors = [
  [
    "hospital stove relief fringe tongue always charge angry urge sentence again match nerve inquiry senior coconut label tumble carry category beauty bean road solution",
    "9d659a6c2234db7f6e4f977e6e8653b9f5946d557163f31034011375d8f3f97d",
  ],
  [
    "dose ice enrich trigger test dove century still betray gas diet dune use other base gym mad law immense village world example praise game",
    "119dcf2840a3d56521d260b2f125eedc0d4f3795b9e627269a4b5a6dca8257bd",
  ],
  [
    "hobby coil wisdom mechanic fossil pretty enough attract since choice exhaust hazard kit oven damp flip hawk tribe spice glare step hammer apple number",
    "764c63ecdc92b331caf3c5a81c483da8444d4ac87d87af9e3cd36ae207d94e51",
  ],
] as const;
const [[words]] = vectors;

test("seedOfMnemonic() refuses other counts, other letters, misspelt words and those of other wallets", () => {
  const abandon = `${"abandon ".repeat(23)}about`;
  const wrong = ["", words.slice(9), `${words} road`, words.replace("bean", "be4n"), abandon];
  for (const text of [...wrong, words.replace("bean", "been")]) {
    assert.throws(() => seedOfMnemonic(text), { code: "option_invalid" }, text);
  }
});

test("seedOfMnemonic() says which words are not in the list, and never the words", () => {
  const refusal = (text: string): string => {
    try {
      seedOfMnemonic(text);
    } catch (error) {
      if (error instanceof CocoonError) return JSON.stringify(error.details);
    }
    return assert.fail("it was taken");
  };
  assert.match(refusal(words.replace("bean", "beam")), /word 22 of/);
  const two = refusal(words.replace("hospital", "hopsital").replace("bean", "b3an"));
  assert.match(two, /words 1, 22 of/);
  assert.doesNotMatch(two, /hopsital|b3an|stove/);
  assert.match(refusal(words.split(" ").slice(0, 23).join(" ")), /24 words, not 23/);
  assert.match(refusal(""), /24 words, not 0/);
  assert.match(refusal(words.split(" ").toReversed().join(" ")), /not in this order/);
});

test("seedOfMnemonic() derives what TON's own wallets derive", () => {
  for (const [mnemonic, seed] of vectors) assert.equal(toHex(seedOfMnemonic(mnemonic)), seed);
  const spread = ` ${words.toUpperCase().replaceAll(" ", "\n ")}\n`;
  assert.equal(toHex(seedOfMnemonic(spread)), vectors[0][1]);
});
