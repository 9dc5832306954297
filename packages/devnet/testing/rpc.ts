import { JsonReader, parseJson } from "@cocoon/protocol";

/** Calls a method of toncenter's API the bare way. Rejects with the API's error text. */
export async function rpc(url: string, method: string, params: object = {}): Promise<JsonReader> {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify({ id: "1", jsonrpc: "2.0", method, params }),
  });
  const answer = new JsonReader(parseJson(await response.text(), "internal"), "internal");
  if (!answer.boolean("ok")) throw new Error(answer.string("error"));
  return answer;
}
