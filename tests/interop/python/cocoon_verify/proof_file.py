"""Reading a proof file: its one spelling (spec 8.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .content import FIELDS_MAX
from .octets import NUMBER_MAX, Address, base64_bytes, decimal, hex_bytes
from .profile import Measurement
from .refused import Refused, require

MALFORMED = "proof_malformed"
CHARACTERS_MAX = 1_048_576
INCLUSION_MAX = 64
U32_MAX = 2**32 - 1
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[ \t\n\r]+|[^" \t\n\r]+', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Anchor:
    """8.1.3: the record of a tree head on TON; the timestamp is in Unix seconds."""

    bond: Address
    tree_size: int
    root: bytes
    transaction: bytes
    lt: int
    timestamp: int


@dataclass(frozen=True)
class LogProof:
    """8.1.3."""

    leaf_index: int
    tree_size: int
    checkpoint: str
    inclusion: tuple[bytes, ...]
    anchor: Anchor | None


@dataclass(frozen=True)
class OpenedField:
    """8.1.4: one field of the content commitment, with its own salt."""

    name: str
    salt: bytes
    value: bytes


@dataclass(frozen=True)
class ProofFile:
    """8.1.1."""

    network_id: int
    root: str
    verified_at: int
    read_at: int
    revision: int
    floor: int
    models: dict[bytes, str]
    measurements: dict[bytes, Measurement]
    banned: frozenset[str]
    receipt: bytes
    promise: bytes
    bond: Address
    log_key: bytes
    log_proof: LogProof | None
    bundle: bytes
    digests: tuple[bytes, ...]
    opened: tuple[OpenedField, ...]

    @property
    def state(self) -> str:
        """8.2.1."""
        if self.log_proof is None:
            return "signed"
        return "included" if self.log_proof.anchor is None else "anchored"


def stringify(value: object) -> str:
    """What JSON.stringify of ECMAScript writes; lone surrogates are escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def utf16_size(text: str) -> int:
    """Characters as ECMAScript counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _number(value: object, low: int = 0, high: int = NUMBER_MAX) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Refused(MALFORMED, "number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Refused(MALFORMED, "text")
    return value


def _members(value: object, names: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with exactly these members in this order; the optional ones may be left out."""
    if not isinstance(value, dict):
        raise Refused(MALFORMED, "object")
    expected = tuple(name for name in names if name in value or name not in optional)
    require(tuple(value) == expected, MALFORMED, f"members {', '.join(expected)}")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(MALFORMED, "list")
    return value


def _by_hash(rows: object, names: tuple[str, ...], read: Callable[[dict[str, Any]], Any]) -> dict[bytes, Any]:
    """8.1.2: in the order of their hashes, no hash twice."""
    found: dict[bytes, Any] = {}
    for row in _list(rows):
        members = _members(row, names, ("evaluationMin",))
        found[hex_bytes(members[names[0]], MALFORMED, 32)] = read(members)
    require(list(found) == sorted(found) and len(found) == len(_list(rows)), MALFORMED, "order of hashes")
    return found


def _model(row: dict[str, Any]) -> str:
    """10.5.1: the name has at most 64 characters, the tokens are a u32."""
    _number(row["contextTokens"], 0, U32_MAX)
    name = _text(row["name"])
    require(utf16_size(name) <= 64, MALFORMED, "name of a model")
    return name


def _measurement(row: dict[str, Any]) -> Measurement:
    require(row["role"] in ("worker", "proxy"), MALFORMED, "role")
    least = _number(row["evaluationMin"], 1, U32_MAX) if "evaluationMin" in row else 0
    return Measurement(_number(row["teeType"], 0, U32_MAX), row["role"], least)


def _banned(rows: object) -> frozenset[str]:
    """8.1.2: ids of 1 to 64 bytes in their order, at least one."""
    ids = [_text(row) for row in _list(rows)]
    require(all(re.fullmatch("([0-9a-f]{2}){1,64}", text) for text in ids), MALFORMED, "id of a platform")
    require(len(ids) > 0 and ids == sorted(set(ids)), MALFORMED, "order of platforms")
    return frozenset(ids)


def _anchor(value: object) -> Anchor:
    row = _members(value, ("bond", "treeSize", "root", "transaction", "lt", "timestamp"))
    return Anchor(
        Address.of_text(row["bond"], MALFORMED),
        _number(row["treeSize"]),
        hex_bytes(row["root"], MALFORMED, 32),
        hex_bytes(row["transaction"], MALFORMED, 32),
        decimal(row["lt"], MALFORMED),
        _number(row["timestamp"]),
    )


