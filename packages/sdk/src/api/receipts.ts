// GET /v1/receipts and /v1/receipts/{id}: what was answered, and the file that proves it.

import { CocoonError, parseReceipt, type RawAddress, toHex } from "@cocoon/protocol";
import { buildProofFile, type ReceiptState } from "../audit/index.ts";
import type { Cocoon } from "../chat/index.ts";
import type { AnswerBook, ListedAnswer, StoredAnswer, WitnessDesk } from "../receipts/index.ts";

const limitDefault = 100;
const limitMax = 10_000;
/** Anything else may be what a database does not take as a text. */
const receiptId = /^[0-9a-f]{32}$/;

export type ReceiptSource = {
  readonly answers: Pick<AnswerBook, "find" | "list">;
  readonly cocoon: Pick<Cocoon, "models">;
  readonly network: NetworkName;
  readonly witnesses: WitnessDesk;
};

/** Which network a proof is of. */
export type NetworkName = { readonly networkId: number; readonly root: RawAddress };

/** The newest receipts; with a reference, those that have it. Throws request_malformed. */
export async function serveReceipts(
  { answers, cocoon, witnesses }: ReceiptSource,
  {
    limit,
    reference,
  }: { readonly limit?: string | undefined; readonly reference?: string | undefined },
): Promise<Response> {
  const models = new Map(
    (await cocoon.models()).map(({ manifestHash, name }) => [manifestHash, name]),
  );
  const listed = await answers.list(limitOf(limit), reference);
  const data = listed.map((answer) => {
    return {
      ...summaryOf(answer),
      ...witnessing(witnesses, answer),
      model: models.get(modelOf(answer)) ?? modelOf(answer),
    };
  });
  return Response.json({ object: "list", data });
}

export type ReceiptAsked = {
  readonly id: string;
  /** Only an answer that has it. */
  readonly reference?: string | undefined;
  /** The least that its proof must have come to: a ReceiptState. */
  readonly state?: string | undefined;
};

/**
 * The file that proves an answer. Throws receipt_unknown, and receipt_pending or cosignatures_missing where its proof has not
 * come as far as asked for.
 */
export async function serveReceipt(
  { answers, network, witnesses }: Omit<ReceiptSource, "cocoon">,
  { id, reference, state }: ReceiptAsked,
): Promise<Response> {
  const answer = receiptId.test(id) ? await answers.find(id) : undefined;
  if (answer === undefined || (reference !== undefined && answer.reference !== reference)) {
    throw new CocoonError("receipt_unknown");
  }
  requireState(state, answer, witnesses);
  const cosigned = witnesses.shortfall(answer.request);
  return new Response(proofFileOf(network, answer), {
    headers: {
      "content-type": "application/json",
      "x-cocoon-receipt-state": answer.state,
      ...(cosigned !== undefined && {
        "x-cocoon-witnesses": `${cosigned} of ${witnesses.threshold}`,
      }),
    },
  });
}

const states: readonly ReceiptState[] = ["signed", "included", "anchored"];

function requireState(
  wanted: string | undefined,
  { request, state }: ListedAnswer,
  witnesses: WitnessDesk,
): void {
  if (wanted === undefined) return;
  const least = states.findIndex((candidate) => candidate === wanted);
  if (least < 0) throw new CocoonError("request_malformed", { param: "state" });
  if (states.indexOf(state) >= least) return;
  const cosigned = witnesses.shortfall(request);
  if (cosigned === undefined) throw new CocoonError("receipt_pending", { state });
  throw new CocoonError("cosignatures_missing", { cosigned, threshold: witnesses.threshold });
}

/** What keeps a receipt from being included, where it is witnesses. */
function witnessing({ shortfall, threshold }: WitnessDesk, { request }: ListedAnswer): object {
  const cosigned = shortfall(request);
  return cosigned === undefined ? {} : { witnesses: { cosigned, threshold } };
}

/** The file that proves an answer, as far as its proof has come. */
export function proofFileOf({ networkId, root }: NetworkName, answer: StoredAnswer): string {
  return buildProofFile({
    networkId,
    root,
    receipt: answer.receipt,
    bundle: answer.bundle,
    promise: answer.promise,
    policy: answer.policy,
    verifiedAtMs: answer.acceptedAtMs,
    bond: answer.log.bond,
    publicKey: toHex(answer.log.publicKey),
    logProof: answer.logProof,
  });
}

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? limitDefault : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > limitMax) {
    throw new CocoonError("request_malformed", { param: "limit" });
  }
  return limit;
}

function modelOf(answer: ListedAnswer): string {
  return toHex(parseReceipt(answer.receipt).manifestHash);
}

function summaryOf(answer: ListedAnswer): object {
  const { usage, tier, finishReason } = parseReceipt(answer.receipt);
  return {
    id: answer.request,
    ...(answer.announcedAs !== undefined && { announcedAs: answer.announcedAs }),
    state: answer.state,
    amountNanotons: answer.amount.toString(),
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
    tier,
    finishReason,
    channel: answer.channel,
    acceptedAtMs: answer.acceptedAtMs,
  };
}
