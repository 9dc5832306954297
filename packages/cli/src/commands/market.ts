// `cocoon market`: who serves what, at what price.

import { formatTon } from "@cocoon/protocol";
import type { Run } from "../command.ts";
import { type Book, type Offer, readBook } from "../market/book.ts";
import { median } from "../market/price.ts";
import { reachNetworkOf } from "../operator/network.ts";
import { formatTable, shorten, type Terminal } from "../terminal.ts";

export const market: Run = async (given, terminal) => {
  const { chain, network } = reachNetworkOf(given);
  const book = ofModel(await readBook(network, chain), given.text("model"));
  if (given.flag("json")) terminal.write(bookJson(book));
  else writeBook(book, terminal);
  return book.silent.length === 0 ? 0 : 1;
};

function ofModel(book: Book, name: string | undefined): Book {
  if (name === undefined) return book;
  const models = new Map([...book.models].filter(([, listing]) => listing.name === name));
  return { ...book, models, offers: book.offers.filter(({ model }) => models.has(model)) };
}

function writeBook({ models, offers, silent }: Book, { note, style, write }: Terminal): void {
  for (const [hash, listing] of models) {
    const mine = offers.filter(({ model }) => model === hash);
    const { contextTokens, completionPerMillionMax, name, promptPerMillionMax } = listing;
    write(`${style.bold(name)}  ${contextTokens} tokens of context\n`);
    const [prompts, completions] = [
      mine.map(({ promptPerMillion }) => promptPerMillion),
      mine.map(({ completionPerMillion }) => completionPerMillion),
    ];
    write(
      formatTable([
        ["TON PER MILLION TOKENS", "PROMPT", "ANSWER", "FEE", "TIER", "TOKENS/S", "LOAD"],
        ["allowed at most", ton(promptPerMillionMax), ton(completionPerMillionMax)],
        ...(mine.length === 0 ? [] : [["median", ton(median(prompts)), ton(median(completions))]]),
        ...mine.toSorted(byPrice).map(offerRow),
      ]),
    );
    if (mine.length === 0) write("nobody serves it now\n");
    write("\n");
  }
  for (const { bond, code } of silent) note(`proxy ${shorten(bond)} did not answer: ${code}\n`);
}

function offerRow(offer: Offer): readonly string[] {
  const { active, completionPerMillion, feeBps, promptPerMillion, slots, tier } = offer;
  return [
    shorten(offer.worker),
    ton(promptPerMillion),
    ton(completionPerMillion),
    `${feeBps / 100} %`,
    tier,
    offer.tokensPerSecond?.toFixed(1) ?? "-",
    `${active} of ${slots}`,
  ];
}

function byPrice(left: Offer, right: Offer): number {
  return left.completionPerMillion < right.completionPerMillion ? -1 : 1;
}

function ton(amount: bigint | undefined): string {
  return amount === undefined ? "-" : formatTon(amount);
}

/** Amounts are nanotons in decimal texts. */
function bookJson({ models, offers, silent }: Book): string {
  const plain = (_name: string, value: unknown): unknown =>
    typeof value === "bigint" ? value.toString() : value;
  const listed = [...models].map(([manifestHash, listing]) => ({ manifestHash, ...listing }));
  return `${JSON.stringify({ models: listed, offers, silent }, plain, 2)}\n`;
}
