"""Promises of inclusion (spec 7.4)."""

from __future__ import annotations

from dataclasses import dataclass

from .octets import NUMBER_MAX, Reader, sha256
from .refused import require
from .signatures import verify_domain

INVALID = "promise_invalid"


@dataclass(frozen=True)
class Promise:
    """That a leaf stands, or will stand, at an index of every checkpoint that is longer."""

    octets: bytes
    log_id: bytes
    leaf: bytes
    index: int
    timestamp_ms: int


def parse_promise(octets: bytes) -> Promise:
    """The 148 bytes of 7.4."""
    reader = Reader(octets, INVALID)
    reader.magic(b"PRM1")
    promise = Promise(octets, reader.take(32), reader.take(32), reader.number(8), reader.number(8))
    reader.take(64)
    reader.end()
    require(max(promise.index, promise.timestamp_ms) <= NUMBER_MAX, INVALID, "number above 2^53 - 1")
    return promise


def verify_promise(octets: bytes, public_key: bytes) -> Promise:
    """7.4: it names the log and is signed by its key."""
    promise = parse_promise(octets)
    require(promise.log_id == sha256(public_key), INVALID, "another log")
    signed = verify_domain(public_key, "cocoon/promise/1", octets[:84], octets[84:])
    require(signed, INVALID, "signature")
    return promise
