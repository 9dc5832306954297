"""The signatures that vendors make: ECDSA (spec 2.7.5) and, for AMD, RSASSA-PSS (spec 2.9.1)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from . import der
from .x509 import EC_PUBLIC_KEY, Certificate, RevocationList

P256, P384 = "1.2.840.10045.3.1.7", "1.3.132.0.34"
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"

# AlgorithmIdentifier of RSASSA-PSS (RFC 4055) with SHA-384 for hash and mask, 48 bytes of salt and trailer field 1.
_PSS = bytes.fromhex(
    "304606092a864886f70d01010a3039a00f300d06096086480165030402020500"
    "a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130"
)
_TRAILER_FIELD = bytes.fromhex("a303020101")
_CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm, str]] = {
    P256: (ec.SECP256R1(), hashes.SHA256(), "1.2.840.10045.4.3.2"),
    P384: (ec.SECP384R1(), hashes.SHA384(), "1.2.840.10045.4.3.3"),
}


def verify_ecdsa(curve: str, point: bytes, message: bytes, signature: bytes) -> bool:
    """A DER signature over the message, by the key at this uncompressed point."""
    kind, digest, _ = _CURVES[curve]
    if point[:1] != b"\x04":
        return False
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(kind, point)
        key.verify(signature, message, ec.ECDSA(digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_plain_ecdsa(curve: str, point: bytes, message: bytes, r: int, s: int) -> bool:
    """The same with r and s apart, as quotes and reports have them."""
    return verify_ecdsa(curve, point, message, encode_dss_signature(r, s))


def verify_r_s(curve: str, point: bytes, message: bytes, signature: bytes) -> bool:
    """A signature of r || s, big-endian, each as long as the curve's order."""
    size = 32 if curve == P256 else 48
    if len(signature) != 2 * size:
        return False
    r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
    return verify_plain_ecdsa(curve, point, message, r, s)


def _verify_pss(key_octets: bytes, message: bytes, signature: bytes) -> bool:
    parts = der.parse(key_octets).children()
    modulus, exponent = parts.next().integer(), parts.next().integer()
    parts.end()
    if not 2048 <= modulus.bit_length() <= 4096 or exponent != 65_537:
        return False
    scheme = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    try:
        rsa.RSAPublicNumbers(exponent, modulus).public_key().verify(signature, message, scheme, hashes.SHA384())
    except (InvalidSignature, ValueError):
        return False
    return True


def _pss_algorithm(encoding: bytes) -> bool:
    return encoding == _PSS + _TRAILER_FIELD or encoding == _without_trailer()


def _without_trailer() -> bytes:
    """The same without the trailer field, which has this value by default."""
    shorter = bytearray(_PSS)
    shorter[1] -= len(_TRAILER_FIELD)
    shorter[14] -= len(_TRAILER_FIELD)
    return bytes(shorter)


def signed_by(signed: Certificate | RevocationList, issuer: Certificate, *, pss: bool = False) -> bool:
    """Whether the issuer's key signed it, with an algorithm that is allowed and that belongs to the key."""
    if issuer.key_algorithm == RSA_ENCRYPTION:
        allowed = pss and _pss_algorithm(signed.signature_algorithm.encoding)
        return allowed and _verify_pss(issuer.key, signed.tbs, signed.signature)
    curve = issuer.key_parameters
    if issuer.key_algorithm != EC_PUBLIC_KEY or curve not in _CURVES:
        return False
    parts = signed.signature_algorithm.children()
    if parts.next().oid() != _CURVES[curve][2] or list(parts):
        return False
    return verify_ecdsa(curve, issuer.key, signed.tbs, signed.signature)
