import assert from "node:assert/strict";
import { test } from "node:test";
import { reopenLink, withReturn } from "./links.ts";

test("a link brings its owner back to where it is told to", () => {
  const link = "https://app.tonkeeper.com/ton-connect?v=2&id=00";
  assert.equal(withReturn(link, "back"), `${link}&ret=back`);
  const home = new URL(withReturn(link, "https://t.me/bot/app")).searchParams.get("ret");
  assert.equal(home, "https://t.me/bot/app");
});

test("reopenLink() opens the app without asking to connect again", () => {
  const universal = "https://app.tonkeeper.com/ton-connect";
  assert.equal(reopenLink(universal, "back"), `${universal}?ret=back`);
});

test("reopenLink() opens a wallet inside Telegram as a Mini App, its parameters in one", () => {
  assert.equal(
    reopenLink("https://t.me/wallet?attach=wallet", "back"),
    "https://t.me/wallet/start?startapp=tonconnect-ret__back",
  );
});
