"""Evidence of GPUs (spec 2.10, with the layout of 2.3.5; the report is SPDM 1.1, DSP0274, little-endian)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from . import der
from .chain import check_chain, check_end_entity, check_root
from .claims import Claims
from .collateral import json_object
from .octets import Reader, hex_bytes, sha256
from .profile import Profile, profile_for
from .refused import Refused, require
from .vendor_signatures import P384, verify_r_s
from .x509 import Certificate, parse_chain

MALFORMED, INVALID, OTHER = "gpu_evidence_malformed", "gpu_evidence_invalid", "gpu_measurement_mismatch"
SIZE_MAX = 16 * 1024
REQUEST_SIZE, SIGNATURE_SIZE = 37, 96
DRIVER, VBIOS, FIRMWARE = 3, 6, 20
FIRMWARE_EXTENSION = "2.23.133.5.4.1"


@dataclass(frozen=True)
class GpuEvidence:
    """The bytes of 2.3.5 taken apart."""

    octets: bytes
    tee_type: int
    measurements: str
    gpus: tuple[tuple[bytes, str], ...]  # report and chain of each


@dataclass(frozen=True)
class Report:
    """A GPU's signed answer to one question."""

    nonce: bytes
    measured: dict[int, bytes]
    opaque: dict[int, bytes]
    signed: bytes
    signature: bytes


@dataclass(frozen=True)
class Gpus:
    """GPUs whose evidence holds."""

    profile: Profile
    measurements_hash: bytes
    ids: tuple[str, ...]


def parse_gpu_evidence(octets: bytes, code: str) -> GpuEvidence | None:
    """2.3.5: no bytes where the worker shows no GPU."""
    if not octets:
        return None
    reader = Reader(octets, code)

    def piece() -> bytes:
        size = reader.number(4)
        require(size <= SIZE_MAX, code, "size of a part")
        return reader.take(size)

    def text() -> str:
        try:
            return piece().decode("utf-8")
        except UnicodeDecodeError as fault:
            raise Refused(code, "no text") from fault

    tee_type, measurements, count = reader.number(4), text(), reader.number(1)
    require(1 <= count <= 8, code, "number of GPUs")
    gpus = tuple((piece(), text()) for _ in range(count))
    reader.end()
    return GpuEvidence(octets, tee_type, measurements, gpus)


def parse_report(octets: bytes) -> Report:
    """2.10.1."""
    request, response = Reader(octets, MALFORMED), Reader(octets[REQUEST_SIZE:], MALFORMED)
    request.magic(bytes.fromhex("11e001ff"))
    nonce = request.take(32)
    require(request.number(1) == 0, MALFORMED, "slot")
    response.magic(bytes.fromhex("1160"))
    response.take(1)
    require(response.number(1) == 0, MALFORMED, "slot")
    blocks = response.number(1)
    record = Reader(response.take(response.little(3)), MALFORMED)
    measured: dict[int, bytes] = {}
    for _ in range(blocks):
        index, value = _block(record)
        require(index not in measured, MALFORMED, "an index twice")
        measured[index] = value
    record.end()
    response.take(32)
    opaque = _opaque(response.take(response.little(2)))
    signature = response.take(SIGNATURE_SIZE)
    response.end()
    return Report(nonce, measured, opaque, octets[:-SIGNATURE_SIZE], signature)


def _block(record: Reader) -> tuple[int, bytes]:
    index = record.number(1)
    require(record.number(1) == 1, MALFORMED, "kind of block")
    block = Reader(record.take(record.little(2)), MALFORMED)
    block.take(1)
    value = block.take(block.little(2))
    block.end()
    return index, value


def _opaque(octets: bytes) -> dict[int, bytes]:
    reader, fields = Reader(octets, MALFORMED), {}
    while reader.at < len(octets):
        kind = reader.little(2)
        require(kind not in fields, MALFORMED, "a field twice")
        fields[kind] = reader.take(reader.little(2))
    return fields


