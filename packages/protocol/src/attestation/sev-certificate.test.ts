import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../bytes/index.ts";
import {
  type Certificate,
  derElement,
  derInteger,
  derOctetString,
  type Extension,
} from "../der/index.ts";
import { readSevPlatform } from "./sev-certificate.ts";
import { reachesSevTcb, readSevTcb, type SevTcb } from "./sev-product.ts";

const amd = "1.3.6.1.4.1.3704.1";
const ia5 = (text: string) => derElement(0x16, utf8(text));
const chipId = new Uint8Array(8).fill(5);

function certificateOf(changes: Readonly<Record<string, Uint8Array | undefined>>): Certificate {
  const contents = {
    "2": ia5("Turin-B1"),
    "3.1": derInteger(1),
    "3.2": derInteger(2),
    "3.3": derInteger(3),
    "3.8": derInteger(255),
    "3.9": derInteger(4),
    "4": chipId,
    ...changes,
  };
  const extensions = new Map<string, Extension>();
  for (const [name, content] of Object.entries(contents)) {
    if (content !== undefined) extensions.set(`${amd}.${name}`, { isCritical: false, content });
  }
  return { extensions } as unknown as Certificate; // oxlint-disable-line no-unsafe-type-assertion -- what the reader looks at
}

const malformed = { code: "certificate_malformed" };
const refuses = (changes: Readonly<Record<string, Uint8Array | undefined>>) => {
  assert.throws(() => readSevPlatform(certificateOf(changes), "Turin"), malformed);
};

test("readSevPlatform() refuses a certificate without AMD's extensions or of another product", () => {
  for (const name of ["2", "3.1", "3.2", "3.3", "3.8", "3.9"]) refuses({ [name]: undefined });
  refuses({ "2": ia5("Genoa-B1") });
  refuses({ "2": ia5("") });
  refuses({ "2": utf8("Turin") });
});

test("readSevPlatform() refuses versions above 255, other types, and chip ids of another size", () => {
  refuses({ "3.1": derInteger(256) });
  refuses({ "3.1": derOctetString(Uint8Array.of(1)) });
  refuses({ "3.1": Uint8Array.of(2, 1, 1, 0) });
  for (const id of [new Uint8Array(), new Uint8Array(7), derOctetString(new Uint8Array(9))]) {
    refuses({ "4": id });
  }
});

const tcb: SevTcb = { fmc: 4, bootloader: 1, tee: 2, snp: 3, microcode: 255 };

test("readSevPlatform() reads versions and chip, with and without a tag, and a key without a chip", () => {
  assert.deepEqual(readSevPlatform(certificateOf({}), "Turin"), { tcb, chipId });
  const tagged = certificateOf({ "4": derOctetString(chipId) });
  assert.deepEqual(readSevPlatform(tagged, "Turin").chipId, chipId);
  assert.equal(readSevPlatform(certificateOf({ "4": undefined }), "Turin").chipId, undefined);
  const genoa = certificateOf({ "2": ia5("Genoa"), "3.9": undefined, "4": undefined });
  assert.deepEqual(readSevPlatform(genoa, "Genoa").tcb, { ...tcb, fmc: 0 });
});

test("readSevTcb() finds each product line's versions", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const before = { fmc: 0, bootloader: 1, tee: 2, snp: 7, microcode: 8 };
  assert.deepEqual(readSevTcb(bytes, "Genoa"), before);
  assert.deepEqual(readSevTcb(bytes, "Milan"), before);
  const turin = { fmc: 1, bootloader: 2, tee: 3, snp: 4, microcode: 8 };
  assert.deepEqual(readSevTcb(bytes, "Turin"), turin);
});

test("reachesSevTcb() asks for every version", () => {
  assert.equal(reachesSevTcb(tcb, tcb), true);
  for (const part of ["fmc", "bootloader", "tee", "snp"] as const) {
    assert.equal(reachesSevTcb(tcb, { ...tcb, [part]: tcb[part] + 1 }), false, part);
    assert.equal(reachesSevTcb(tcb, { ...tcb, [part]: tcb[part] - 1 }), true, part);
  }
});
