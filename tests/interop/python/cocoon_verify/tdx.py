"""TDX quotes (spec 2.8; the layout is that of Intel's TDX DCAP quoting library, little-endian)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import der
from .chain import UNTRUSTED, check_chain, check_not_revoked, check_root
from .collateral import INVALID, PLATFORM_AUTHORITIES, IntelCollateral, shaped
from .octets import Reader, sha256
from .quote import Quote
from .refused import Refused, require
from .vendor_signatures import P256, verify_r_s
from .x509 import Certificate, parse_chain

MALFORMED = "quote_malformed"
HEADER_SIZE, REPORT_SIZE, REPORT_15_SIZE, QE_REPORT_SIZE = 48, 584, 648, 384
SGX_EXTENSION = "1.2.840.113741.1.13.1"
SEPT_VE_DISABLE = 1 << 28
ATTRIBUTES_ALLOWED = SEPT_VE_DISABLE | 1 << 30 | 1 << 31 | 1 << 63


@dataclass(frozen=True)
class Parts:
    """A quote taken apart: what is signed, by what, and the chain of the platform's key."""

    signed: bytes
    report: bytes
    signature: bytes
    attestation_key: bytes
    qe_report: bytes
    qe_signature: bytes
    qe_authentication: bytes
    chain_pem: str


@dataclass(frozen=True)
class PckValues:
    """The SGX extension of a platform's certificate."""

    ppid: bytes
    components: tuple[int, ...]
    pce_svn: int
    pce_id: bytes
    fmspc: bytes


def _report_size(reader: Reader, version: int) -> int:
    if version == 4:
        return REPORT_SIZE
    kind, size = reader.little(2), reader.little(4)
    require((kind, size) in ((2, REPORT_SIZE), (3, REPORT_15_SIZE)), MALFORMED, "kind of report")
    return size


def parse_quote(octets: bytes, tee_type: int) -> Parts:
    """2.8.1."""
    reader = Reader(octets, MALFORMED)
    version, key_kind, quote_tee = reader.little(2), reader.little(2), reader.little(4)
    require(version in (4, 5) and key_kind == 2 and quote_tee == tee_type, MALFORMED, "version, key or TEE type")
    reader.take(HEADER_SIZE - 8)
    report = reader.take(_report_size(reader, version))
    signed = octets[: reader.at]
    inner = Reader(reader.take(reader.little(4)), MALFORMED)
    require(reader.rest().strip(b"\0") == b"", MALFORMED, "bytes after the end")
    signature, attestation_key = inner.take(64), inner.take(64)
    require(inner.little(2) == 6, MALFORMED, "kind of certification data")
    certification = Reader(inner.take(inner.little(4)), MALFORMED)
    inner.end()
    qe_report, qe_signature = certification.take(QE_REPORT_SIZE), certification.take(64)
    authentication = certification.take(certification.little(2))
    require(certification.little(2) == 5, MALFORMED, "kind of chain")
    pem = certification.take(certification.little(4))
    certification.end()
    text = pem.rstrip(b"\0").decode("latin-1")
    require(text.endswith("\n"), MALFORMED, "end of the chain")
    return Parts(signed, report, signature, attestation_key, qe_report, qe_signature, authentication, text)


def _pck_values(certificate: Certificate) -> PckValues:
    extension = certificate.extensions.get(SGX_EXTENSION)
    if extension is None:
        raise Refused(der.MALFORMED, "no SGX extension")
    values = _pairs(der.parse(extension.value))
    tcb = _pairs(_required(values, f"{SGX_EXTENSION}.2"))
    components = tuple(_required(tcb, f"{SGX_EXTENSION}.2.{at}").integer() for at in range(1, 17))
    return PckValues(
        ppid=_required(values, f"{SGX_EXTENSION}.1").octets(),
        components=components,
        pce_svn=_required(tcb, f"{SGX_EXTENSION}.2.17").integer(),
        pce_id=_required(values, f"{SGX_EXTENSION}.3").octets(),
        fmspc=_required(values, f"{SGX_EXTENSION}.4").octets(),
    )


def _pairs(sequence: der.Node) -> dict[str, der.Node]:
    pairs: dict[str, der.Node] = {}
    for each in sequence.expect(der.SEQUENCE).children():
        parts = each.expect(der.SEQUENCE).children()
        oid = parts.next().oid()
        require(oid not in pairs, der.MALFORMED, "a value twice")
        pairs[oid] = parts.next()
        parts.end()
    return pairs


def _required(values: dict[str, der.Node], oid: str) -> der.Node:
    if oid not in values:
        raise Refused(der.MALFORMED, f"no value {oid}")
    return values[oid]


def _check_signatures(parts: Parts, platform_key: bytes) -> None:
    """2.8.4."""
    code = "quote_signature_invalid"
    require(verify_r_s(P256, platform_key, parts.qe_report, parts.qe_signature), code, "platform")
    bound = sha256(parts.attestation_key, parts.qe_authentication) + bytes(32)
    require(parts.qe_report[320:384] == bound, code, "attestation key")
    point = b"\x04" + parts.attestation_key
    require(verify_r_s(P256, point, parts.signed, parts.signature), code, "report")


