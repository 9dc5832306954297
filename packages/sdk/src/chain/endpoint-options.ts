/** An endpoint as it is configured. */
export type EndpointOptions = {
  /** Of its JSON-RPC: ".../api/v2/jsonRPC". */
  readonly url: string;
  /** Sent with each request, in the header X-API-Key. It never is in an error. */
  readonly apiKey?: string;
  /** Default: what all endpoints of the client may be asked. */
  readonly requestsPerSecond?: number;
};
