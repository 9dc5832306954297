"""HKDF with SHA-256 (RFC 5869)."""

from __future__ import annotations

import hashlib
import hmac


def extract(salt: bytes, secret: bytes) -> bytes:
    """RFC 5869 section 2.2."""
    return hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()


def expand(key: bytes, info: bytes, size: int) -> bytes:
    """RFC 5869 section 2.3."""
    output, block, counter = b"", b"", 1
    while len(output) < size:
        block = hmac.new(key, block + info + bytes([counter]), hashlib.sha256).digest()
        output += block
        counter += 1
    return output[:size]


def hkdf(salt: bytes, secret: bytes, info: bytes, size: int) -> bytes:
    """Extract, then expand."""
    return expand(extract(salt, secret), info, size)
