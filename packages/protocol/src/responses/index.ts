// OpenAI's Responses API, translated to chat completions and back. Nothing is kept between requests.

export { parseResponsesRequest, type ResponsesRequest } from "./parse-request.ts";
export { type ResponseEvent, ResponseWriter } from "./response-writer.ts";
export { encodeResponseEvent, encodeResponseFailure } from "./wording.ts";