def _check_firmware(report: Report, signer: Certificate) -> None:
    """2.10.3. The extension is TCG's: version, the device's key, and hash algorithm and digest of the firmware."""
    code = "gpu_firmware_mismatch"
    named, extension = report.opaque.get(FIRMWARE), signer.extensions.get(FIRMWARE_EXTENSION)
    if not named or extension is None:
        raise Refused(code)
    parts = der.parse(extension.value).children()
    parts.next(der.INTEGER)
    parts.next(der.SEQUENCE)
    firmware = parts.next(der.SEQUENCE).children()
    parts.end()
    firmware.next(der.OID)
    digest = firmware.next().octets()
    firmware.end()
    require(len(named) == 48 and digest == named, code)


def _check_measurements(report: Report, text: str) -> None:
    """2.10.5."""
    wanted = json_object(text, MALFORMED)
    again = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
    require(again == text and list(wanted) == ["driver", "vbios", "measurements"], MALFORMED, "measurements")
    driver = report.opaque.get(DRIVER, b"").rstrip(b"\0").decode("latin-1")
    require(driver == wanted["driver"], OTHER, "driver")
    require(report.opaque.get(VBIOS) == hex_bytes(wanted["vbios"], MALFORMED), OTHER, "VBIOS")
    rows = wanted["measurements"]
    require(isinstance(rows, list) and all(_row_ok(row) for row in rows), MALFORMED, "rows")
    indexes = [row["index"] for row in rows]
    require(indexes == sorted(set(indexes)), MALFORMED, "order of rows")
    require(indexes == sorted(report.measured), OTHER, "indexes")
    for row in rows:
        allowed = [hex_bytes(each, MALFORMED) for each in row["values"]]
        require(not allowed or report.measured[row["index"]] in allowed, OTHER, f"index {row['index']}")


def _row_ok(row: object) -> bool:
    if not isinstance(row, dict) or list(row) != ["index", "values"]:
        return False
    index, values = row["index"], row["values"]
    return type(index) is int and 0 <= index <= 255 and isinstance(values, list) and len(values) <= 8


def _verify_one(report_octets: bytes, pem: str, claims: Claims, profile: Profile, now_ms: int) -> tuple[Report, str]:
    report = parse_report(report_octets)
    chain = parse_chain(pem)
    require(3 <= len(chain) <= 6, MALFORMED, "length of the chain")
    check_root(chain, profile.root_key_id)
    check_chain(chain, now_ms)
    check_end_entity(chain[0])
    _check_firmware(report, chain[0])
    require(verify_r_s(P384, chain[0].key, report.signed, report.signature), "gpu_signature_invalid")
    nonce = sha256(b"cocoon/gpu/1\x00", claims.identity_key, claims.anchor_root_hash)
    require(report.nonce == nonce, "gpu_nonce_mismatch")
    return report, sha256(chain[1].key).hex()


def verify_gpus(
    evidence: GpuEvidence | None, claims: Claims, profiles: tuple[Profile, ...], now_ms: int
) -> Gpus | None:
    """2.6, the GPUs' part of step 5: the claims name exactly what is there, and it holds."""
    named = claims.gpu_evidence_hash
    if evidence is None:
        require(not any(named), INVALID, "the claims name GPUs")
        return None
    require(named == sha256(b"cocoon/gpu-evidence/1\x00", evidence.octets), INVALID, "the claims name others")
    profile = profile_for(profiles, evidence.tee_type, claims.network_id)
    if profile is None or profile.kind != "nvidia-gpu":
        raise Refused("profile_unknown", "GPU")
    ids: list[str] = []
    for report_octets, pem in evidence.gpus:
        report, gpu_id = _verify_one(report_octets, pem, claims, profile, now_ms)
        _check_measurements(report, evidence.measurements)
        require(gpu_id not in ids, INVALID, "a GPU twice")
        ids.append(gpu_id)
    return Gpus(profile, sha256(evidence.measurements.encode()), tuple(ids))