def _masked(value: bytes, mask: str, expected: str) -> bool:
    mask_bytes, expected_bytes = bytes.fromhex(mask), bytes.fromhex(expected)
    if not len(value) == len(mask_bytes) == len(expected_bytes):
        return False
    return bytes(a & b for a, b in zip(value, mask_bytes)) == expected_bytes


def _accept_level(levels: list[dict[str, Any]], svn: int) -> None:
    """2.8.7 for a quoting enclave or a TDX module."""
    for level in levels:
        if level["tcb"]["isvsvn"] <= svn:
            require(level["tcbStatus"] == "UpToDate", "tcb_out_of_date", level["tcbStatus"])
            return
    raise Refused("tcb_unknown")


def _check_qe(report: bytes, identity: dict[str, Any]) -> None:
    """2.8.5, and the enclave's level."""
    code = "qe_identity_mismatch"
    require(report[128:160].hex() == identity["mrsigner"].lower(), code, "signer")
    require(int.from_bytes(report[256:258], "little") == identity["isvprodid"], code, "product")
    miscselect = report[16:20][::-1]
    require(_masked(miscselect, identity["miscselectMask"], identity["miscselect"]), code, "misc select")
    require(_masked(report[48:64], identity["attributesMask"], identity["attributes"]), code, "attributes")
    require(report[48] & 0x02 == 0, code, "debuggable")


def _module(report: bytes, tcb_info: dict[str, Any]) -> dict[str, Any]:
    """The module's entry for the major version that the report says (2.8.6)."""
    major = report[1]
    if major == 0:
        return tcb_info["tdxModule"]
    for each in tcb_info["tdxModuleIdentities"]:
        if each["id"] == f"TDX_{major:02X}":
            return each
    raise Refused("tdx_module_mismatch", "no such major version")


def _check_module(report: bytes, module: dict[str, Any]) -> None:
    """2.8.6."""
    code = "tdx_module_mismatch"
    require(report[64:112].hex() == module["mrsigner"].lower(), code, "signer")
    require(_masked(report[112:120], module["attributesMask"], module["attributes"]), code, "attributes")


def _check_platform_level(report: bytes, pck: PckValues, levels: list[dict[str, Any]]) -> None:
    """2.8.7 for the platform."""
    first_tdx = 0 if report[1] == 0 else 2
    for level in levels:
        tcb = level["tcb"]
        sgx = [each["svn"] for each in tcb["sgxtcbcomponents"]]
        tdx = [each["svn"] for each in tcb["tdxtcbcomponents"]]
        require(len(sgx) == 16 and len(tdx) == 16, INVALID, "components")
        reached = pck.pce_svn >= tcb["pcesvn"] and all(a >= b for a, b in zip(pck.components, sgx))
        if reached and all(a >= b for a, b in zip(report[first_tdx:16], tdx[first_tdx:])):
            require(level["tcbStatus"] == "UpToDate", "tcb_out_of_date", level["tcbStatus"])
            return
    raise Refused("tcb_unknown")


def _check_attributes(report: bytes) -> None:
    """2.8.8."""
    attributes = int.from_bytes(report[120:128], "little")
    require(attributes & 0xFF == 0, "debug_enabled")
    allowed = attributes & SEPT_VE_DISABLE != 0 and attributes & ~ATTRIBUTES_ALLOWED == 0
    require(allowed, "attributes_refused", "TDATTRIBUTES")
    require(report[600:648].strip(b"\0") == b"", "attributes_refused", "a service TD")


def verify_tdx(octets: bytes, tee_type: int, collateral: IntelCollateral, root_key_id: str, now_ms: int) -> Quote:
    """The checks of 2.8 in their order."""
    parts = parse_quote(octets, tee_type)
    chain = parse_chain(parts.chain_pem, 3)
    check_root(chain, root_key_id)
    check_chain(chain, now_ms)
    named = chain[0].common_name == "Intel SGX PCK Certificate" and chain[1].common_name in PLATFORM_AUTHORITIES
    require(named, UNTRUSTED, "names of the chain")
    check_not_revoked(chain, collateral.lists)
    pck, report = _pck_values(chain[0]), parts.report
    info, identity = collateral.tcb_info, collateral.qe_identity
    wanted = shaped(lambda: (bytes.fromhex(info["fmspc"]), bytes.fromhex(info["pceId"])), INVALID)
    require((pck.fmspc, pck.pce_id) == wanted, "collateral_mismatch")
    _check_signatures(parts, chain[0].key)
    shaped(lambda: _check_qe(parts.qe_report, identity), INVALID)
    module = shaped(lambda: _module(report, info), INVALID)
    shaped(lambda: _check_module(report, module), INVALID)
    qe_svn = int.from_bytes(parts.qe_report[258:260], "little")
    shaped(lambda: _accept_level(identity["tcbLevels"], qe_svn), INVALID)
    if report[1] != 0:
        shaped(lambda: _accept_level(module["tcbLevels"], report[0]), INVALID)
    shaped(lambda: _check_platform_level(report, pck, info["tcbLevels"]), INVALID)
    _check_attributes(report)
    image_hash = sha256(report[136:520], bytes(64))
    return Quote(report[520:584], image_hash, pck.ppid.hex())
