"""Checkpoints: signed notes with a tree head (spec 7.3, C2SP signed-note and tlog-checkpoint), and anchors (7.5)."""

from __future__ import annotations

from dataclasses import dataclass

from .octets import NUMBER_MAX, Address, base64_bytes, cell_digest, sha256
from .refused import Refused, require
from .signatures import verify

MALFORMED = "checkpoint_malformed"
UNSIGNED = "checkpoint_signature_invalid"
NOTE_MAX = 131_072
SIGNATURES_MAX = 64
BONDED = "cocoon/"


@dataclass(frozen=True)
class NoteSignature:
    """One signature line (7.3.3)."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True)
class Note:
    """A signed text; its last newline is part of it."""

    text: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True)
class Checkpoint:
    """A tree head."""

    origin: str
    size: int
    root: bytes


def log_origin(network_id: int, bond: Address) -> str:
    """7.3.2: the origin of a proxy's log."""
    return f"cocoon/{network_id}/{bond.friendly()}"


def key_id(name: str, public_key: bytes) -> bytes:
    """7.3.3."""
    return sha256(name.encode(), b"\x0a\x01", public_key)[:4]


def _key_name_ok(name: str) -> bool:
    return name != "" and "+" not in name and not any(character.isspace() for character in name)


def _signature_line(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, space, encoded = rest.partition(" ")
    require(dash == "\u2014" and space == " " and _key_name_ok(name), MALFORMED, "signature line")
    octets = base64_bytes(encoded, MALFORMED)
    require(len(octets) > 4, MALFORMED, "empty signature")
    return NoteSignature(name, octets[:4], octets[4:])


def _size(line: str) -> int:
    plain = line.isascii() and line.isdigit() and len(line) <= 16 and (line == "0" or line[0] != "0")
    require(plain, MALFORMED, "size")
    require(int(line) <= NUMBER_MAX, MALFORMED, "size")
    return int(line)


def parse_note(note: str) -> Note:
    """C2SP signed-note with the limits of 7.3.5."""
    require(len(note) <= NOTE_MAX, MALFORMED, "too long")
    for character in note:
        code = ord(character)
        control = code < 0x20 and character != "\n"
        require(not control and not 0xD800 <= code <= 0xDFFF, MALFORMED, "control character or no Unicode")
    text, blank, signed = note.rpartition("\n\n")
    require(blank != "" and signed.endswith("\n"), MALFORMED, "no signatures")
    lines = signed[:-1].split("\n")
    require(len(lines) <= SIGNATURES_MAX, MALFORMED, "too many signatures")
    return Note(text + "\n", tuple(_signature_line(line) for line in lines))


def _tree_head(text: str) -> Checkpoint:
    lines = text[:-1].split("\n")
    require(len(lines) >= 3 and "" not in lines, MALFORMED, "lines of the text")
    root = base64_bytes(lines[2], MALFORMED)
    require(len(root) == 32, MALFORMED, "root")
    return Checkpoint(lines[0], _size(lines[1]), root)


def parse_checkpoint(note: str) -> Checkpoint:
    """7.3.1, whoever signed it."""
    return _tree_head(parse_note(note).text)


def verify_checkpoint(note: str, origin: str, public_key: bytes) -> Checkpoint:
    """7.3.4: every signature that names the log's key verifies, one at least. The text is read after that (7.3.5)."""
    signed, own = parse_note(note), key_id(origin, public_key)
    named = [line for line in signed.signatures if line.name == origin and line.key_id == own]
    if not named:
        raise Refused(UNSIGNED, "not signed by the log")
    for line in named:
        require(verify(public_key, signed.text.encode(), line.signature), UNSIGNED)
    checkpoint = _tree_head(signed.text)
    require(checkpoint.origin == origin, UNSIGNED, "another origin")
    three_lines = signed.text.count("\n") == 3
    require(three_lines or not origin.startswith(BONDED), MALFORMED, "more lines than the bond can verify")
    return checkpoint


def anchor_digest(network_id: int, bond: Address, size: int, root: bytes, timestamp_s: int) -> bytes:
    """7.5.1: what the log key signs for its bond contract; the timestamp is in Unix seconds."""
    network = network_id.to_bytes(4, "big", signed=True)
    numbers = size.to_bytes(8, "big") + root + timestamp_s.to_bytes(8, "big")
    return cell_digest(b"ANC1" + network + bond.to_bytes() + numbers)
