"""HPKE (RFC 9180) in base mode for suite 1 of spec 4.1, on the receiver's side."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import hkdf
from .refused import Refused

_KEM = b"KEM\x00\x20"
_SUITE = b"HPKE\x00\x20\x00\x01\x00\x02"


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hkdf.extract(salt, b"HPKE-v1" + suite + label + secret)


def _labeled_expand(suite: bytes, key: bytes, label: bytes, info: bytes, size: int) -> bytes:
    return hkdf.expand(key, size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, size)


def _raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def open_aes(key: bytes, nonce: bytes, associated: bytes, ciphertext: bytes) -> bytes:
    """AES-256-GCM; whatever does not decrypt is sealed_unopenable (spec 4.7.1)."""
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, associated)
    except (InvalidTag, ValueError) as fault:
        raise Refused("sealed_unopenable") from fault


class Recipient:
    """A key pair of DHKEM(X25519, HKDF-SHA256)."""

    def __init__(self, seed: bytes) -> None:
        """Derives the pair from its input keying material (RFC 9180 section 7.1.3)."""
        extracted = _labeled_extract(_KEM, b"", b"dkp_prk", seed)
        secret = _labeled_expand(_KEM, extracted, b"sk", b"", 32)
        self._secret = X25519PrivateKey.from_private_bytes(secret)
        self.public_key = _raw(self._secret.public_key())

    def set_up(self, encapsulated: bytes, info: bytes) -> Context:
        """SetupBaseR of RFC 9180 section 5.1.1."""
        try:
            shared = self._secret.exchange(X25519PublicKey.from_public_bytes(encapsulated))
        except ValueError as fault:
            raise Refused("sealed_unopenable") from fault
        extracted = _labeled_extract(_KEM, b"", b"eae_prk", shared)
        both = encapsulated + self.public_key
        return Context(_labeled_expand(_KEM, extracted, b"shared_secret", both, 32), info)


class Context:
    """The key schedule of RFC 9180 section 5.1, for one Open and for Export."""

    def __init__(self, shared_secret: bytes, info: bytes) -> None:
        hashes = [_labeled_extract(_SUITE, b"", b"psk_id_hash", b""), _labeled_extract(_SUITE, b"", b"info_hash", info)]
        schedule = b"\x00" + b"".join(hashes)
        secret = _labeled_extract(_SUITE, shared_secret, b"secret", b"")
        self._key = _labeled_expand(_SUITE, secret, b"key", schedule, 32)
        self._nonce = _labeled_expand(_SUITE, secret, b"base_nonce", schedule, 12)
        self._exporter = _labeled_expand(_SUITE, secret, b"exp", schedule, 32)

    def open_first(self, associated: bytes, ciphertext: bytes) -> bytes:
        """The context's first Open: its sequence number is 0."""
        return open_aes(self._key, self._nonce, associated, ciphertext)

    def export(self, label: bytes, size: int) -> bytes:
        """RFC 9180 section 5.3."""
        return _labeled_expand(_SUITE, self._exporter, b"sec", label, size)
