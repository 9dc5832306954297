/** On every answer: pages of any origin may read it, and nobody takes it for the real network's. */
export const sharedHeaders = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-allow-methods": "GET, POST, OPTIONS",
  "access-control-expose-headers": "x-cocoon-devnet",
  "x-cocoon-devnet": "1",
};
