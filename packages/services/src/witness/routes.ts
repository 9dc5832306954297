// POST /add-checkpoint, as C2SP tlog-witness has it.

import { CocoonError } from "@cocoon/protocol";
import { type HttpApp, readTextRequest } from "../http/index.ts";
import type { Witness, WitnessAnswer } from "./witness.ts";

/** A checkpoint with 64 signature lines and a proof of 63 hashes is below 16 KiB. */
const bodyBytesMax = 131_072;

const statusOf: Readonly<Record<WitnessAnswer["kind"], number>> = {
  cosigned: 200,
  shrunk: 400,
  unsigned: 403,
  unknown_log: 404,
  conflict: 409,
  inconsistent: 422,
};

export function addWitnessRoutes(app: HttpApp, witness: Witness): void {
  app.post("/add-checkpoint", async (context) => {
    const body = await readTextRequest(context, bodyBytesMax);
    return respond(await answerTo(witness, body));
  });
}

/** A malformed request is answered as the protocol says: with 400. */
async function answerTo(witness: Witness, body: string): Promise<WitnessAnswer> {
  try {
    return await witness.addCheckpoint(body);
  } catch (error) {
    const isMalformed = error instanceof CocoonError && error.code === "checkpoint_malformed";
    if (isMalformed) return { kind: "shrunk" };
    throw error;
  }
}

function respond(answer: WitnessAnswer): Response {
  const status = statusOf[answer.kind];
  if (answer.kind === "cosigned") {
    return new Response(answer.line, { status, headers: { "content-type": "text/plain" } });
  }
  if (answer.kind === "conflict") {
    const headers = { "content-type": "text/x.tlog.size" };
    return new Response(`${answer.size}\n`, { status, headers });
  }
  return new Response(`${answer.kind}\n`, { status, headers: { "content-type": "text/plain" } });
}
