"""The content commitment of a receipt, and opening one field of it (spec 6.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .hkdf import hkdf
from .octets import sha256
from .refused import require

FIELD_NAME = re.compile(r"[a-z0-9_]{1,32}\Z")
FIELDS_MAX = 255
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
    """6.4.5: the field's digest is among the digests, and they lead to the commitment."""
    require(1 <= len(digests) <= FIELDS_MAX, MISMATCH, "number of fields")
    require(FIELD_NAME.match(name) is not None, MISMATCH, "name of a field")
    require(field_digest(name, salt, value) in digests, MISMATCH, f"{name} is not among the digests")
    require(commitment_of(digests) == commitment, MISMATCH, "digests do not lead to the commitment")


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole(value: Any) -> Any:
    """Numbers as ECMAScript writes them, where they are whole; others are alike in both languages."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    return value


def _json(value: Any) -> bytes:
    return json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":")).encode()


def request_fields(request: bytes) -> dict[str, bytes]:
    """6.4.3: the request and its parts."""
    document = _read(request.decode(errors="replace"))
    body = document.get("body") if isinstance(document, dict) else None
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list):
        return {"request": request}
    parts = messages if len(messages) <= 200 else []
    return {
        "request": request,
        **{f"message_{index}": _json(message) for index, message in enumerate(parts)},
        "parameters": _json({name: value for name, value in body.items() if name != "messages"}),
    }


def answer_fields(answer: bytes) -> dict[str, bytes]:
    """6.4.3: the answer and its text."""
    text = ""
    for line in answer.decode().split("\n"):
        event = _read(line)
        choices = event.get("choices") if isinstance(event, dict) else None
        for choice in choices if isinstance(choices, list) else []:
            if isinstance(choice, dict) and choice.get("index") == 0 and isinstance(choice.get("delta"), dict):
                content = choice["delta"].get("content")
                text += content if isinstance(content, str) else ""
    return {"answer": answer, "answer_text": text.encode()}