def _log_proof(value: object) -> LogProof:
    names = ("leafIndex", "treeSize", "checkpoint", "inclusion", "anchor")
    row = _members(value, names, ("anchor",))
    inclusion = tuple(hex_bytes(each, MALFORMED, 32) for each in _list(row["inclusion"]))
    require(len(inclusion) <= INCLUSION_MAX, MALFORMED, "inclusion proof")
    return LogProof(
        _number(row["leafIndex"]),
        _number(row["treeSize"]),
        _text(row["checkpoint"]),
        inclusion,
        _anchor(row["anchor"]) if "anchor" in row else None,
    )


def _opened(value: object) -> OpenedField:
    row = _members(value, ("name", "salt", "value"))
    require(len(_text(row["name"])) <= 32, MALFORMED, "name of a field")
    return OpenedField(row["name"], hex_bytes(row["salt"], MALFORMED, 32), base64_bytes(row["value"], MALFORMED))


def _disclosure(value: object) -> tuple[tuple[bytes, ...], tuple[OpenedField, ...]]:
    row = _members(value, ("digests", "fields"))
    fields = tuple(_opened(each) for each in _list(row["fields"]))
    digests = tuple(hex_bytes(each, MALFORMED, 32) for each in _list(row["digests"]))
    names = [field.name for field in fields]
    require(names == sorted(set(names)) and "" not in names, MALFORMED, "order of fields")
    require(1 <= len(fields) <= FIELDS_MAX and len(digests) <= FIELDS_MAX, MALFORMED, "number of fields")
    return digests, fields


def _document(text: str) -> object:
    """The JSON in the text, which has to have the one spelling of 8.1.5."""

    def refuse(_: str) -> object:
        raise Refused(MALFORMED, "number that is not whole")

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        require(len({name for name, _ in pairs}) == len(pairs), MALFORMED, "a member twice")
        return dict(pairs)

    require(utf16_size(text) <= CHARACTERS_MAX, MALFORMED, "too long")
    try:
        document = json.loads(text, parse_float=refuse, parse_constant=refuse, object_pairs_hook=once)
    except (ValueError, RecursionError) as fault:
        raise Refused(MALFORMED, "JSON") from fault
    tokens = "".join(token for token in _TOKENS.findall(text) if token.strip(" \t\n\r"))
    require(tokens == stringify(document), MALFORMED, "another spelling")
    return document


def parse_proof_file(text: str) -> ProofFile:
    """8.1; everything else is refused with proof_malformed."""
    names = ("format", "network", "verifiedAtMs", "policy", "receipt", "promise", "log", "bundle", "disclosure")
    top = _members(_document(text), names, ("disclosure",))
    require(top["format"] == "cocoon-proof/1", MALFORMED, "format")
    network = _members(top["network"], ("networkId", "root"))
    Address.of_text(network["root"], MALFORMED)
    lists = ("readAtMs", "revision", "tcbEvaluationFloor", "models", "measurements", "bannedPlatforms")
    policy = _members(top["policy"], lists, ("bannedPlatforms",))
    log = _members(top["log"], ("bond", "publicKey", "proof"), ("proof",))
    digests, opened = _disclosure(top["disclosure"]) if "disclosure" in top else ((), ())
    return ProofFile(
        network_id=_number(network["networkId"], -NUMBER_MAX),
        root=network["root"],
        verified_at=_number(top["verifiedAtMs"]),
        read_at=_number(policy["readAtMs"]),
        revision=_number(policy["revision"], 0, U32_MAX),
        floor=_number(policy["tcbEvaluationFloor"], 0, U32_MAX),
        models=_by_hash(policy["models"], ("manifestHash", "name", "contextTokens"), _model),
        measurements=_by_hash(policy["measurements"], ("imageHash", "teeType", "role", "evaluationMin"), _measurement),
        banned=_banned(policy["bannedPlatforms"]) if "bannedPlatforms" in policy else frozenset(),
        receipt=base64_bytes(top["receipt"], MALFORMED),
        promise=base64_bytes(top["promise"], MALFORMED),
        bond=Address.of_text(log["bond"], MALFORMED),
        log_key=hex_bytes(log["publicKey"], MALFORMED, 32),
        log_proof=_log_proof(log["proof"]) if "proof" in log else None,
        bundle=base64_bytes(top["bundle"], MALFORMED),
        digests=digests,
        opened=opened,
    )
