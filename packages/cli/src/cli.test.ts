import assert from "node:assert/strict";
import { test } from "node:test";
import { recordedTerminal } from "../testing/terminal.ts";
import { runCli } from "./cli.ts";
import { commands } from "./commands.ts";

const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["an unknown command", ["fly"], /unknown command: fly/],
  ["help for an unknown command", ["help", "fly"], /unknown command: fly/],
  ["an unknown option", ["up", "--fast"], /'--fast'/],
  ["an option without its value", ["up", "--home"], /--home/],
  ["a value for a flag", ["up", "--verbose=yes"], /--verbose/],
  ["an argument too many", ["up", "now"], /unexpected argument: now/],
  ["an argument too few", ["verify"], /needs FILE/],
  ["a port base that is none", ["up", "--port-base", "10_000"], /1024 to 65505/],
  ["a port base too high", ["up", "--port-base", "65516"], /1024 to 65505/],
  ["a role without its configuration", ["proxy"], /needs --config FILE/],
  ["a witness without its configuration", ["witness"], /needs --config FILE/],
  ["an audit of nothing", ["audit", "--once"], /needs --config FILE/],
  ["an unknown role", ["role", "witness"], /unknown role: witness/],
  ["a role without its parent", ["role", "devnet"], /started by cocoon up/],
  ["a gateway that is no URL", ["chat", "--gateway", "here", "hi"], /--gateway is an http URL/],
  ["a disclosure without a file", ["chat", "hi", "--disclose", "answer"], /need --save-proof/],
  ["a proof of a conversation", ["chat", "--save-proof", "x.json"], /need PROMPT/],
  [
    "a field that is none",
    ["chat", "hi", "--save-proof", "x.json", "--disclose", "prompt"],
    /--disclose is any of request,message_0/,
  ],
  ["a witness without its key", ["verify", "x", "--witness", "w1"], /NAME=HEX/],
  ["a number of no witnesses", ["verify", "x", "--witnesses", "1"], /needs --witness/],
  ["an endpoint that is none", ["verify", "x", "--endpoint", "here"], /--endpoint is an http URL/],
  [
    "a server of proofs that is none",
    ["verify", "x", "--proof-endpoint", "ftp://here"],
    /--proof-endpoint is an http URL/,
  ],
  ["an unknown action of receipts", ["receipts", "burn"], /unknown argument: burn/],
  ["an export without an id", ["receipts", "export"], /needs ID/],
  ["an unknown action of wallet", ["wallet", "toString"], /new, import, show or send/],
  ["a payment where none is made", ["wallet", "new", "--amount", "1"], /cocoon wallet send/],
  ["both public networks", ["wallet", "new", "--mainnet", "--testnet"], /not both/],
  ["a seed for a pipe", ["wallet", "show", "--export-seed"], /needs a terminal/],
  ["a seed where there is none", ["wallet", "send", "--export-seed"], /new and show/],
  [
    "an action without its verb",
    ["channel", "shut", "--gateway", "http://127.0.0.1:1"],
    /list or close/,
  ],
];

for (const [what, words, message] of wrong) {
  test(`runCli() says in one line that it does not take ${what}, and returns 2`, async () => {
    const terminal = recordedTerminal();
    assert.equal(await runCli(words, terminal), 2);
    assert.equal(terminal.written(), "");
    assert.match(terminal.noted(), message);
    assert.match(terminal.noted(), /^cocoon: .+; see cocoon help\n$/);
  });
}

const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["a file that is not there", ["verify", "nowhere.json"], /option_invalid: .*nowhere\.json/],
  ["a directory without a network", ["status", "--home", "nowhere"], /option_invalid: .*cocoon up/],
  ["a configuration that is not there", ["proxy", "--config", "nowhere"], /option_invalid/],
  ["a wallet that is not there", ["wallet", "show", "--keystore", "nowhere"], /option_invalid/],
  ["mainnet unasked", ["wallet", "new", "--mainnet", "--home", "nowhere"], /needs a passphrase/],
  ["a gateway that is down", ["chat", "--gateway", "http://127.0.0.1:1", "hi"], /peer_unreachable/],
];

for (const [what, words, message] of refused) {
  test(`runCli() tells the code for ${what}, and returns 1`, async () => {
    const terminal = recordedTerminal();
    assert.equal(await runCli(words, terminal), 1);
    assert.equal(terminal.written(), "");
    assert.match(terminal.noted(), message);
    assert.equal(terminal.noted().split("\n").length, 2);
  });
}

test("runCli() lists every public command with its summary, and the exit statuses", async () => {
  for (const words of [[], ["help"], ["--help"], ["-h"]]) {
    const terminal = recordedTerminal();
    assert.equal(await runCli(words, terminal), 0);
    for (const { isInternal, name, summary } of commands) {
      const isListed =
        terminal.written().includes(`  ${name} `) && terminal.written().includes(summary);
      assert.equal(isListed, isInternal !== true, name);
    }
    assert.match(terminal.written(), /130 +interrupted/);
  }
});

test("runCli() explains each command and each of its options without loading it", async () => {
  for (const { name, options } of commands) {
    for (const words of [
      ["help", name],
      [name, "--help"],
      [name, "--unheard-of", "-h"],
    ]) {
      const terminal = recordedTerminal();
      assert.equal(await runCli(words, terminal), 0);
      assert.match(terminal.written(), new RegExp(`^Usage: cocoon ${name}\\b`));
      for (const option of options) assert.ok(terminal.written().includes(`--${option.name}`));
    }
  }
});

test("runCli() tells the release", async () => {
  const terminal = recordedTerminal();
  assert.equal(await runCli(["--version"], terminal), 0);
  assert.match(terminal.written(), /^cocoon \d+\.\d+\.\d+\n$/);
});
