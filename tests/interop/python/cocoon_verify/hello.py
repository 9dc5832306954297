"""HELLO, by which the ends of a connection prove who they are (spec 3.5)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .octets import Address, hex_bytes, sha256
from .refused import Refused, require
from .signatures import verify_domain

FAILED = "handshake_failed"
ROLES = {"client": 1, "proxy": 2, "worker": 3}
DIALED, LISTENED = 1, 2
VERSIONS_SPOKEN = (1,)


@dataclass(frozen=True)
class HelloContext:
    """What the receiver knows: its network, root contract, the carrier's binding, and on which side the sender is."""

    network_id: int
    root: Address
    binding: bytes
    side: int


@dataclass(frozen=True)
class Hello:
    """A peer that proved its key."""

    role: str
    public_key: bytes
    version: int


def _version(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65_535


def _fields(payload: bytes) -> dict[str, object]:
    require(len(payload) <= 4096, FAILED, "size")
    try:
        fields = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise Refused(FAILED, "JSON") from fault
    if not isinstance(fields, dict):
        raise Refused(FAILED, "JSON object")
    return fields


def _list(value: object, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise Refused(FAILED, "list")
    return value


def verify_hello(payload: bytes, context: HelloContext) -> Hello:
    """The checks of 3.5.4 in their order."""
    fields = _fields(payload)
    versions, features = _list(fields.get("versions"), 16), _list(fields.get("features"), 32)
    require(all(_version(each) for each in versions), FAILED, "versions")
    require(all(isinstance(each, str) for each in features), FAILED, "features")
    role, network_id = fields.get("role"), fields.get("networkId")
    if not isinstance(role, str) or role not in ROLES or not isinstance(network_id, int):
        raise Refused(FAILED, "role or network")
    root = Address.of_text(fields.get("rootAddress"), FAILED)
    public_key = hex_bytes(fields.get("publicKey"), FAILED, 32)
    signature = hex_bytes(fields.get("signature"), FAILED, 64)
    common = [each for each in VERSIONS_SPOKEN if each in versions]
    require(bool(common), "version_unsupported")
    require(network_id == context.network_id and root == context.root, "network_mismatch")
    abilities = json.dumps([versions, features], ensure_ascii=False, separators=(",", ":"))
    body = b"".join(
        [
            bytes([context.side, ROLES[role]]),
            network_id.to_bytes(4, "big", signed=True),
            root.to_bytes(),
            context.binding,
            sha256(abilities.encode()),
        ]
    )
    require(verify_domain(public_key, "cocoon/hello/1", body, signature), FAILED, "signature")
    return Hello(role, public_key, max(common))
