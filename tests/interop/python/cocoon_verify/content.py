"""The content commitment of a receipt, and opening one field of it (spec 6.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .hkdf import hkdf
from .octets import sha256
from .refused import require

FIELD_NAME = re.compile(r"[a-z0-9_]{1,32}\Z")
FIELDS_MAX = 16
MISMATCH = "receipt_mismatch"


def field_salt(salt: bytes, name: str) -> bytes:
    """6.4.2: it opens this field and says nothing of the others."""
    return hkdf(b"", salt, b"cocoon/content-salt/1\x00" + name.encode("ascii"), 32)


def field_digest(name: str, salt: bytes, value: bytes) -> bytes:
    """6.4.2, with the field's own salt."""
    label = name.encode("ascii")
    return sha256(b"cocoon/content-field/1\x00", bytes([len(label)]), label, salt, value)


def commitment_of(digests: Sequence[bytes]) -> bytes:
    """6.4.2, of the digests in the ascending order of their fields' names."""
    return sha256(b"cocoon/content/1\x00", bytes([len(digests)]), *digests)


def commit(salt: bytes, fields: Mapping[str, bytes]) -> tuple[bytes, list[bytes]]:
    """The commitment to all fields under the answer's salt, and their digests."""
    digests = [field_digest(name, field_salt(salt, name), fields[name]) for name in sorted(fields)]
    return commitment_of(digests), digests


def check_opening(commitment: bytes, digests: Sequence[bytes], name: str, salt: bytes, value: bytes) -> None:
    """6.4.4: the field's digest is among the digests, and they lead to the commitment."""
    require(1 <= len(digests) <= FIELDS_MAX, MISMATCH, "number of fields")
    require(FIELD_NAME.match(name) is not None, MISMATCH, "name of a field")
    require(field_digest(name, salt, value) in digests, MISMATCH, f"{name} is not among the digests")
    require(commitment_of(digests) == commitment, MISMATCH, "digests do not lead to the commitment")
