"""SEV-SNP reports and their collateral (spec 2.9; AMD document 56860, little-endian)."""

from __future__ import annotations

from dataclasses import dataclass

from . import der
from .chain import UNTRUSTED, check_chain, check_list, check_not_revoked, check_root
from .collateral import one_spelling
from .octets import hex_bytes, sha256
from .profile import Profile
from .quote import Quote
from .refused import Refused, require
from .tcb_info import INVALID
from .vendor_signatures import P384, verify_plain_ecdsa
from .x509 import Certificate, parse_chain, parse_revocation_list

MALFORMED, MISMATCH = "quote_malformed", "collateral_mismatch"
REPORT_SIZE, SIGNED_SIZE = 1184, 672
AMD = "1.3.6.1.4.1.3704.1"

# Where the versions of a TCB stand in its eight bytes: certificate's extension -> byte.
_TCB_BYTES = {
    "Genoa": {1: 0, 2: 1, 3: 6, 8: 7},
    "Turin": {9: 0, 1: 1, 2: 2, 3: 3, 8: 7},
}
# AMD's numbers of the products: family, and ranges of models.
_PROCESSORS = {
    "Genoa": (0x19, (range(0x10, 0x20), range(0xA0, 0xB0))),
    "Turin": (0x1A, (range(0x00, 0x20),)),
}
_CHIP_ID_SIZE = {"Genoa": 64, "Turin": 8}
_POLICY_BITS_ALLOWED = sum(1 << bit for bit in (16, 17, 20, 22, 23, 24, 25))


@dataclass(frozen=True)
class SevCollateral:
    """The chain of a platform's key that holds by 2.9.1 and 2.9.2."""

    leaf: Certificate
    loaded: bool  # the key is a VLEK, which AMD gives to a cloud provider, and no VCEK


def verify_sev_collateral(octets: bytes, profile: Profile, now_ms: int) -> SevCollateral:
    """2.9.1 and 2.9.2."""
    texts = one_spelling(octets, ("chain", "crl"), INVALID)
    chain = parse_chain(texts["chain"], 3)
    crl = parse_revocation_list(hex_bytes(texts["crl"], INVALID))
    check_root(chain, profile.root_key_id)
    check_list(crl, chain[2], now_ms, pss=True)
    check_chain(chain, now_ms, pss=True)
    names = (chain[0].common_name, chain[1].common_name)
    loaded = names == ("SEV-VLEK", f"SEV-VLEK-{profile.product}")
    require(loaded or names == ("SEV-VCEK", f"SEV-{profile.product}"), UNTRUSTED, "names of the chain")
    require(not chain[0].authority()[0], UNTRUSTED, "the platform's key is an authority's")
    check_not_revoked(chain[1:2], [crl])
    return SevCollateral(chain[0], loaded)


def _field(report: bytes, at: int, size: int) -> int:
    return int.from_bytes(report[at : at + size], "little")


def _key_kind(report: bytes) -> int:
    """0 VCEK, 1 VLEK."""
    return _field(report, 0x48, 4) >> 2 & 7


def _extension(certificate: Certificate, suffix: str) -> bytes:
    extension = certificate.extensions.get(f"{AMD}.{suffix}")
    if extension is None:
        raise Refused(der.MALFORMED, f"the certificate has no {suffix}")
    return extension.value


def _version(certificate: Certificate, number: int) -> int:
    """One version of the TCB that the key was made for."""
    version = der.parse(_extension(certificate, f"3.{number}"), der.INTEGER).integer()
    require(0 <= version <= 255, der.MALFORMED, "version")
    return version


def _check_certificate(report: bytes, collateral: SevCollateral, product: str) -> None:
    """2.9.4."""
    require(_key_kind(report) == (1 if collateral.loaded else 0), MISMATCH, "kind of key")
    if _field(report, 0, 4) > 2:
        family, models = _PROCESSORS[product]
        ours = report[0x188] == family and any(report[0x189] in each for each in models)
        require(ours, MISMATCH, "processor")
    for number, at in _TCB_BYTES[product].items():
        require(report[0x180 + at] == _version(collateral.leaf, number), MISMATCH, "TCB")
    if not collateral.loaded:
        chip = _extension(collateral.leaf, "4")
        require(len(chip) == _CHIP_ID_SIZE[product], der.MALFORMED, "size of the chip id")
        require(report[0x1A0:0x1E0] == chip.ljust(64, b"\0"), MISMATCH, "chip id")


def _check_guest(report: bytes) -> None:
    """2.9.6 and 2.9.7."""
    policy = _field(report, 8, 8)
    require(policy >> 19 & 1 == 0, "debug_enabled")
    code = "attributes_refused"
    require(policy >> 17 & 1 == 1 and (policy & ~0xFFFF & ~_POLICY_BITS_ALLOWED) == 0, code, "guest policy")
    require(_field(report, 0x30, 4) == 0, code, "VMPL")
    require(_field(report, 0x40, 8) >> 5 & 1 == 1, code, "memory aliases")
    require(any(report[0x1A0:0x1E0]), code, "chip id is masked")


def verify_sev(report: bytes, profile: Profile, collateral: SevCollateral) -> Quote:
    """2.9.3 to 2.9.9 in their order."""
    require(len(report) == REPORT_SIZE and 2 <= _field(report, 0, 4) <= 5, MALFORMED, "size or version")
    require(_field(report, 0x34, 4) == 1 and _key_kind(report) <= 1, MALFORMED, "kind of signature or key")
    r, s, padding = report[672:744], report[744:816], report[816:]
    require(not any(r[48:] + s[48:] + padding), MALFORMED, "padding of the signature")
    product = profile.product
    _check_certificate(report, collateral, product)
    r_value, s_value = int.from_bytes(r, "little"), int.from_bytes(s, "little")
    signed = verify_plain_ecdsa(P384, collateral.leaf.key, report[:SIGNED_SIZE], r_value, s_value)
    require(signed, "quote_signature_invalid")
    _check_guest(report)
    tee_type = profile.tee_type.to_bytes(4, "big")
    image_hash = sha256(b"cocoon/sev-image/1\x00", tee_type, report[0x90:0xC0], report[0xC0:0xE0])
    chip_id = report[0x1A0 : 0x1A0 + _CHIP_ID_SIZE[product]]
    return Quote(report[0x50:0x90], image_hash, chip_id.hex())
