"""Sealed requests and answers, as the worker that holds the key sees them (spec 4.3 to 4.7)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .hkdf import hkdf
from .hpke import Context, Recipient, open_aes
from .key_config import ENC_SIZES
from .octets import NUMBER_MAX, Address, Reader, decimal, hex_bytes, sha256
from .price import FEE_BPS_MAX, PRICE_MAX
from .profile import TIERS
from .refused import Refused, require

MALFORMED, TRUNCATED, UNOPENABLE = "sealed_malformed", "sealed_truncated", "sealed_unopenable"
REQUEST_MAX = 8 * 1024 * 1024 + 512 * 1024
BODY_MAX = 8 * 1024 * 1024
PIECE, TAG = 65_536, 16
FUTURE_MAX_MS = 60_000
HEADER_FIELDS = (
    "channel",
    "claimsHash",
    "completionPerMillion",
    "feeBps",
    "manifestHash",
    "networkId",
    "promptPerMillion",
    "sequence",
    "tier",
    "tokensMax",
)


@dataclass(frozen=True)
class PublicPart:
    """What everybody reads of a sealed request (4.3.2)."""

    suite: int
    count: int
    request_id: bytes
    created_ms: int
    ttl_s: int
    header: dict[str, object]
    header_hash: bytes
    size: int


@dataclass(frozen=True)
class OpenedRequest:
    """A request's body, and what its answer is sealed with."""

    public: PublicPart
    body: bytes
    kid: bytes
    encapsulated: bytes
    context: Context


