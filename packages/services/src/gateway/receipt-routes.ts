// GET /v1/receipts and /v1/receipts/{id}: what was answered, and the file that proves it.

import { CocoonError, parseReceipt, toHex } from "@cocoon/protocol";
import { buildProofFile, type Cocoon } from "@cocoon/sdk";
import type { NetworkConfig } from "../config/index.ts";
import type { HttpApp, HttpContext } from "../http/index.ts";
import type { AnswerStore, ListedAnswer, ReceiptState, StoredAnswer } from "./answer-store.ts";
import type { Gate } from "./gate.ts";
import type { WitnessDesk } from "./witness-desk.ts";

const limitDefault = 100;
const limitMax = 10_000;
/** Anything else may be what the database does not take as a text. */
const receiptId = /^[0-9a-f]{32}$/;

export type ReceiptRoutes = {
  readonly answers: AnswerStore;
  readonly cocoon: Cocoon;
  readonly gate: Gate;
  readonly network: NetworkConfig;
  readonly witnesses: WitnessDesk;
};

export function addReceiptRoutes(app: HttpApp, routes: ReceiptRoutes): void {
  const { answers, cocoon, gate, witnesses } = routes;
  /** A key that is no admin's sees what it asked itself. */
  const ownerOf = (context: HttpContext): string | undefined => {
    const key = gate.keyOf(context);
    return key?.isAdmin === false ? key.id : undefined;
  };
  app.get("/v1/receipts", async (context) => {
    const models = new Map(
      (await cocoon.models()).map(({ manifestHash, name }) => [manifestHash, name]),
    );
    const data = answers
      .list(limitOf(context.req.query("limit")), ownerOf(context))
      .map((answer) => {
        return {
          ...summaryOf(answer),
          ...witnessing(witnesses, answer),
          model: models.get(modelOf(answer)) ?? modelOf(answer),
        };
      });
    return Response.json({ object: "list", data });
  });
  app.get("/v1/receipts/:id", (context) => {
    const id = context.req.param("id");
    const answer = receiptId.test(id) ? answers.find(id) : undefined;
    const owner = ownerOf(context);
    if (answer === undefined || (owner !== undefined && answer.reference !== owner)) {
      throw new CocoonError("receipt_unknown");
    }
    requireState(context.req.query("state"), answer, witnesses);
    const { threshold } = witnesses;
    const cosigned = witnesses.shortfall(answer.request);
    return new Response(proofFileOf(routes, answer), {
      headers: {
        "content-type": "application/json",
        "x-cocoon-receipt-state": answer.state,
        ...(cosigned !== undefined && { "x-cocoon-witnesses": `${cosigned} of ${threshold}` }),
      },
    });
  });
}

const states: readonly ReceiptState[] = ["signed", "included", "anchored"];

/** Refuses an answer whose proof has not come as far as asked for: cosignatures_missing, or receipt_pending. */
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
function proofFileOf({ network }: Pick<ReceiptRoutes, "network">, answer: StoredAnswer): string {
  return buildProofFile({
    networkId: network.networkId,
    root: network.root,
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
