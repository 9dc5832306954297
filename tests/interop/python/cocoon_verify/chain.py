"""Certificate chains and revocation lists under a pinned root key (spec 2.7.3 to 2.7.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .refused import require
from .vendor_signatures import signed_by
from .x509 import BASIC_CONSTRAINTS, CRL_SIGN, DIGITAL_SIGNATURE, KEY_CERT_SIGN, KEY_USAGE, Certificate, RevocationList

FUTURE_MAX_MS = 60_000
UNTRUSTED = "chain_untrusted"


def check_root(chain: Sequence[Certificate], root_key_id: str) -> None:
    """2.7.3: the chain ends in the profile's root key."""
    require(chain[-1].key_id == root_key_id, UNTRUSTED, "another root")


def check_list(crl: RevocationList, issuer: Certificate, now_ms: int, *, pss: bool = False) -> None:
    """2.7.4."""
    code = "crl_invalid"
    require(crl.issuer == issuer.subject, code, "issuer")
    require(CRL_SIGN in issuer.usages() and signed_by(crl, issuer, pss=pss), code, "signature")
    require(crl.this_update <= now_ms + FUTURE_MAX_MS and now_ms <= crl.next_update, code, "time")


def check_not_revoked(certificates: Iterable[Certificate], lists: Sequence[RevocationList]) -> None:
    """2.7.5: no serial is on its issuer's list, which is there."""
    for certificate in certificates:
        own = [crl for crl in lists if crl.issuer == certificate.issuer]
        require(bool(own), "crl_invalid", "no list of the issuer")
        require(all(certificate.serial not in crl.revoked for crl in own), "certificate_revoked")


def check_chain(chain: Sequence[Certificate], now_ms: int, *, pss: bool = False) -> None:
    """2.7.5 without revocation, from the leaf to the self-signed root."""
    for at, certificate in enumerate(chain):
        valid = certificate.not_before <= now_ms <= certificate.not_after
        require(valid, "chain_expired", certificate.common_name)
        critical = {oid for oid, extension in certificate.extensions.items() if extension.critical}
        require(critical <= {BASIC_CONSTRAINTS, KEY_USAGE}, UNTRUSTED, "critical extension")
        last = at == len(chain) - 1
        issuer = certificate if last else chain[at + 1]
        is_authority, path_length = issuer.authority()
        require(is_authority and KEY_CERT_SIGN in issuer.usages(), UNTRUSTED, "issuer is no authority")
        require(last or path_length is None or at <= path_length, UNTRUSTED, "path length")
        require(certificate.issuer == issuer.subject, UNTRUSTED, "names")
        require(signed_by(certificate, issuer, pss=pss), UNTRUSTED, "signature of a certificate")


def check_end_entity(certificate: Certificate) -> None:
    """2.7.6: who signs statements is no authority and has digitalSignature."""
    usable = not certificate.authority()[0] and DIGITAL_SIGNATURE in certificate.usages()
    require(usable, UNTRUSTED, "usage of the signer")
