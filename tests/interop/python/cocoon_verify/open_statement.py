"""What an ordinary machine shows in place of a quote (spec 2.14)."""

from __future__ import annotations

from .claims import Claims
from .quote import Quote
from .refused import require
from .signatures import verify_domain

MALFORMED = "statement_malformed"


def verify_statement(statement: bytes, collateral: bytes, claims: Claims) -> Quote:
    """2.14.2. Nothing is measured, and nothing names the machine."""
    require(len(statement) == 64, MALFORMED, "size")
    require(collateral == b"", MALFORMED, "collateral")
    signed = verify_domain(claims.identity_key, "cocoon/open/1", claims.report_data, statement)
    require(signed, "statement_signature_invalid")
    return Quote(claims.report_data, bytes(32), claims.worker_id.hex())
