// Asking witnesses to cosign the newest checkpoint: C2SP tlog-witness, the log's side.

import {
  CocoonError,
  consistencyProof,
  encodeWitnessRequest,
  fromHex,
  verifyCosignatures,
} from "@cocoon/protocol";
import type { Logger } from "../observe/index.ts";
import type { ReceiptLog } from "./receipt-log.ts";

/** A witness as the log knows it. */
export type AskedWitness = {
  readonly name: string;
  /** Ed25519, 32 bytes hex. */
  readonly publicKey: string;
  readonly url: string;
};

const timeoutMs = 5_000;
/** A line of another witness scheme may be longer than ours; this one is 76 bytes in base64 and a name. */
const answerLengthMax = 4_096;

/** Gathers cosignatures of each newest checkpoint. A witness that is away is asked again for the next one. */
export class Cosigning {
  readonly #log: ReceiptLog;
  readonly #witnesses: readonly AskedWitness[];
  readonly #logger: Logger;
  /** What each witness has seen last, as far as this process knows; it tells us when we are wrong. */
  readonly #seen = new Map<string, number>();
  #askedSize = 0;

  constructor(log: ReceiptLog, witnesses: readonly AskedWitness[], logger: Logger) {
    this.#log = log;
    this.#witnesses = witnesses;
    this.#logger = logger;
  }

  /** Size of the newest checkpoint that every witness was asked about, and signed or did not. */
  get askedSize(): number {
    return this.#askedSize;
  }

  /** Asks every witness that has not cosigned the newest checkpoint, and adds what they sign to its note. */
  async cosign(): Promise<void> {
    const checkpoint = this.#log.newestCheckpoint();
    if (checkpoint === undefined) return;
    const missing = this.#witnesses.filter((witness) => !hasSigned(checkpoint.note, witness));
    const lines = await Promise.all(missing.map((witness) => this.#ask(witness, checkpoint)));
    const signed = lines.filter((line) => line !== undefined);
    if (signed.length > 0) await this.#log.addCosignatures(checkpoint.size, signed);
    this.#askedSize = checkpoint.size;
  }

  async #ask(
    witness: AskedWitness,
    checkpoint: { readonly size: number; readonly note: string },
  ): Promise<string | undefined> {
    try {
      return await this.#request(witness, checkpoint, this.#seen.get(witness.name) ?? 0);
    } catch (error) {
      const code = error instanceof CocoonError ? error.code : "peer_unreachable";
      this.#logger.warn("witness_failed", { code, url: witness.url });
      return undefined;
    }
  }

  async #request(
    witness: AskedWitness,
    checkpoint: { readonly size: number; readonly note: string },
    oldSize: number,
  ): Promise<string> {
    const { size, note } = checkpoint;
    const proof = oldSize === 0 ? [] : consistencyProof(oldSize, size, this.#log.readNode);
    const response = await fetch(new URL("/add-checkpoint", witness.url), {
      method: "POST",
      body: encodeWitnessRequest({ oldSize, proof, note }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = (await response.text()).slice(0, answerLengthMax);
    if (response.status === 409) {
      const known = sizeOf(answer);
      if (known === undefined || known === oldSize || known > size) {
        throw new CocoonError("checkpoint_inconsistent", { witnessed: known ?? -1, size });
      }
      return await this.#request(witness, checkpoint, known);
    }
    if (response.status !== 200)
      throw new CocoonError("peer_misbehaved", { status: response.status });
    if (!hasSigned(note + answer, witness)) throw new CocoonError("checkpoint_signature_invalid");
    this.#seen.set(witness.name, size);
    return answer;
  }
}

function hasSigned(note: string, { name, publicKey }: AskedWitness): boolean {
  const key = fromHex(publicKey);
  if (key?.length !== 32) throw new CocoonError("option_invalid", { field: "publicKey" });
  return verifyCosignatures(note, [{ name, publicKey: key }]).length === 1;
}

function sizeOf(text: string): number | undefined {
  const size = Number(text.trim());
  return /^\d{1,16}\n?$/.test(text) && Number.isSafeInteger(size) ? size : undefined;
}
