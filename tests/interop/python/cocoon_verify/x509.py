"""Certificates and revocation lists (RFC 5280) in the narrow form of spec 2.7.1 and 2.7.5."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from . import der
from .refused import Refused, require

MALFORMED = "certificate_malformed"
BASIC_CONSTRAINTS, KEY_USAGE = "2.5.29.19", "2.5.29.15"
COMMON_NAME = "2.5.4.3"
DIGITAL_SIGNATURE, KEY_CERT_SIGN, CRL_SIGN = 0, 5, 6
EC_PUBLIC_KEY, ECDSA = "1.2.840.10045.2.1", "1.2.840.10045.4.3."

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\n((?:[A-Za-z0-9+/=]+\n)+)-----END CERTIFICATE-----\n")


@dataclass(frozen=True)
class Extension:
    """An extension's criticality and its DER value."""

    critical: bool
    value: bytes


@dataclass(frozen=True)
class Certificate:
    """The fields of a certificate that anything here depends on. Times are Unix milliseconds."""

    tbs: bytes
    serial: int
    issuer: bytes
    subject: bytes
    common_name: str
    not_before: int
    not_after: int
    key_algorithm: str
    key_parameters: str | None
    key: bytes
    extensions: dict[str, Extension]
    signature_algorithm: der.Node
    signature: bytes

    @property
    def key_id(self) -> str:
        """2.4.1: SHA-384 of the uncompressed point, or of the RSAPublicKey."""
        return hashlib.sha384(self.key).hexdigest()

    def authority(self) -> tuple[bool, int | None]:
        """Whether it may issue certificates, and how many authorities may follow it."""
        extension = self.extensions.get(BASIC_CONSTRAINTS)
        if extension is None:
            return False, None
        parts = der.parse(extension.value).children()
        flag = parts.optional(der.BOOLEAN)
        length = parts.optional(der.INTEGER)
        parts.end()
        is_authority = flag is not None and flag.boolean()
        require(flag is None or is_authority, MALFORMED, "a default that is spelled out")
        limit = None if length is None else length.integer()
        require(limit is None or (is_authority and limit >= 0), MALFORMED, "path length")
        return is_authority, limit

    def usages(self) -> frozenset[int]:
        extension = self.extensions.get(KEY_USAGE)
        if extension is None:
            return frozenset()
        return der.parse(extension.value, der.BIT_STRING).named_bits()


@dataclass(frozen=True)
class RevocationList:
    """A list of the serials that its issuer revoked. Times are Unix milliseconds."""

    tbs: bytes
    issuer: bytes
    this_update: int
    next_update: int
    revoked: frozenset[int]
    signature_algorithm: der.Node
    signature: bytes


def _extensions(node: der.Node) -> dict[str, Extension]:
    extensions: dict[str, Extension] = {}
    for each in node.expect(der.SEQUENCE).children():
        parts = each.expect(der.SEQUENCE).children()
        oid, flag = parts.next().oid(), parts.optional(der.BOOLEAN)
        critical = flag is not None and flag.boolean()
        require(flag is None or critical, MALFORMED, "a default that is spelled out")
        require(oid not in extensions, MALFORMED, "an extension twice")
        extensions[oid] = Extension(critical, parts.next().octets())
        parts.end()
    require(bool(extensions), MALFORMED, "no extension")
    return extensions


def _common_name(name: der.Node) -> str:
    found = ""
    for part in name.children():
        for attribute in part.expect(der.SET).children():
            pair = attribute.expect(der.SEQUENCE).children()
            oid, value = pair.next().oid(), pair.next()
            pair.end()
            if oid == COMMON_NAME:
                found = value.body.decode("utf-8", "replace")
    return found


def _signed(octets: bytes) -> tuple[der.Node, der.Node, bytes]:
    parts = der.parse(octets).children()
    tbs, algorithm, signature = parts.next(der.SEQUENCE), parts.next(der.SEQUENCE), parts.next().bits()
    parts.end()
    if algorithm.children().next().oid().startswith(ECDSA):
        _check_ecdsa_shape(signature)
    return tbs, algorithm, signature


