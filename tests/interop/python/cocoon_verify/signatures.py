"""Ed25519 as every implementation has to judge it (spec 1.2.3 and 5.3.5)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


def _small_order_ys() -> frozenset[int]:
    """The y coordinates of the eight points of small order: 0, 1, -1 and those with d y^4 + 2 y^2 - 1 = 0 (order 8)."""
    root = pow(1 + _D, (_P + 3) // 8, _P)
    if root * root % _P != (1 + _D) % _P:
        root = root * pow(2, (_P - 1) // 4, _P) % _P
    assert root * root % _P == (1 + _D) % _P
    ys = {0, 1, _P - 1}
    for sign in (1, -1):
        square = (-1 + sign * root) * pow(_D, -1, _P) % _P
        y = pow(square, (_P + 3) // 8, _P)
        if y * y % _P != square:
            y = y * pow(2, (_P - 1) // 4, _P) % _P
        if y * y % _P == square:
            ys |= {y, _P - y}
    assert len(ys) == 5
    return frozenset(ys)


_SMALL_ORDER = _small_order_ys()


def key_accepted(public_key: bytes) -> bool:
    """Spec 5.3.5: 32 bytes, y reduced, not of small order."""
    if len(public_key) != 32:
        return False
    y = int.from_bytes(public_key, "little") & (2**255 - 1)
    return y < _P and y not in _SMALL_ORDER


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032 section 5.1.7 without the cofactor."""
    if not key_accepted(public_key) or len(signature) != 64:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_domain(public_key: bytes, domain: str, body: bytes, signature: bytes) -> bool:
    """Spec 1.2.3: the signature is over domain || 0x00 || body."""
    return verify(public_key, domain.encode("ascii") + b"\x00" + body, signature)