def _bounded(value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Refused(MALFORMED, "number of the header")


def _header(octets: bytes) -> dict[str, object]:
    """4.3.3."""
    try:
        text = octets.decode("utf-8")
        header = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Refused(MALFORMED, "header") from fault
    if not isinstance(header, dict) or tuple(header) != HEADER_FIELDS:
        raise Refused(MALFORMED, "fields of the header")
    again = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    require(again == text, MALFORMED, "encoding")
    Address.of_text(header["channel"], MALFORMED)
    for name in ("claimsHash", "manifestHash"):
        hex_bytes(header[name], MALFORMED, 32)
    for name in ("promptPerMillion", "completionPerMillion"):
        decimal(header[name], MALFORMED, PRICE_MAX)
    _bounded(header["feeBps"], 0, FEE_BPS_MAX)
    _bounded(header["networkId"], -(2**31), 2**31 - 1)
    _bounded(header["sequence"], 0, NUMBER_MAX)
    _bounded(header["tokensMax"], 1, 2**32 - 1)
    require(header["tier"] in TIERS, MALFORMED, "tier")
    return header


def read_public_part(wire: bytes) -> PublicPart:
    """4.3.2."""
    reader = Reader(wire, TRUNCATED)
    require(reader.take(4) == b"CE2E", MALFORMED, "magic")
    version, suite, flags, count = (reader.number(1) for _ in range(4))
    require(version == 1 and suite in ENC_SIZES and flags == 0 and 1 <= count <= 4, MALFORMED, "version or suite")
    request_id, created_ms, ttl_s, size = reader.take(16), reader.number(8), reader.number(4), reader.number(2)
    require(created_ms <= NUMBER_MAX and 1 <= ttl_s <= 600 and size <= 4096, MALFORMED, "time or size")
    header = _header(reader.take(size))
    header_hash = sha256(b"cocoon-e2e/1 hdr", wire[: reader.at])
    return PublicPart(suite, count, request_id, created_ms, ttl_s, header, header_hash, reader.at)


def check_time(public: PublicPart, now_ms: int) -> None:
    """4.7: not after created + ttl, and created not more than 60 seconds from now."""
    current = public.created_ms <= now_ms + FUTURE_MAX_MS and now_ms <= public.created_ms + public.ttl_s * 1000
    require(current, "sealed_expired")


class ChunkOpener:
    """4.4, for one stream."""

    def __init__(self, key: bytes, base: bytes, header_hash: bytes) -> None:
        self._key, self._base, self._header_hash = key, base, header_hash
        self._count = 0

    def open(self, reader: Reader) -> tuple[bytes, bool]:
        """The next chunk's plaintext, and whether it is the final one."""
        prefix = reader.number(3)
        final, size = prefix >> 23 == 1, prefix & 0x7FFFFF
        count = self._count.to_bytes(8, "big")
        nonce = self._base[:4] + bytes(a ^ b for a, b in zip(self._base[4:], count))
        associated = self._header_hash + count + bytes([final])
        plaintext = open_aes(self._key, nonce, associated, reader.take(size))
        self._count += 1
        return plaintext, final


def padded_size(size: int) -> int:
    """4.3.6: 512, 1,024, then Padme's size."""
    if size <= 1024:
        return 512 if size <= 512 else 1024
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return (size + step - 1) // step * step


def _open_body(reader: Reader, opener: ChunkOpener) -> bytes:
    pieces: list[bytes] = []
    final = False
    while not final:
        piece, final = opener.open(reader)
        pieces.append(piece)
    try:
        reader.end()
    except Refused as fault:
        raise Refused("sealed_trailing") from fault
    require(all(len(piece) == PIECE for piece in pieces[:-1]), MALFORMED, "piece")
    require(0 < len(pieces[-1]) <= PIECE, MALFORMED, "last piece")
    padded = b"".join(pieces)
    inner = Reader(padded, MALFORMED)
    body = inner.take(inner.number(4))
    require(len(body) <= BODY_MAX and len(padded) == padded_size(4 + len(body)), MALFORMED, "padding")
    require(not any(inner.rest()), MALFORMED, "padding")
    return body


def open_request(wire: bytes, kid: bytes, recipient: Recipient, now_ms: int) -> OpenedRequest:
    """4.7 in its order, by a worker with one key of suite 1 that has begun no request."""
    require(len(wire) <= REQUEST_MAX, "request_too_large")
    public = read_public_part(wire)
    check_time(public, now_ms)
    reader = Reader(wire, TRUNCATED)
    reader.take(public.size)
    slots = [(reader.take(8), reader.take(ENC_SIZES[public.suite]), reader.take(48)) for _ in range(public.count)]
    mine = next((slot for slot in slots if slot[0] == kid), None)
    if mine is None:
        raise Refused("recipient_unknown")
    require(public.suite == 1, UNOPENABLE, "suite")
    context = recipient.set_up(mine[1], b"cocoon-e2e/1 req" + public.header_hash)
    content_key = context.open_first(kid, mine[2])
    key = hkdf(public.request_id, content_key, b"body key", 32)
    base = hkdf(public.request_id, content_key, b"body nonce", 12)
    body = _open_body(reader, ChunkOpener(key, base, public.header_hash))
    return OpenedRequest(public, body, kid, mine[1], context)


def read_answer_head(head: bytes) -> tuple[bytes, bytes, bytes]:
    """4.5.1: request id, kid and nonce."""
    reader = Reader(head, TRUNCATED)
    require(reader.take(4) == b"CE2R" and reader.number(1) == 1, MALFORMED, "magic or version")
    fields = reader.take(16), reader.take(8), reader.take(32)
    require(reader.at == len(head), MALFORMED, "size")
    return fields


def answer_opener(opened: OpenedRequest, head: bytes) -> ChunkOpener:
    """4.5.2, with the checks of 4.8.1."""
    request_id, kid, nonce = read_answer_head(head)
    require((request_id, kid) == (opened.public.request_id, opened.kid), "answer_mismatched")
    secret = opened.context.export(b"cocoon-e2e/1 resp", 32)
    salt = opened.encapsulated + nonce
    key, base = hkdf(salt, secret, b"key", 32), hkdf(salt, secret, b"nonce", 12)
    return ChunkOpener(key, base, opened.public.header_hash)


def parse_frame(frame: bytes) -> tuple[int, bytes]:
    """4.6.1: type and payload."""
    require(0 < len(frame) <= 65_536 and len(frame) % 256 == 0, MALFORMED, "size of a frame")
    reader = Reader(frame, MALFORMED)
    inner = Reader(reader.take(reader.number(4)), MALFORMED)
    kind, payload = inner.number(1), inner.rest()
    padding = reader.rest()
    require(kind <= 3 and len(padding) < 1024 and not any(padding), MALFORMED, "type or padding")
    return kind, payload
