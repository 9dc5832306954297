"""What witnesses add to a checkpoint (spec 7.7.3, C2SP tlog-cosignature)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .checkpoint import UNSIGNED, Note, parse_note
from .octets import NUMBER_MAX, sha256
from .refused import require
from .signatures import verify

COSIGNATURE_SIZE = 4 + 8 + 64


@dataclass(frozen=True)
class Witness:
    """Whom a verifier knows: the name in the signature line, and a key of 32 bytes."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """7.7.3."""
        return sha256(self.name.encode(), b"\x0a\x04", self.public_key)[:4]


@dataclass(frozen=True)
class Quorum:
    """How many of which witnesses must have cosigned: from 1 to as many as there are."""

    witnesses: tuple[Witness, ...]
    threshold: int


def _times(note: Note, witness: Witness) -> Iterator[int]:
    for line in note.signatures:
        if line.name != witness.name or line.key_id != witness.key_id:
            continue
        require(4 + len(line.signature) == COSIGNATURE_SIZE, UNSIGNED, "size of a cosignature")
        time = int.from_bytes(line.signature[:8], "big")
        require(time <= NUMBER_MAX, UNSIGNED, "time of a cosignature")
        signed = f"cosignature/v1\ntime {time}\n{note.text}"
        require(verify(witness.public_key, signed.encode(), line.signature[8:]), UNSIGNED, "cosignature")
        yield time


def cosigners(text: str, witnesses: tuple[Witness, ...], latest: int) -> set[bytes]:
    """7.7.4: the keys that cosigned the note, none of them after `latest`, in Unix seconds. A line that names a known
    witness and does not verify spoils the note."""
    note = parse_note(text)
    newest = [(witness.public_key, max(_times(note, witness), default=None)) for witness in witnesses]
    return {key for key, time in newest if time is not None and time <= latest}
