import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createSigningKey, toHex } from "@cocoon/protocol";
import { temporaryHome } from "../../testing/home.ts";
import { recordedTerminal } from "../../testing/terminal.ts";
import { runCli } from "../cli.ts";
import { readWalletFile, writeWalletFile } from "./wallet-file.ts";

const seed = new Uint8Array(32).fill(7);
const words =
  "hospital stove relief fringe tongue always charge angry urge sentence again match nerve inquiry senior coconut label tumble carry category beauty bean road solution";
const { publicKey } = createSigningKey(seed);
const wrong = { code: "option_invalid" };

test("readWalletFile() refuses what was altered, and opens with the one passphrase alone", (context) => {
  const path = join(temporaryHome(context), "wallet.json");
  const address = writeWalletFile(path, { networkId: -3, seed, passphrase: "p" });
  const file = readWalletFile(path);
  assert.deepEqual(
    { ...file, open: undefined },
    { networkId: -3, address, publicKey: toHex(publicKey), isSealed: true, open: undefined },
  );
  assert.throws(() => file.open(undefined), wrong);
  assert.throws(() => file.open("q"), wrong);
  assert.deepEqual(file.open("p"), seed);
  const text = readFileSync(path, "utf8");
  assert.ok(!text.includes(toHex(seed)));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  writeFileSync(path, text.replace("-3", "-239"));
  assert.throws(() => readWalletFile(path).open("p"), wrong);
  writeFileSync(path, text.replace(toHex(publicKey), "00".repeat(32)));
  assert.throws(() => readWalletFile(path).open("p"), wrong);
  for (const bad of ["", "{}", text.replace('"address"', '"other"')]) {
    writeFileSync(path, bad);
    assert.throws(() => readWalletFile(path), wrong);
  }
});

test("writeWalletFile() never writes over a file", (context) => {
  const path = join(temporaryHome(context), "wallet.json");
  writeFileSync(path, "somebody's only key");
  const parts = { networkId: -7239, seed, passphrase: undefined };
  assert.throws(() => writeWalletFile(path, parts), wrong);
  assert.equal(readFileSync(path, "utf8"), "somebody's only key");
});

test("cocoon wallet new makes a wallet, and shows its seed only to a person who says yes", async (context) => {
  const home = temporaryHome(context);
  const keystore = join(home, "wallet.json");
  const quiet = recordedTerminal();
  assert.equal(await runCli(["wallet", "new", "--home", home], quiet), 0);
  const clear = toHex(readWalletFile(keystore).open(undefined));
  assert.match(quiet.written(), /devnet \(-7239\)\n.*\n.*IN CLEAR/);
  const again = recordedTerminal();
  assert.equal(await runCli(["wallet", "new", "--home", home], again), 1);
  assert.match(again.noted(), /there is a file already/);
  const show = ["wallet", "show", "--home", home, "--export-seed"];
  const refusing = recordedTerminal({ answers: ["no"] });
  assert.equal(await runCli(show, refusing), 130);
  for (const terminal of [quiet, again, refusing]) {
    assert.ok(!(terminal.written() + terminal.noted()).includes(clear));
  }
  const willing = recordedTerminal({ answers: ["yes"] });
  assert.equal(await runCli(show, willing), 0);
  assert.ok(willing.noted().includes(`seed  ${clear}\n`));
  assert.ok(!willing.written().includes(clear), "a pipe gets no seed");
});

test("cocoon wallet refuses keys of public networks in clear, and mainnet unless it is named", async (context) => {
  const home = temporaryHome(context);
  const run = async (answers: readonly string[], ...rest: readonly string[]) => {
    const terminal = recordedTerminal({ answers });
    const status = await runCli(["wallet", ...rest, "--home", home], terminal);
    return { status, said: terminal.noted() + terminal.written() };
  };
  assert.match((await run([""], "new", "--testnet")).said, /needs a passphrase/);
  assert.match((await run(["one", "two"], "new", "--testnet")).said, /two passphrases differ/);
  const made = await run(["one", "one"], "new", "--mainnet");
  assert.equal(made.status, 0);
  assert.match(made.said, /UQ(?:.*\n){3}network +mainnet \(-239\)/);
  const send = ["send", "--to", `0:${"55".repeat(32)}`, "--amount", "1", "--yes"];
  assert.match((await run([], ...send)).said, /mainnet needs --mainnet/);
  assert.match((await run([], ...send, "--testnet")).said, /the wallet is of mainnet/);
  assert.match((await run([], ...send, "--mainnet")).said, /needs --endpoint/);
});

test("cocoon wallet import takes a seed or 24 words from a pipe or a prompt, and nothing else", async (context) => {
  const home = temporaryHome(context);
  const run = async (name: string, person: Parameters<typeof recordedTerminal>[0]) => {
    const path = join(home, name);
    const terminal = recordedTerminal(person);
    const status = await runCli(["wallet", "import", "--keystore", path], terminal);
    const said = terminal.written() + terminal.noted();
    assert.ok(!said.includes("0707") && !said.includes("stove"), "no secret is shown");
    return status === 0 ? toHex(readWalletFile(path).open(undefined)) : said;
  };
  assert.match(await run("short", { input: "ab12\n" }), /64 hex digits/);
  assert.match(await run("none", { input: "" }), /64 hex digits/);
  assert.match(await run("eleven", { input: words.slice(20) }), /24 words/);
  assert.equal(await run("seed", { input: `${toHex(seed).toUpperCase()}\n` }), toHex(seed));
  const derived = "9d659a6c2234db7f6e4f977e6e8653b9f5946d557163f31034011375d8f3f97d";
  assert.equal(await run("words", { answers: [words, ""] }), derived);
});
