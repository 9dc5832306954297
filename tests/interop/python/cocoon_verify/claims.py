"""A worker's claims (spec 2.2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .octets import NUMBER_MAX, Reader, sha256
from .refused import require

CLAIMS_SIZE = 305
MALFORMED = "claims_malformed"
DAY_MS = 24 * 3600 * 1000
_DOMAIN = b"cocoon/claims/1\x00"


@dataclass(frozen=True)
class Claims:
    """The fields of 2.2.1. Times are Unix milliseconds."""

    octets: bytes
    simulated: bool
    role: str
    network_id: int
    root: str
    worker_id: bytes
    identity_key: bytes
    payout: str
    boot_nonce: bytes
    not_before: int
    not_after: int
    anchor_seqno: int
    anchor_root_hash: bytes
    manifest_hash: bytes
    engine_hash: bytes
    gpu_evidence_hash: bytes

    @property
    def hash(self) -> bytes:
        """2.2.2."""
        return sha256(_DOMAIN, self.octets)

    @property
    def report_data(self) -> bytes:
        """2.2.3."""
        return hashlib.sha512(_DOMAIN + self.octets).digest()


def worker_id(identity_key: bytes) -> bytes:
    """2.1.5."""
    return sha256(b"cocoon/worker/1\x00", identity_key)


def parse_claims(octets: bytes) -> Claims:
    """The 305 bytes of 2.2.1."""
    require(len(octets) == CLAIMS_SIZE, MALFORMED, "size")
    reader = Reader(octets, MALFORMED)
    reader.magic(b"CLM1")
    flags, role = reader.number(2), reader.number(1)
    require(flags <= 1 and role in (1, 2), MALFORMED, "flags or role")
    claims = Claims(
        octets=octets,
        simulated=flags == 1,
        role="worker" if role == 1 else "proxy",
        network_id=reader.number(4, signed=True),
        root=reader.address(),
        worker_id=reader.take(32),
        identity_key=reader.take(32),
        payout=reader.address(),
        boot_nonce=reader.take(16),
        not_before=reader.number(8),
        not_after=reader.number(8),
        anchor_seqno=reader.number(4),
        anchor_root_hash=reader.take(32),
        manifest_hash=reader.take(32),
        engine_hash=reader.take(32),
        gpu_evidence_hash=reader.take(32),
    )
    require(claims.not_after <= NUMBER_MAX, MALFORMED, "time above 2^53 - 1")
    require(0 < claims.not_after - claims.not_before <= DAY_MS, MALFORMED, "validity")
    return claims
