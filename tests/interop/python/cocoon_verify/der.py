"""Strict DER (X.690) as far as certificates and revocation lists need it (spec 2.7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

from .refused import Refused, require

MALFORMED = "certificate_malformed"

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID = 0x01, 0x02, 0x03, 0x04, 0x06
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31


class Node:
    """One value: its tag, its contents, and its whole encoding."""

    def __init__(self, tag: int, body: bytes, encoding: bytes) -> None:
        self.tag = tag
        self.body = body
        self.encoding = encoding

    def expect(self, tag: int) -> Node:
        require(self.tag == tag, MALFORMED, f"tag {tag:#x} expected")
        return self

    def children(self) -> Children:
        return Children(list(_nodes(self.body)))

    def integer(self) -> int:
        body = self.expect(INTEGER).body
        require(body != b"", MALFORMED, "empty integer")
        if len(body) > 1:
            padded = (body[0] == 0 and body[1] < 0x80) or (body[0] == 0xFF and body[1] >= 0x80)
            require(not padded, MALFORMED, "integer that is not minimal")
        return int.from_bytes(body, "big", signed=True)

    def boolean(self) -> bool:
        body = self.expect(BOOLEAN).body
        require(body in (b"\x00", b"\xff"), MALFORMED, "boolean")
        return body == b"\xff"

    def oid(self) -> str:
        body = self.expect(OID).body
        require(body != b"" and body[-1] < 0x80, MALFORMED, "object identifier")
        arcs: list[int] = []
        value, fresh = 0, True
        for octet in body:
            require(not (fresh and octet == 0x80), MALFORMED, "object identifier that is not minimal")
            value, fresh = value << 7 | octet & 0x7F, octet < 0x80
            if fresh:
                arcs.append(value)
                value = 0
        head = min(arcs[0] // 40, 2)
        return ".".join(map(str, [head, arcs[0] - 40 * head, *arcs[1:]]))

    def octets(self) -> bytes:
        return self.expect(OCTET_STRING).body

    def bits(self) -> bytes:
        """A bit string of whole bytes."""
        body = self.expect(BIT_STRING).body
        require(body != b"" and body[0] == 0, MALFORMED, "bit string")
        return body[1:]

    def named_bits(self) -> frozenset[int]:
        """The numbers of the bits that are set; DER has no trailing zero bits here."""
        body = self.expect(BIT_STRING).body
        require(body != b"" and body[0] <= 7, MALFORMED, "named bits")
        unused, data = body[0], body[1:]
        if not data:
            require(unused == 0, MALFORMED, "named bits")
            return frozenset()
        require(data[-1] & ((1 << unused) - 1) == 0 and data[-1] >> unused & 1 == 1, MALFORMED, "named bits")
        return frozenset(8 * at + bit for at, octet in enumerate(data) for bit in range(8) if octet & 0x80 >> bit)

    def time_ms(self) -> int:
        """Unix milliseconds of a time as RFC 5280 section 4.1.2.5 spells it."""
        form = {UTC_TIME: "%y%m%d%H%M%SZ", GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}.get(self.tag)
        digits = {UTC_TIME: 12, GENERALIZED_TIME: 14}.get(self.tag, 0)
        text = self.body.decode("ascii", "replace")
        if form is None or len(text) != digits + 1 or not (text[:digits].isascii() and text[:digits].isdigit()):
            raise Refused(MALFORMED, "time")
        if self.tag == UTC_TIME:
            text = ("20" if text[:2] < "50" else "19") + text
        try:
            moment = datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)
        except ValueError as fault:
            raise Refused(MALFORMED, "time") from fault
        require(self.tag == UTC_TIME or moment.year >= 2050 or moment.year < 1950, MALFORMED, "time")
        return int(moment.timestamp()) * 1000


class Children:
    """The values inside a value, taken in order."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes

    def __iter__(self) -> Iterator[Node]:
        while self._nodes:
            yield self._nodes.pop(0)

    def next(self, tag: int | None = None) -> Node:
        if not self._nodes:
            raise Refused(MALFORMED, "a value is missing")
        node = self._nodes.pop(0)
        return node if tag is None else node.expect(tag)

    def optional(self, *tags: int) -> Node | None:
        return self._nodes.pop(0) if self._nodes and self._nodes[0].tag in tags else None

    def end(self) -> None:
        require(not self._nodes, MALFORMED, "values left over")


def _nodes(octets: bytes) -> Iterator[Node]:
    at = 0
    while at < len(octets):
        start = at
        require(len(octets) - at >= 2, MALFORMED, "cut short")
        tag, size = octets[at], octets[at + 1]
        require(tag & 0x1F != 0x1F, MALFORMED, "tag of several bytes")
        at += 2
        if size >= 0x80:
            count = size & 0x7F
            require(1 <= count <= 4 and at + count <= len(octets), MALFORMED, "length")
            size = int.from_bytes(octets[at : at + count], "big")
            require(size >= 0x80 and size >> 8 * (count - 1) != 0, MALFORMED, "length that is not minimal")
            at += count
        require(at + size <= len(octets), MALFORMED, "cut short")
        yield Node(tag, octets[at : at + size], octets[start : at + size])
        at += size


def parse(octets: bytes, tag: int = SEQUENCE) -> Node:
    """Exactly one value with this tag."""
    nodes = list(_nodes(octets))
    require(len(nodes) == 1, MALFORMED, "not one value")
    return nodes[0].expect(tag)
