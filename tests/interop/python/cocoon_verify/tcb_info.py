"""The shape of TCB info and QE identity: Intel's documents, signed as texts (spec 2.7.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .octets import NUMBER_MAX
from .refused import Refused, require

INVALID = "collateral_invalid"
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+\Z")


@dataclass(frozen=True)
class Level:
    """A level of a quoting enclave or a TDX module, which have one version, or of a platform."""

    status: str
    svn: int = 0
    pce_svn: int = 0
    sgx: tuple[int, ...] = ()
    tdx: tuple[int, ...] = ()


@dataclass(frozen=True)
class Module:
    """Whose TDX module it has to be, and its levels from the newest on; the oldest kind has none."""

    signer: bytes
    attributes: bytes
    attributes_mask: bytes
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class TcbInfo:
    """What the vendor says of platforms with one FMSPC."""

    fmspc: bytes
    pce_id: bytes
    module: Module
    modules: dict[str, Module]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class QeIdentity:
    """What the vendor says of its quoting enclave."""

    signer: bytes
    product: int
    misc_select: bytes
    misc_select_mask: bytes
    attributes: bytes
    attributes_mask: bytes
    levels: tuple[Level, ...]


def member(row: object, name: str, kind: type) -> Any:
    """A member of this kind; a truth value is no number."""
    value = row.get(name) if isinstance(row, dict) else None
    require(type(value) is kind, INVALID, name)
    return value


def number(row: object, name: str, limit: int = NUMBER_MAX) -> int:
    """A whole number from 0 to the limit; 13.0 is one, as in ECMAScript."""
    value = row.get(name) if isinstance(row, dict) else None
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 <= value <= limit:
        raise Refused(INVALID, name)
    return value


def octets(row: object, name: str, size: int) -> bytes:
    """Hexadecimal of either case."""
    text = member(row, name, str)
    require(len(text) == 2 * size and _HEX.match(text) is not None, INVALID, name)
    return bytes.fromhex(text)


def _levels(row: object) -> list[tuple[object, str]]:
    return [(member(each, "tcb", dict), member(each, "tcbStatus", str)) for each in member(row, "tcbLevels", list)]


def _simple_levels(row: object) -> tuple[Level, ...]:
    return tuple(Level(status, svn=number(tcb, "isvsvn", 65_535)) for tcb, status in _levels(row))


def _components(tcb: object, name: str) -> tuple[int, ...]:
    components = tuple(number(each, "svn", 255) for each in member(tcb, name, list))
    require(len(components) == 16, INVALID, name)
    return components


def _platform_level(tcb: object, status: str) -> Level:
    sgx, tdx = _components(tcb, "sgxtcbcomponents"), _components(tcb, "tdxtcbcomponents")
    return Level(status, pce_svn=number(tcb, "pcesvn", 65_535), sgx=sgx, tdx=tdx)


def _module(row: object, levels: tuple[Level, ...]) -> Module:
    return Module(octets(row, "mrsigner", 48), octets(row, "attributes", 8), octets(row, "attributesMask", 8), levels)


def read_tcb_info(row: dict[str, Any]) -> TcbInfo:
    """TCB info of version 3 for TDX. The modules go by the names that it gives them, in upper case."""
    identities = member(row, "tdxModuleIdentities", list) if "tdxModuleIdentities" in row else []
    modules: dict[str, Module] = {}
    for each in identities:
        modules.setdefault(member(each, "id", str).upper(), _module(each, _simple_levels(each)))
    return TcbInfo(
        octets(row, "fmspc", 6),
        octets(row, "pceId", 2),
        _module(member(row, "tdxModule", dict), ()),
        modules,
        tuple(_platform_level(tcb, status) for tcb, status in _levels(row)),
    )


def read_qe_identity(row: dict[str, Any]) -> QeIdentity:
    """The QE identity of version 2."""
    return QeIdentity(
        octets(row, "mrsigner", 32),
        number(row, "isvprodid", 65_535),
        octets(row, "miscselect", 4),
        octets(row, "miscselectMask", 4),
        octets(row, "attributes", 16),
        octets(row, "attributesMask", 16),
        _simple_levels(row),
    )
