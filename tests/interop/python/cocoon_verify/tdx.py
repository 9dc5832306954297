"""TDX quotes (spec 2.8; the layout is that of Intel's TDX DCAP quoting library, little-endian)."""

from __future__ import annotations

from dataclasses import dataclass

from . import der
from .chain import UNTRUSTED, check_chain, check_end_entity, check_not_revoked, check_root
from .collateral import PLATFORM_AUTHORITIES, IntelCollateral
from .octets import Reader, sha256
from .quote import Quote
from .refused import Refused, require
from .tcb_info import Level, Module, QeIdentity, TcbInfo
from .vendor_signatures import P256, verify_r_s
from .x509 import Certificate, parse_chain

MALFORMED = "quote_malformed"
REPORT_SIZE, REPORT_15_SIZE, QE_REPORT_SIZE = 584, 648, 384
INTEL_QE = bytes.fromhex("939a7233f79c4ca9940a0db3957f0607")
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
    reader.take(4)
    require(reader.take(16) == INTEL_QE, MALFORMED, "vendor of the quoting enclave")
    reader.take(20)
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
    text = pem.rstrip(b"\0")
    require(text.isascii() and text.endswith(b"\n"), MALFORMED, "chain")
    return Parts(signed, report, signature, attestation_key, qe_report, qe_signature, authentication, text.decode())


def _pck_values(certificate: Certificate) -> PckValues:
    extension = certificate.extensions.get(SGX_EXTENSION)
    if extension is None:
        raise Refused(der.MALFORMED, "no SGX extension")
    values = _pairs(der.parse(extension.value))
    tcb = _pairs(_required(values, f"{SGX_EXTENSION}.2"))
    components = tuple(_required(tcb, f"{SGX_EXTENSION}.2.{at}").integer() for at in range(1, 17))
    pce_svn = _required(tcb, f"{SGX_EXTENSION}.2.17").integer()
    ppid, pce_id, fmspc = (_required(values, f"{SGX_EXTENSION}.{at}").octets() for at in (1, 3, 4))
    require((len(ppid), len(pce_id), len(fmspc)) == (16, 2, 6), der.MALFORMED, "sizes of the SGX extension")
    return PckValues(ppid, components, pce_svn, pce_id, fmspc)


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


def _masked(value: bytes, mask: bytes, expected: bytes) -> bool:
    """Whether the bytes that the mask keeps are those that are expected, one by one in their order."""
    return all(a & keep == b & keep for a, keep, b in zip(value, mask, expected, strict=True))


def _accept(reached: Level | None) -> None:
    """2.8.7."""
    if reached is None:
        raise Refused("tcb_unknown")
    require(reached.status == "UpToDate", "tcb_out_of_date", reached.status)


def _accept_svn(levels: tuple[Level, ...], svn: int) -> None:
    _accept(next((level for level in levels if level.svn <= svn), None))


def _check_qe(report: bytes, identity: QeIdentity) -> None:
    """2.8.5."""
    code = "qe_identity_mismatch"
    require(report[128:160] == identity.signer, code, "signer")
    require(int.from_bytes(report[256:258], "little") == identity.product, code, "product")
    require(_masked(report[16:20], identity.misc_select_mask, identity.misc_select), code, "misc select")
    require(_masked(report[48:64], identity.attributes_mask, identity.attributes), code, "attributes")
    require(report[48] & 0x02 == 0, code, "debuggable")


def _check_module(report: bytes, info: TcbInfo) -> Module:
    """2.8.6: by the major version that the report says."""
    code = "tdx_module_mismatch"
    module = info.module if report[1] == 0 else info.modules.get(f"TDX_{report[1]:02X}")
    if module is None:
        raise Refused(code, "no such major version")
    require(report[64:112] == module.signer, code, "signer")
    require(_masked(report[112:120], module.attributes_mask, module.attributes), code, "attributes")
    return module


def _reaches(report: bytes, pck: PckValues, level: Level) -> bool:
    """2.8.7 for the platform."""
    first_tdx = 0 if report[1] == 0 else 2
    sgx = all(ours >= theirs for ours, theirs in zip(pck.components, level.sgx, strict=True))
    tdx = all(report[at] >= level.tdx[at] for at in range(first_tdx, 16))
    return sgx and tdx and pck.pce_svn >= level.pce_svn


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
    check_end_entity(chain[0])
    check_not_revoked(chain, collateral.lists)
    pck, report = _pck_values(chain[0]), parts.report
    info, identity = collateral.tcb_info, collateral.qe_identity
    require((pck.fmspc, pck.pce_id) == (info.fmspc, info.pce_id), "collateral_mismatch")
    _check_signatures(parts, chain[0].key)
    _check_qe(parts.qe_report, identity)
    module = _check_module(report, info)
    _accept_svn(identity.levels, int.from_bytes(parts.qe_report[258:260], "little"))
    if report[1] != 0:
        _accept_svn(module.levels, report[0])
    _accept(next((level for level in info.levels if _reaches(report, pck, level)), None))
    _check_attributes(report)
    return Quote(report[520:584], sha256(report[136:520], bytes(64)), pck.ppid.hex())
