"""Numbers, texts and addresses as bytes (spec 1.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from .refused import Refused

NUMBER_MAX = 2**53 - 1
U64_MAX = 2**64 - 1

_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")
_ADDRESS = re.compile(r"(0|-1):([0-9a-f]{64})\Z")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]*)\Z")


def sha256(*parts: bytes) -> bytes:
    """SHA-256 of the parts joined."""
    return hashlib.sha256(b"".join(parts)).digest()


def cell_digest(statement: bytes) -> bytes:
    """Spec 1.2.4: the hash of an ordinary cell without references that holds these at most 127 bytes."""
    if len(statement) > 127:
        raise ValueError("a cell holds at most 127 bytes")
    return sha256(bytes([0, 2 * len(statement)]), statement)


class Reader:
    """Takes big-endian fields off the front of bytes; what is missing is refused with the code."""

    def __init__(self, octets: bytes, code: str) -> None:
        self._octets = octets
        self._code = code
        self.at = 0

    def take(self, size: int) -> bytes:
        piece = self._octets[self.at : self.at + size]
        if len(piece) != size:
            raise Refused(self._code, f"{size} bytes expected at {self.at}")
        self.at += size
        return piece

    def number(self, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(self.take(size), "big", signed=signed)

    def little(self, size: int) -> int:
        """An unsigned little-endian number, as quotes and reports of vendors have them."""
        return int.from_bytes(self.take(size), "little")

    def magic(self, expected: bytes) -> None:
        if self.take(len(expected)) != expected:
            raise Refused(self._code, f"not {expected!r}")

    def address(self) -> str:
        workchain = self.number(1, signed=True)
        if workchain not in (0, -1):
            raise Refused(self._code, "workchain")
        return f"{workchain}:{self.take(32).hex()}"

    def rest(self) -> bytes:
        return self.take(len(self._octets) - self.at)

    def end(self) -> None:
        if self.at != len(self._octets):
            raise Refused(self._code, "bytes left over")


def hex_bytes(text: object, code: str, size: int | None = None) -> bytes:
    """Lower-case hexadecimal (spec 1.2.1)."""
    if not isinstance(text, str) or not _HEX.match(text):
        raise Refused(code, "hexadecimal")
    octets = bytes.fromhex(text)
    if size is not None and len(octets) != size:
        raise Refused(code, f"{size} bytes of hexadecimal")
    return octets


def base64_bytes(text: object, code: str) -> bytes:
    """Base64 of RFC 4648 section 4 with padding, in its one spelling (spec 1.2.1)."""
    if not isinstance(text, str):
        raise Refused(code, "base64")
    try:
        octets = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as fault:
        raise Refused(code, "base64") from fault
    if base64.b64encode(octets).decode("ascii") != text:
        raise Refused(code, "base64 that is not canonical")
    return octets


def decimal(text: object, code: str, limit: int = U64_MAX) -> int:
    """An amount (spec 5.1.1): decimal text without leading zeros, at most the limit."""
    if not isinstance(text, str) or len(text) > 20 or not text.isascii() or not _DECIMAL.match(text):
        raise Refused(code, "decimal text")
    value = int(text)
    if value > limit:
        raise Refused(code, "amount above the limit")
    return value


@dataclass(frozen=True)
class Address:
    """Spec 1.2.2: workchain and account hash."""

    workchain: int
    account: bytes

    @staticmethod
    def of_text(text: object, code: str) -> Address:
        match = _ADDRESS.match(text) if isinstance(text, str) else None
        if match is None:
            raise Refused(code, "address")
        return Address(int(match[1]), bytes.fromhex(match[2]))

    def to_bytes(self) -> bytes:
        return self.workchain.to_bytes(1, "big", signed=True) + self.account

    def friendly(self) -> str:
        """The bounceable form with base64url that explorers show (spec 7.3.2)."""
        body = b"\x11" + self.to_bytes()
        checksum = binascii.crc_hqx(body, 0).to_bytes(2, "big")
        return base64.urlsafe_b64encode(body + checksum).decode("ascii")
