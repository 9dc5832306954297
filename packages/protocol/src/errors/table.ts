// The one table of refusals. The HTTP edge, the retry policy, the command line and spec/9-errors.md are made from it.
// A code, once published, is never renamed: it is the `error.code` that applications match on.

/** What a caller may do next. `other_peer`: never the same one again for this request. */
export type Retry = "no" | "after_paying" | "later" | "other_peer";

/** Whose fault a refusal is. `peer`: the network lowers that node's standing; `us`: a bug report. */
export type Blame = "caller" | "peer" | "none" | "us";

export type ErrorRow = {
  /** HTTP status at the gateway. */
  readonly status: number;
  /** OpenAI's `error.type`. */
  readonly type: OpenAiErrorType;
  readonly retry: Retry;
  readonly blame: Blame;
  /** One sentence for people. */
  readonly meaning: string;
};

type OpenAiErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "insufficient_quota"
  | "rate_limit_error"
  | "api_error";

const caller = (status: number, meaning: string): ErrorRow => {
  return { status, type: "invalid_request_error", retry: "no", blame: "caller", meaning };
};
const payment = (meaning: string, retry: Retry = "after_paying"): ErrorRow => {
  return { status: 402, type: "insufficient_quota", retry, blame: "caller", meaning };
};
const capacity = (status: 429 | 503, meaning: string): ErrorRow => {
  return { status, type: "rate_limit_error", retry: "later", blame: "none", meaning };
};
const transport = (status: 502 | 504, meaning: string): ErrorRow => {
  return { status, type: "api_error", retry: "other_peer", blame: "peer", meaning };
};
/** Trust failures fail closed: the request is refused and the peer is not asked again. */
const trust = (meaning: string): ErrorRow => {
  return { status: 502, type: "api_error", retry: "other_peer", blame: "peer", meaning };
};
const chain = (meaning: string): ErrorRow => {
  return { status: 503, type: "api_error", retry: "later", blame: "none", meaning };
};

