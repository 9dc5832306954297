"""Sealed requests and answers, as the worker that holds the key sees them (spec 4.3 to 4.7)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .hkdf import hkdf
from .hpke import Recipient, open_aes
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
ALTERNATE_FIELDS = ("claimsHash", "completionPerMillion", "promptPerMillion")
STRICT, KEEPS_SESSION, RESUMED = 1, 2, 4
STRICT_FRAME = 4096
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


Slot = tuple[bytes, bytes, bytes]
"""kid, encapsulated secret or session id, wrapped key."""
Unwrapped = tuple[bytes, bytes, bytes | None]
Kept = dict[bytes, tuple[bytes, bytes]]
"""Sessions of a worker: kid and secret by id."""


@dataclass(frozen=True)
class PublicPart:
    """What everybody reads of a sealed request (4.3.2)."""

    suite: int
    flags: int
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
    answer_secret: bytes
    session: bytes | None
    """Id and secret, when the request keeps a session."""


def _bounded(value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Refused(MALFORMED, "number of the header")


def _alternates(alternates: object) -> None:
    """4.3.3: one to three, with the claims and the prices of the recipients after the first."""
    if not isinstance(alternates, list) or not 1 <= len(alternates) <= 3:
        raise Refused(MALFORMED, "alternates")
    for each in alternates:
        if not isinstance(each, dict) or tuple(each) != ALTERNATE_FIELDS:
            raise Refused(MALFORMED, "fields of an alternate")
        hex_bytes(each["claimsHash"], MALFORMED, 32)
        decimal(each["completionPerMillion"], MALFORMED, PRICE_MAX)
        decimal(each["promptPerMillion"], MALFORMED, PRICE_MAX)


def _header(octets: bytes) -> dict[str, object]:
    """4.3.3."""
    try:
        text = octets.decode("utf-8")
        header = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Refused(MALFORMED, "header") from fault
    if not isinstance(header, dict) or tuple(name for name in header if name != "alternates") != HEADER_FIELDS:
        raise Refused(MALFORMED, "fields of the header")
    if "alternates" in header:
        require(next(iter(header)) == "alternates", MALFORMED, "order of the header")
        _alternates(header["alternates"])
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
    require(version == 1 and suite in ENC_SIZES and 1 <= count <= 4, MALFORMED, "version or suite")
    require(flags <= 7 and flags & 6 != 6, MALFORMED, "flags")
    request_id, created_ms, ttl_s, size = reader.take(16), reader.number(8), reader.number(4), reader.number(2)
    require(created_ms <= NUMBER_MAX and 1 <= ttl_s <= 600 and size <= 4096, MALFORMED, "time or size")
    header = _header(reader.take(size))
    require(len(header.get("alternates", ())) == count - 1, MALFORMED, "recipients")
    header_hash = sha256(b"cocoon-e2e/1 hdr", wire[: reader.at])
    return PublicPart(suite, flags, count, request_id, created_ms, ttl_s, header, header_hash, reader.at)


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


def _unwrap(public: PublicPart, kid: bytes, slot: Slot, recipient: Recipient, kept: Kept) -> Unwrapped:
    """4.3.5 and 4.11: the content key, still under the release; the answer's secret; the session that begins."""
    _, encapsulated, wrapped = slot
    if public.flags & RESUMED:
        known = kept.get(encapsulated)
        if known is None or known[0] != kid:
            raise Refused("session_unknown")
        infos = (b"key", 32), (b"nonce", 12), (b"resp", 32)
        key, nonce, answer = (
            hkdf(public.request_id, known[1], b"cocoon-e2e/1 session " + name + public.header_hash, size)
            for name, size in infos
        )
        return open_aes(key, nonce, kid, wrapped), answer, None
    require(public.suite == 1, UNOPENABLE, "suite")
    context = recipient.set_up(encapsulated, b"cocoon-e2e/1 req" + public.header_hash)
    content_key = context.open_first(kid, wrapped)
    session = context.export(b"cocoon-e2e/1 session id", 16) + context.export(b"cocoon-e2e/1 session", 32)
    return content_key, context.export(b"cocoon-e2e/1 resp", 32), session if public.flags & KEEPS_SESSION else None


def open_request(  # noqa: PLR0913
    wire: bytes, kid: bytes, recipient: Recipient, now_ms: int, release: bytes | None = None, kept: Kept | None = None
) -> OpenedRequest:
    """4.7 in its order, by a worker with one key of suite 1 that has begun no request."""
    require(len(wire) <= REQUEST_MAX, "request_too_large")
    public = read_public_part(wire)
    check_time(public, now_ms)
    reader = Reader(wire, TRUNCATED)
    reader.take(public.size)
    size = 16 if public.flags & RESUMED else ENC_SIZES[public.suite]
    slots = [(reader.take(8), reader.take(size), reader.take(48)) for _ in range(public.count)]
    turn = next((at for at, slot in enumerate(slots) if slot[0] == kid), None)
    if turn is None:
        raise Refused("recipient_unknown")
    require(turn == 0 or release is not None, "recipient_unreleased")
    wrapped, answer_secret, session = _unwrap(public, kid, slots[turn], recipient, kept or {})
    content_key = bytes(a ^ b for a, b in zip(wrapped, release or bytes(32)))
    key = hkdf(public.request_id, content_key, b"body key", 32)
    base = hkdf(public.request_id, content_key, b"body nonce", 12)
    body = _open_body(reader, ChunkOpener(key, base, public.header_hash))
    return OpenedRequest(public, body, kid, slots[turn][1], answer_secret, session)


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
    salt = opened.encapsulated + nonce
    key, base = (hkdf(salt, opened.answer_secret, name, size) for name, size in ((b"key", 32), (b"nonce", 12)))
    return ChunkOpener(key, base, opened.public.header_hash)


def parse_frame(frame: bytes, *, strict: bool = False) -> tuple[int, bytes]:
    """4.6.1 and 4.12: type and payload."""
    require(0 < len(frame) <= 65_536 and len(frame) % 256 == 0, MALFORMED, "size of a frame")
    require(not strict or len(frame) == STRICT_FRAME, MALFORMED, "size of a strict frame")
    reader = Reader(frame, MALFORMED)
    inner = Reader(reader.take(reader.number(4)), MALFORMED)
    kind, payload = inner.number(1), inner.rest()
    padding = reader.rest()
    require(kind <= (5 if strict else 4) and not any(padding), MALFORMED, "type or padding")
    require(strict or len(padding) < 1024, MALFORMED, "padding")
    return kind, payload
