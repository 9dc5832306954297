"""Key configurations (spec 4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from .octets import Reader, sha256
from .refused import require
from .signatures import verify_domain

MALFORMED = "key_config_malformed"
KEY_SIZES = {1: 32, 2: 1216}
ENC_SIZES = {1: 32, 2: 1120}
AHEAD_MAX_MS = 2 * 3600 * 1000


@dataclass(frozen=True)
class KeyConfig:
    """A worker's key, and until when it is offered in Unix milliseconds."""

    suite: int
    kid: bytes
    not_after: int
    public_key: bytes


def open_key_config(octets: bytes, identity_key: bytes, now_ms: int) -> KeyConfig:
    """4.2.3, in its order."""
    reader = Reader(octets, MALFORMED)
    reader.magic(b"KCF1")
    suite, kid, not_after = reader.number(1), reader.take(8), reader.number(8)
    public_key = reader.take(reader.number(2))
    signature = reader.take(64)
    reader.end()
    require(KEY_SIZES.get(suite) == len(public_key), MALFORMED, "suite")
    require(sha256(public_key)[:8] == kid, MALFORMED, "kid")
    signed = verify_domain(identity_key, "cocoon/key-config/1", octets[:-64], signature)
    require(signed, "key_config_signature_invalid")
    require(now_ms < not_after <= now_ms + AHEAD_MAX_MS, "key_config_expired")
    return KeyConfig(suite, kid, not_after, public_key)
