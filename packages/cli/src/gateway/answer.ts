// A streamed answer, as it comes from a gateway.

import {
  CocoonError,
  contentFieldsMax,
  contentSaltBytes,
  doneText,
  eventLengthMax,
  EventReader,
  parseChunk,
  parseJson,
  fromHex,
  JsonReader,
  type OpenableContent,
  parseUsage,
  readRefusal,
  type Usage,
} from "@cocoon/protocol";

/** An answer that came to its end. */
export type Answered = {
  readonly text: string;
  /** Request id, hex. */
  readonly receipt: string;
  /** Worker id, hex. */
  readonly worker: string;
  readonly tier: string;
  /** What the tier means where the worker's operator could read along; empty elsewhere. */
  readonly notice: string;
  readonly usage: Usage | undefined;
  /** Only when it was asked for: what it takes to open the answer to somebody. */
  readonly content: OpenableContent | undefined;
};

/** Hands on the answer's text as it comes. Throws the refusal that broke it off, or peer_unreachable. */
export async function readAnswer(
  response: Response,
  onText: (text: string) => void,
): Promise<Answered> {
  const reader = new AnswerReader(onText);
  const events = new EventReader("peer_misbehaved");
  for await (const bytes of response.body ?? []) {
    for (const event of events.read(bytes)) reader.take(event);
  }
  if (!reader.isDone) throw new CocoonError("peer_unreachable", { reason: "the answer broke off" });
  const header = (name: string): string => response.headers.get(name) ?? "";
  return {
    text: reader.text,
    usage: reader.usage,
    content: reader.content,
    receipt: header("x-cocoon-receipt"),
    worker: header("x-cocoon-worker"),
    tier: header("x-cocoon-tier"),
    notice: header("x-cocoon-notice"),
  };
}

const none = new Uint8Array();

class AnswerReader {
  text = "";
  usage: Usage | undefined;
  isDone = false;
  content: OpenableContent | undefined;
  readonly #onText: (text: string) => void;

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  take(event: string): void {
    if (event === doneText) {
      this.isDone = true;
      return;
    }
    const json = parseJson(event, "peer_misbehaved");
    // An error in the middle of a stream comes as an event.
    if (typeof json === "object" && json !== null && "error" in json) throw readRefusal(502, event);
    if (typeof json === "object" && json !== null && "object" in json) {
      if (json.object === "cocoon.content") {
        this.#takeContent(new JsonReader(json, "peer_misbehaved"));
        return;
      }
    }
    const chunk = parseChunk(json, "peer_misbehaved");
    this.usage = parseUsage(chunk.usage) ?? this.usage;
    const piece = chunk.choices.map(({ delta }) => delta.content ?? "").join("");
    this.text += piece;
    if (piece !== "") this.#onText(piece);
  }

  #takeContent(json: JsonReader): void {
    const fields = { [json.string("name", 32)]: json.base64("value", eventLengthMax) };
    this.content = {
      salt: json.hex("salt", contentSaltBytes),
      digests: json.strings("digests", contentFieldsMax).map((hex) => fromHex(hex) ?? none),
      fields: { ...this.content?.fields, ...fields },
    };
  }
}
