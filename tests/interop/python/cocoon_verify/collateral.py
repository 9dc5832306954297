"""Intel's collateral (spec 2.7, with the shape of 2.3.3)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .chain import FUTURE_MAX_MS, UNTRUSTED, check_chain, check_end_entity, check_list, check_not_revoked, check_root
from .octets import hex_bytes
from .refused import Refused, require
from .tcb_info import INVALID, QeIdentity, TcbInfo, number, read_qe_identity, read_tcb_info
from .vendor_signatures import P256, verify_r_s
from .x509 import Certificate, RevocationList, parse_chain, parse_revocation_list

FIELDS = (
    "tcb_info_issuer_chain",
    "tcb_info",
    "tcb_info_signature",
    "qe_identity_issuer_chain",
    "qe_identity",
    "qe_identity_signature",
    "pck_crl_issuer_chain",
    "pck_crl",
    "root_ca_crl",
)
PLATFORM_AUTHORITIES = ("Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", re.ASCII)


@dataclass(frozen=True)
class IntelCollateral:
    """Collateral that holds by 2.7."""

    tcb_info: TcbInfo
    qe_identity: QeIdentity
    lists: tuple[RevocationList, ...]
    platform_authority: Certificate
    evaluation_number: int


def json_object(text: str, code: str) -> dict[str, Any]:
    """A JSON object. Of members that stand twice the last counts (2.7.1)."""

    def refuse(_: str) -> Any:
        raise Refused(code, "no JSON number")

    try:
        parsed = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as fault:
        raise Refused(code, "JSON") from fault
    if not isinstance(parsed, dict):
        raise Refused(code, "JSON object")
    return parsed


def one_spelling(octets: bytes, fields: tuple[str, ...], code: str) -> dict[str, str]:
    """2.3.6: an object of texts without white space, with exactly these members in this order."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Refused(code, "UTF-8") from fault
    parsed = json_object(text, code)
    require(tuple(parsed) == fields and all(isinstance(each, str) for each in parsed.values()), code, "members")
    again = json.dumps(parsed, ensure_ascii=False, separators=(",", ":"))
    require(again == text, code, "another spelling")
    return parsed


def _time_ms(value: object) -> int:
    if not isinstance(value, str) or not _TIME.match(value):
        raise Refused(INVALID, "time")
    try:
        moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError as fault:
        raise Refused(INVALID, "time") from fault
    return int(moment.timestamp()) * 1000


def _check_current(part: dict[str, Any], now_ms: int) -> None:
    issued, ends = _time_ms(part.get("issueDate")), _time_ms(part.get("nextUpdate"))
    require(issued <= now_ms + FUTURE_MAX_MS and now_ms <= ends, "collateral_expired")


def _check_signer(chain: list[Certificate], text: str, signature: str) -> None:
    signer = chain[0]
    require(signer.common_name == "Intel SGX TCB Signing", UNTRUSTED, "name of the signer")
    check_end_entity(signer)
    octets = hex_bytes(signature, INVALID, 64)
    require(verify_r_s(P256, signer.key, text.encode(), octets), INVALID, "signature")


def verify_collateral(octets: bytes, root_key_id: str, now_ms: int) -> IntelCollateral:
    """The checks of 2.7 in their order."""
    texts = one_spelling(octets, FIELDS, INVALID)
    tcb_info = json_object(texts["tcb_info"], INVALID)
    qe_identity = json_object(texts["qe_identity"], INVALID)
    require(tcb_info.get("id") == "TDX" and tcb_info.get("version") == 3, INVALID, "kind of TCB info")
    require(qe_identity.get("id") == "TD_QE" and qe_identity.get("version") == 2, INVALID, "kind of QE identity")
    info, identity = read_tcb_info(tcb_info), read_qe_identity(qe_identity)
    numbers = [number(part, "tcbEvaluationDataNumber") for part in (tcb_info, qe_identity)]
    chains = [parse_chain(texts[name], 2) for name in FIELDS if name.endswith("_chain")]
    root_list = parse_revocation_list(hex_bytes(texts["root_ca_crl"], INVALID))
    platform_list = parse_revocation_list(hex_bytes(texts["pck_crl"], INVALID))
    for part in (tcb_info, qe_identity):
        _check_current(part, now_ms)
    for chain in chains:
        check_root(chain, root_key_id)
    tcb_chain, qe_chain, platform_chain = chains
    check_list(root_list, tcb_chain[1], now_ms)
    for chain in chains:
        check_chain(chain, now_ms)
        check_not_revoked(chain, [root_list])
    check_list(platform_list, platform_chain[0], now_ms)
    require(platform_chain[0].common_name in PLATFORM_AUTHORITIES, UNTRUSTED, "name of the authority")
    _check_signer(tcb_chain, texts["tcb_info"], texts["tcb_info_signature"])
    _check_signer(qe_chain, texts["qe_identity"], texts["qe_identity_signature"])
    return IntelCollateral(info, identity, (root_list, platform_list), platform_chain[0], min(numbers))
