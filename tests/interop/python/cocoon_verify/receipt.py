"""Receipts (spec 6.1 to 6.3)."""

from __future__ import annotations

from dataclasses import dataclass

from .octets import NUMBER_MAX, Reader, sha256
from .price import Terms
from .refused import require
from .signatures import verify_domain

RECEIPT_SIZE = 385
SIGNED_SIZE = 321
CACHED_UNKNOWN = 0xFFFFFFFF
MALFORMED = "receipt_malformed"


@dataclass(frozen=True)
class Receipt:
    """The fields of 6.2. Times are Unix milliseconds, amounts nanotons."""

    octets: bytes
    request_id: bytes
    claims_hash: bytes
    manifest_hash: bytes
    channel: str
    tier: int
    prompt_tokens: int
    cached_tokens: int | None
    completion_tokens: int
    terms: Terms
    work: int
    fee: int
    started_at: int
    finished_at: int
    content_commitment: bytes
    signature: bytes

    def check_amount(self) -> None:
        """6.3.3: nobody has to trust a sum."""
        work = self.terms.work(self.prompt_tokens, self.completion_tokens)
        require(self.work == work and self.fee == self.terms.fee(work), "receipt_mismatch", "work or fee")

    def check_signature(self, identity_key: bytes) -> None:
        """6.2.3: over the hash of what is above the signature."""
        body = sha256(self.octets[:SIGNED_SIZE])
        signed = verify_domain(identity_key, "cocoon/receipt/1", body, self.signature)
        require(signed, "receipt_signature_invalid")


def parse_receipt(octets: bytes) -> Receipt:
    """The layout of 6.2 with the limits of 6.3.1."""
    require(len(octets) == RECEIPT_SIZE, MALFORMED, "size")
    reader = Reader(octets, MALFORMED)
    reader.magic(b"RCP1")
    request_id = reader.take(16)
    reader.take(32)
    claims_hash, manifest_hash = reader.take(32), reader.take(32)
    channel, sequence, tier = reader.address(), reader.number(8), reader.number(1)
    prompt, cached, completion = reader.number(4), reader.number(4), reader.number(4)
    terms = Terms(reader.number(8), reader.number(8), reader.number(2))
    work, fee = reader.number(8), reader.number(8)
    reader.take(32 + 32 + 4)
    started, finished, reason = reader.number(8), reader.number(8), reader.number(1)
    commitment, signature = reader.take(32), reader.take(64)
    require(tier <= 3 and reason <= 4, MALFORMED, "tier or finish reason")
    require(cached == CACHED_UNKNOWN or cached <= prompt, MALFORMED, "cached tokens")
    require(terms.within_limits(), MALFORMED, "terms")
    require(max(sequence, started, finished) <= NUMBER_MAX, MALFORMED, "number above 2^53 - 1")
    require(finished >= started, MALFORMED, "it ended before it started")
    return Receipt(
        octets=octets,
        request_id=request_id,
        claims_hash=claims_hash,
        manifest_hash=manifest_hash,
        channel=channel,
        tier=tier,
        prompt_tokens=prompt,
        cached_tokens=None if cached == CACHED_UNKNOWN else cached,
        completion_tokens=completion,
        terms=terms,
        work=work,
        fee=fee,
        started_at=started,
        finished_at=finished,
        content_commitment=commitment,
        signature=signature,
    )


def verify_receipt(octets: bytes, identity_key: bytes) -> Receipt:
    """6.3.1 to 6.3.3, in this order."""
    receipt = parse_receipt(octets)
    receipt.check_signature(identity_key)
    receipt.check_amount()
    return receipt