def _check_ecdsa_shape(signature: bytes) -> None:
    """An ECDSA signature is DER too: a sequence of two positive integers."""
    numbers = der.parse(signature).children()
    require(numbers.next().integer() > 0 and numbers.next().integer() > 0, MALFORMED, "signature")
    numbers.end()


def parse_certificate(octets: bytes) -> Certificate:
    """A certificate of version 3."""
    tbs, algorithm, signature = _signed(octets)
    fields = tbs.children()
    version = der.parse(fields.next(0xA0).body, der.INTEGER).integer()
    require(version == 2, MALFORMED, "version of the certificate")
    serial = fields.next().integer()
    require(fields.next(der.SEQUENCE).encoding == algorithm.encoding, MALFORMED, "two algorithms")
    issuer, validity = fields.next(der.SEQUENCE), fields.next(der.SEQUENCE).children()
    not_before, not_after = validity.next().time_ms(), validity.next().time_ms()
    validity.end()
    subject, spki = fields.next(der.SEQUENCE), fields.next(der.SEQUENCE)
    extensions = _extensions(der.parse(fields.next(0xA3).body))
    fields.end()
    key_parts = spki.children()
    key_kind, key = key_parts.next(der.SEQUENCE).children(), key_parts.next().bits()
    key_parts.end()
    key_algorithm, parameters = key_kind.next().oid(), key_kind.optional(der.OID)
    return Certificate(
        tbs=tbs.encoding,
        serial=serial,
        issuer=issuer.encoding,
        subject=subject.encoding,
        common_name=_common_name(subject),
        not_before=not_before,
        not_after=not_after,
        key_algorithm=key_algorithm,
        key_parameters=None if parameters is None else parameters.oid(),
        key=key,
        extensions=extensions,
        signature_algorithm=algorithm,
        signature=signature,
    )


def _revoked(node: der.Node | None) -> frozenset[int]:
    serials: set[int] = set()
    for entry in [] if node is None else node.children():
        parts = entry.expect(der.SEQUENCE).children()
        serials.add(parts.next().integer())
        parts.next().time_ms()
        extensions = parts.optional(der.SEQUENCE)
        parts.end()
        if extensions is not None:
            _no_critical(_extensions(extensions))
    return frozenset(serials)


def _no_critical(extensions: dict[str, Extension]) -> None:
    require(not any(each.critical for each in extensions.values()), MALFORMED, "critical extension of a list")


def parse_revocation_list(octets: bytes) -> RevocationList:
    """A list of version 2 with a next update and no critical extension."""
    tbs, algorithm, signature = _signed(octets)
    fields = tbs.children()
    require(fields.next().integer() == 1, MALFORMED, "version of the list")
    require(fields.next(der.SEQUENCE).encoding == algorithm.encoding, MALFORMED, "two algorithms")
    issuer = fields.next(der.SEQUENCE)
    this_update, next_update = fields.next().time_ms(), fields.next().time_ms()
    revoked = _revoked(fields.optional(der.SEQUENCE))
    extensions = fields.optional(0xA0)
    fields.end()
    if extensions is not None:
        _no_critical(_extensions(der.parse(extensions.body)))
    return RevocationList(tbs.encoding, issuer.encoding, this_update, next_update, revoked, algorithm, signature)


def parse_chain(pem: str, count: int | None = None) -> list[Certificate]:
    """Certificates in PEM, in the one spelling (2.3.6): lines of 64 digits, the last may be shorter."""
    chain: list[Certificate] = []
    at = 0
    while at < len(pem):
        match = _PEM.match(pem, at)
        if match is None:
            raise Refused(MALFORMED, "PEM")
        lines = match[1].split("\n")[:-1]
        short = [line for line in lines[:-1] if len(line) != 64]
        require(not short and len(lines[-1]) <= 64, MALFORMED, "lines of the PEM")
        chain.append(parse_certificate(_canonical_base64("".join(lines))))
        at = match.end()
    require(count is None or len(chain) == count, MALFORMED, f"{count} certificates expected")
    return chain


def _canonical_base64(text: str) -> bytes:
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError as fault:
        raise Refused(MALFORMED, "PEM") from fault
    require(base64.b64encode(octets).decode("ascii") == text, MALFORMED, "PEM that is not canonical")
    return octets