export const errorTable = {
  // request
  request_malformed: caller(400, "The request is not well-formed"),
  request_too_large: caller(413, "The request is larger than the limit"),
  model_unknown: caller(404, "No such model is listed in the network's root contract"),
  context_too_long: caller(
    400,
    "The prompt and the answer asked for do not fit the model's context",
  ),
  capability_missing: caller(400, "The model's engine cannot do what the request asks"),
  tier_unknown: caller(400, "No such tier"),
  route_unknown: caller(404, "No such path"),
  origin_refused: caller(403, "The request comes from a web page of another origin"),
  key_refused: {
    status: 401,
    type: "authentication_error",
    retry: "no",
    blame: "caller",
    meaning: "The gateway's API key is missing, unknown or revoked",
  },
  key_forbidden: caller(403, "The API key may not do this"),
  idempotency_in_progress: {
    status: 409,
    type: "invalid_request_error",
    retry: "later",
    blame: "caller",
    meaning: "A request with this idempotency key is being answered",
  },
  idempotency_mismatch: caller(422, "This idempotency key was used for another request"),
  idempotency_expired: caller(
    409,
    "A request with this idempotency key was made before, and its answer is not kept",
  ),
  receipt_unknown: caller(404, "No such receipt"),
  receipt_pending: {
    ...caller(409, "The proof of this receipt has not come that far yet"),
    retry: "later",
  },
  response_unknown: caller(404, "No such response is kept"),
  channel_unknown: caller(404, "No such payment channel"),
  option_invalid: caller(400, "An option or argument is not valid"),
  // payment
  balance_insufficient: payment("The payment channel does not hold enough for this request"),
  budget_exhausted: payment("The API key's budget for this period is spent", "no"),
  credit_exhausted: payment("Too much is unpaid: a voucher must come first"),
  voucher_stale: payment("The voucher is not greater than the one already held"),
  voucher_signature_invalid: payment(
    "The voucher is not signed by the channel's session key",
    "no",
  ),
  voucher_exceeds_deposit: payment("The voucher promises more than the channel holds"),
  channel_invalid: payment("The payment channel is not one that this node accepts", "no"),
  channel_closed: payment("The payment channel is closed or closing"),
  price_above_cap: payment("Every offer is above the price cap of the request", "later"),
  offer_mismatch: payment("The request does not carry the terms that were offered", "no"),
  // capacity
  no_worker: capacity(503, "No worker that serves this model at this tier is available now"),
  queue_full: capacity(429, "The queue is full"),
  rate_limited: capacity(429, "Too many requests"),
  stopping: capacity(503, "The node is stopping"),
  // transport
  peer_unreachable: transport(502, "The peer cannot be reached or the connection broke"),
  peer_timeout: transport(504, "The peer did not answer in time"),
  frame_malformed: transport(502, "A frame breaks the wire format"),
  frame_too_long: transport(502, "A frame is longer than the limit"),
  flow_control_violated: transport(502, "The peer sent more than its credit"),
  version_unsupported: transport(502, "The peer speaks no protocol version that we do"),
  handshake_failed: transport(502, "The peer did not prove who it is"),
  peer_misbehaved: transport(502, "The peer broke the protocol"),
  cancelled: {
    status: 499,
    type: "api_error",
    retry: "no",
    blame: "caller",
    meaning: "The caller cancelled",
  },
  // engine
  engine_unavailable: transport(502, "The worker's engine is not running"),
  engine_failed: transport(502, "The worker's engine failed while it answered"),
  usage_missing: transport(502, "The engine reports no token usage, so its work cannot be billed"),
  // weights
  weights_unavailable: chain("The model hub does not give this file"),
  weights_corrupt: chain("The weights that came are not those that the hub promised"),
  // trust: attestation, in the order of checks (spec chapter 2)
  policy_stale: chain("The root contract's state is too old or could not be read"),
  bundle_malformed: trust("The evidence bundle is malformed"),
  profile_unknown: trust("No trust profile accepts this kind of evidence"),
  evidence_unavailable: chain("This machine's TEE or GPU gave no evidence"),
  collateral_unavailable: chain("No source of the vendor's collateral gave it"),
  collateral_invalid: trust("The vendor's collateral is malformed or not signed by the vendor"),
  collateral_expired: trust("The vendor's collateral is not valid at this time"),
  collateral_rollback: trust("The vendor's collateral is older than the policy's floor"),
  collateral_mismatch: trust("The vendor's collateral is for another kind of platform"),
  certificate_malformed: trust("A certificate or revocation list is malformed"),
  chain_untrusted: trust("A certificate chain does not end in the pinned root or does not verify"),
  chain_expired: trust("A certificate of the chain is not valid at this time"),
  certificate_revoked: trust("A certificate of the chain is revoked"),
  crl_invalid: trust("A revocation list is missing, unsigned or expired"),
  quote_malformed: trust("The quote is malformed"),
  quote_signature_invalid: trust("The quote is not signed by a genuine platform"),
  statement_malformed: trust("An open worker's statement is malformed or comes with collateral"),
  statement_signature_invalid: trust(
    "An open worker's statement is not signed by the key of its claims",
  ),
  qe_identity_mismatch: trust("The quoting enclave is not the one the vendor names"),
  tdx_module_mismatch: trust("The TDX module is not one the vendor names"),
  tcb_unknown: trust("The platform matches no TCB level of the vendor"),
  tcb_out_of_date: trust("The platform's TCB status is not accepted"),
  debug_enabled: trust("The environment allows debugging"),
  attributes_refused: trust("The environment's attributes are not accepted"),
  image_unknown: trust("The measured image is not allowed by the root contract"),
  report_data_mismatch: trust("The quote does not commit to these claims"),
  claims_malformed: trust("The claims are malformed"),
  claims_network_mismatch: trust("The claims are for another network or root contract"),
  claims_role_mismatch: trust("The claims are for another role"),
  claims_worker_mismatch: trust("The claims are for another worker"),
  claims_expired: trust("The claims are not valid at this time"),
  claims_anchor_mismatch: trust("The claims name a block that is not in the chain"),
  claims_simulated: trust("The claims do not say truthfully whether they are simulated"),
  platform_banned: trust("The platform is banned"),
  platform_shared: trust("The platform already serves for another payout address"),
  gpu_evidence_malformed: trust("The GPU's evidence is malformed"),
  gpu_evidence_invalid: trust("The GPU's evidence is missing or does not fit the claims"),
  gpu_firmware_mismatch: trust("The GPU's key belongs to other firmware than its report says"),
  gpu_signature_invalid: trust("The GPU's report is not signed by a genuine GPU"),
  gpu_nonce_mismatch: trust("The GPU's report was not made for this worker"),
  gpu_measurement_mismatch: trust("The GPU does not run what its measurement set says"),
  gpu_measurements_unknown: trust("The GPU's measurement set is not allowed by the root contract"),
  manifest_unknown: trust("The worker's model is not listed in the root contract"),
  manifest_mismatch: trust("The worker serves another model than the one asked for"),
  key_config_malformed: trust("The key configuration is malformed"),
  key_config_signature_invalid: trust("The key configuration is not signed by the attested key"),
  key_config_expired: trust("The key configuration is not valid at this time"),
  suite_too_weak: trust("The worker's key is of a weaker suite than the client seals with"),
  tier_too_low: trust("The worker's tier is lower than the one asked for"),
  // trust: sealing
  sealed_malformed: trust("The sealed message is malformed"),
  sealed_unopenable: trust("The sealed message cannot be opened"),
  sealed_truncated: trust("The sealed message ends too early"),
  sealed_trailing: trust("The sealed message goes on after its final chunk"),
  sealed_expired: trust("The sealed request is outside its time to live"),
  sealed_replayed: trust("The sealed request was already executed"),
  recipient_unknown: trust("The request is sealed to a key that this worker does not hold"),
  recipient_unreleased: trust("The client has not released the request to this worker"),
  session_unknown: {
    status: 503,
    type: "api_error",
    retry: "later",
    blame: "none",
    meaning: "The worker does not keep this session any more: the request must be sealed in full",
  },
  answer_mismatched: trust("The answer belongs to another request or another recipient"),
  answer_diverged: {
    status: 502,
    type: "api_error",
    retry: "later",
    blame: "none",
    meaning: "The worker that took over answers otherwise than the one whose words were delivered",
  },
  // trust: receipts and the log
  receipt_malformed: trust("The receipt is malformed"),
  receipt_signature_invalid: trust("The receipt is not signed by the attested key"),
  receipt_mismatch: trust("The receipt does not describe this request and answer"),
  promise_invalid: trust("The promise of inclusion is not signed by the log"),
  checkpoint_malformed: trust("The checkpoint is malformed"),
  checkpoint_signature_invalid: trust("The checkpoint is not signed by the log"),
  cosignatures_missing: trust("Fewer witnesses cosigned the checkpoint than must have"),
  checkpoint_inconsistent: trust("Two checkpoints of one log contradict each other"),
  inclusion_invalid: trust("The inclusion proof does not lead to the checkpoint's root"),
  anchor_mismatch: trust("The anchored checkpoint is not the one in the proof"),
  proof_malformed: trust("The proof file is malformed"),
  // chain
  chain_unavailable: chain("The TON endpoint cannot be reached"),
  transaction_failed: chain("The transaction was not accepted or failed"),
  contract_unexpected: chain("The contract at this address is not the one expected"),
  bond_insufficient: trust(
    "The bond on chain is missing, too small, slashed, or about to be withdrawn",
  ),
  wallet_insufficient: chain("The wallet does not hold enough"),
  network_mismatch: chain("The endpoint serves another network than the one configured"),
  account_proof_malformed: chain("The account proof is malformed or leaves out what it must show"),
  account_proof_invalid: chain("The account proof does not lead to this account in that block"),
  account_proof_stale: chain("The account proof is of a masterchain block that is too old"),
  account_unproven: chain("No TON endpoint proves the account, and this node requires a proof"),
  block_unkept: caller(404, "The state after that block is not kept"),
  token_missing: caller(409, "The account is neither a jetton nor an NFT"),
  block_disputed: chain("Too few TON endpoints name the same masterchain block"),
  // fault
  storage_failed: {
    status: 500,
    type: "api_error",
    retry: "later",
    blame: "us",
    meaning: "The node could not store durably",
  },
  storage_locked: {
    status: 500,
    type: "api_error",
    retry: "later",
    blame: "caller",
    meaning: "Another program runs from the same folder, and would sign from the same books",
  },
  storage_corrupt: {
    status: 500,
    type: "api_error",
    retry: "no",
    blame: "us",
    meaning: "What the node stored is damaged",
  },
  internal: {
    status: 500,
    type: "api_error",
    retry: "no",
    blame: "us",
    meaning: "An internal fault",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** Whether a text, such as one read from the wire, is a code of the table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}
