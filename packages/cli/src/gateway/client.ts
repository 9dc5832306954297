// A gateway as its HTTP interface shows it.

import {
  CocoonError,
  JsonReader,
  type Nanotons,
  parseJson,
  type ProxyStatus,
  readRefusal,
  readStatus,
} from "@cocoon/protocol";
import { environment } from "@cocoon/services";
import { type Answered, readAnswer } from "./answer.ts";
import {
  type ChannelListing,
  readChannelListing,
  readReceiptListing,
  type ReceiptListing,
  type ReceiptState,
  receiptStates,
} from "./listings.ts";

export type Message = { readonly role: "system" | "user" | "assistant"; readonly content: string };

export type Question = {
  readonly model: string;
  readonly messages: readonly Message[];
  /** The lowest tier that will do; the gateway's own floor holds in any case. */
  readonly tier?: string | undefined;
  /** In TON, for a million tokens of either kind. */
  readonly maxPrice?: string | undefined;
  readonly onText: (text: string) => void;
  /** Asks for what it takes to open the answer later. Default: no. */
  readonly wantsContent?: boolean;
};

const listMax = 10_000;
/** Whatever it is that answers there, it is no gateway of ours. */
const stranger = "peer_misbehaved";

/** A proof file, and how far it has come. */
export type HadProof = {
  readonly state: ReceiptState;
  /** Such as "1 of 2": why it is signed only, where the gateway waits for witnesses. */
  readonly cosigned: string | undefined;
  readonly file: string;
};

export class GatewayClient {
  readonly #url: string;
  readonly #signal: AbortSignal | undefined;
  readonly #apiKey: string | undefined;

  /** The signal ends every call with cancelled. The API key is for a gateway that asks for one; COCOON_GATEWAY_KEY by default. */
  constructor(url: string, signal?: AbortSignal, apiKey = environment().gatewayKey) {
    this.#url = url;
    this.#signal = signal;
    this.#apiKey = apiKey;
  }

  /** Whether requests can be made now; false also when nobody listens. */
  async isReady(): Promise<boolean> {
    try {
      await this.#fetch("/readyz");
      return true;
    } catch (error) {
      if (error instanceof CocoonError && error.code === "cancelled") throw error;
      return false;
    }
  }

  /** Asks, hands on the answer's text as it comes, and resolves when it is complete. */
  async ask(question: Question): Promise<Answered> {
    const { maxPrice, messages, model, onText, tier, wantsContent = false } = question;
    const stream = { stream: true, stream_options: { include_usage: true } };
    const response = await this.#fetch("/v1/chat/completions", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(tier !== undefined && { "x-cocoon-tier": tier }),
        ...(maxPrice !== undefined && { "x-cocoon-max-price": maxPrice }),
        ...(wantsContent && { "x-cocoon-content": "yes" }),
      },
      body: JSON.stringify({ model, messages, ...stream }),
    });
    try {
      return await readAnswer(response, onText);
    } catch (error) {
      throw this.#failureOf(error);
    }
  }

  /** The newest first. */
  async receipts(limit: number): Promise<readonly ReceiptListing[]> {
    const json = await this.#json(`/v1/receipts?limit=${limit}`);
    return json.objects("data", listMax).map(readReceiptListing);
  }

  /** The proof file of a receipt. Throws receipt_unknown, and receipt_pending or cosignatures_missing before this state. */
  async proof(id: string, least: ReceiptState = "signed"): Promise<HadProof> {
    const response = await this.#fetch(`/v1/receipts/${encodeURIComponent(id)}?state=${least}`);
    const named = response.headers.get("x-cocoon-receipt-state");
    const state = receiptStates.find((candidate) => candidate === named);
    if (state === undefined) throw new CocoonError(stranger, { url: this.#url });
    const cosigned = response.headers.get("x-cocoon-witnesses") ?? undefined;
    return { state, cosigned, file: await response.text() };
  }

  async status(): Promise<ProxyStatus> {
    return readStatus(await this.#json("/v1/status"));
  }

  /** Names of the models that can be asked. */
  async models(): Promise<readonly string[]> {
    const json = await this.#json("/v1/models");
    return json.objects("data", listMax).map((model) => model.string("id", 64));
  }

  async channels(): Promise<readonly ChannelListing[]> {
    const json = await this.#json("/v1/channels");
    return json.objects("data", listMax).map(readChannelListing);
  }

  /** Pays what is owed and closes the channel on chain. Throws channel_unknown. */
  async closeChannel(
    address: string,
  ): Promise<{ readonly transaction: string; readonly paid: Nanotons }> {
    const path = `/v1/channels/${encodeURIComponent(address)}/close`;
    const headers = { "content-type": "application/json" };
    const json = await this.#json(path, { method: "POST", headers, body: "{}" });
    return { transaction: json.string("transaction", 64), paid: json.nanotons("paidNanotons") };
  }

  /** Starts to close it without the proxy; the gateway takes the rest back once it may. Throws channel_unknown. */
  async closeChannelAlone(address: string): Promise<{ readonly closesAtSeconds: number }> {
    const path = `/v1/channels/${encodeURIComponent(address)}/close`;
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ alone: true });
    const json = await this.#json(path, { method: "POST", headers, body });
    return { closesAtSeconds: json.uint("closesAtSeconds") };
  }

  async #json(path: string, request: RequestInit = {}): Promise<JsonReader> {
    const response = await this.#fetch(path, request);
    return new JsonReader(parseJson(await response.text(), stranger), stranger);
  }

  /** Throws peer_unreachable when nobody listens, and a refusal's own code. */
  async #fetch(path: string, request: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      const headers = new Headers(request.headers);
      if (this.#apiKey !== undefined) headers.set("authorization", `Bearer ${this.#apiKey}`);
      response = await fetch(new URL(path, this.#url), {
        ...request,
        headers,
        signal: this.#signal ?? null,
      });
    } catch (error) {
      throw this.#failureOf(error);
    }
    if (!response.ok) throw readRefusal(response.status, await response.text());
    return response;
  }

  #failureOf(cause: unknown): CocoonError {
    if (this.#signal?.aborted === true) return new CocoonError("cancelled");
    if (cause instanceof CocoonError) return cause;
    const reason = "no gateway answers there; is cocoon up running?";
    return new CocoonError("peer_unreachable", { url: this.#url, reason }, { cause });
  }
}
