// One request, from ASK and OFFER to its end: who may ask, who answers, what it may cost.

import {
  CocoonError,
  Conversation,
  encodeOffer,
  type Nanotons,
  type RawAddress,
  readAsk,
  type Stream,
} from "@cocoon/protocol";
import type { Admission, Reservation } from "./admission.ts";
import { clientTimeoutMs, withDeadline } from "./deadline.ts";
import type { DepositWatch } from "./deposit-watch.ts";
import { makeOffer, offerCostMax, type OfferMaker } from "./offer.ts";
import { Passage, type PassageModules } from "./passage.ts";
import { refusalOf } from "./refusal.ts";
import { Upload, type UploadRoom } from "./upload.ts";

export type Relay = PassageModules & {
  readonly admission: Admission;
  readonly deposits: DepositWatch;
  readonly room: UploadRoom;
  readonly offerMaker: () => OfferMaker;
};

/** Serves a request stream of a client whose channel is attached. Every failure ends as one reset of the stream. */
export async function relayRequest(
  relay: Relay,
  stream: Stream,
  channel: RawAddress | undefined,
): Promise<void> {
  const client = new Conversation(stream);
  try {
    if (channel === undefined) throw new CocoonError("channel_unknown", { reason: "not attached" });
    const ask = readAsk(await withDeadline(client.expect("ask"), clientTimeoutMs));
    if (ask.channel !== channel) throw new CocoonError("channel_unknown");
    const { offer, peers } = makeOffer(relay.offerMaker(), ask);
    const [first] = peers;
    if (first === undefined) throw new CocoonError("no_worker");
    const reservation = await reserve(relay, channel, offerCostMax(ask.tokensMax, offer));
    const upload = new Upload({ client, ask, offer, peers, room: relay.room });
    const passage = new Passage(relay, { client, upload, first, reservation });
    try {
      await client.send(encodeOffer(offer));
      await passage.run();
    } finally {
      reservation.release();
      passage.leave();
    }
  } catch (error) {
    const refusal = refusalOf(error);
    relay.logger.debug("request_ended", { code: refusal.code });
    client.fail(refusal);
  }
}

/** A channel that seems too poor may have been topped up since it was read. */
async function reserve(
  { admission, deposits }: Relay,
  channel: RawAddress,
  cost: Nanotons,
): Promise<Reservation> {
  try {
    return admission.reserve(channel, cost);
  } catch (error) {
    const isPoor = error instanceof CocoonError && error.code === "balance_insufficient";
    if (!isPoor || !(await deposits.look(channel))) throw error;
    return admission.reserve(channel, cost);
  }
}
