"""Verifying a COSE export (spec 7.10 and 8.6): python3 -m cocoon_verify.cose FILE --log-key HEX."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from .merkle import leaf_hash, root_from_inclusion
from .receipt import parse_receipt
from .refused import Refused
from .signatures import verify as ed25519_verifies

try:
    import cbor2
except ImportError:
    cbor2 = None

ALG, CONTENT_TYPE, KID, CLAIMS, RECEIPTS, VDS, VDP = 1, 3, 4, 15, 394, 395, 396


class Cbor:
    """Deterministic CBOR of RFC 8949 4.2.1: integers, strings, arrays, maps, tags and null. Raises ValueError."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + size]
        if len(piece) != size:
            raise ValueError("cut short")
        self.at += size
        return piece

    def head(self) -> tuple[int, int]:
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if info < 24:
            return major, info
        if info > 27:
            raise ValueError("indefinite")
        size = 1 << (info - 24)
        value = int.from_bytes(self.take(size), "big")
        if value < (24 if size == 1 else 1 << (4 * size)):
            raise ValueError("not the shortest")
        return major, value

    def value(self) -> Any:
        start = self.at
        major, argument = self.head()
        simple: dict[int, Callable[[], Any]] = {
            0: lambda: argument,
            1: lambda: -1 - argument,
            2: lambda: self.take(argument),
            3: lambda: self.take(argument).decode(),
            4: lambda: [self.value() for _ in range(argument)],
            5: lambda: self.pairs(argument),
            6: lambda: ("tag", argument, self.value()),
        }
        if major in simple:
            return simple[major]()
        if self.data[start] == 0xF6:
            return None
        raise ValueError("type")

    def pairs(self, count: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        last = b""
        for _ in range(count):
            start = self.at
            key = self.value()
            spelled = self.data[start : self.at]
            if spelled <= last:
                raise ValueError("order of keys")
            last, found[key] = spelled, self.value()
        return found


def decode(data: bytes) -> Any:
    reader = Cbor(data)
    value = reader.value()
    if reader.at != len(data):
        raise ValueError("trailing")
    return value


def encode_text(value: str) -> bytes:
    return head(3, len(value.encode())) + value.encode()


def head(major: int, argument: int) -> bytes:
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 24:
            return bytes([major << 5 | argument])
        if argument < 1 << (8 * size):
            return bytes([major << 5 | info]) + argument.to_bytes(size, "big")
    raise ValueError("too large")


def signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of RFC 9052 4.4."""
    parts = encode_text("Signature1") + head(2, len(protected)) + protected + head(2, 0)
    return head(4, 4) + parts + head(2, len(payload)) + payload


def sign1(data: bytes) -> tuple[bytes, dict[Any, Any], dict[Any, Any], bytes | None, bytes]:
    kind, tag, (protected, unprotected, payload, signature) = decode(data)
    if (kind, tag) != ("tag", 18):
        raise ValueError("not a COSE_Sign1")
    return protected, decode(protected), unprotected, payload, signature


def check(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def verify(data: bytes, log_key: bytes) -> dict[str, object]:
    """What the statement is about. Raises ValueError."""
    protected, header, unprotected, payload, signature = sign1(data)
    check(header[ALG] == -8 and header[CONTENT_TYPE] == "application/vnd.cocoon.receipt", "header")
    check(payload is not None and len(payload) == 385, "payload")
    check(ed25519_verifies(header[KID], signed(protected, payload), signature), "statement")
    receipts = unprotected[RECEIPTS]
    for each in receipts:
        inner, about, proofs, root, seal = sign1(each)
        check(root is None and about[ALG] == -8 and about[VDS] == 1, "receipt of inclusion")
        for proof in proofs[VDP][-1]:
            size, index, path = decode(proof)
            computed = root_from_inclusion(leaf_hash(payload), index, size, path)
            check(ed25519_verifies(log_key, signed(inner, computed), seal), "signature of the log")
    check(len(receipts) > 0, "no receipt of inclusion")
    if cbor2 is not None:
        message = cbor2.loads(data)
        check(message.tag == 18 and cbor2.dumps(message, canonical=True) == data, "cbor2 writes it otherwise")
        check(message.value[0] == protected and message.value[2] == payload, "cbor2 reads it otherwise")
    return {
        "holds": True,
        "request": parse_receipt(payload).request_id.hex(),
        "log": about[CLAIMS][1],
        "subject": header[CLAIMS][2],
        "proof": json.loads(unprotected["cocoon-proof"])["format"],
        "cbor2": cbor2 is not None,
    }


def main() -> int:
    path, log_key = sys.argv[1], bytes.fromhex(sys.argv[sys.argv.index("--log-key") + 1])
    with open(path, "rb") as file:
        data = file.read()
    try:
        print(json.dumps(verify(data, log_key)))
        return 0
    except (Refused, ValueError, KeyError, TypeError, IndexError) as fault:
        print(json.dumps({"holds": False, "why": str(fault)}))
        return 1


if __name__ == "__main__":
    sys.exit(main())
