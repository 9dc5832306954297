"""Vouchers (spec 5.3)."""

from __future__ import annotations

from dataclasses import dataclass

from .octets import U64_MAX, Address, Reader, cell_digest
from .refused import require
from .signatures import verify


@dataclass(frozen=True)
class Voucher:
    """What the payee of a channel may take of it in total, in nanotons."""

    channel: Address
    cumulative: int
    signature: bytes


def parse_voucher(octets: bytes) -> Voucher:
    """5.3.4: channel 33 || cumulative 16 || signature 64."""
    require(len(octets) == 113, "frame_malformed", "size of a voucher")
    reader = Reader(octets, "frame_malformed")
    channel = Address.of_text(reader.address(), "frame_malformed")
    cumulative = reader.number(16)
    require(cumulative <= U64_MAX, "frame_malformed", "amount above a u64")
    return Voucher(channel, cumulative, reader.take(64))


def voucher_digest(network_id: int, channel: Address, cumulative: int) -> bytes:
    """5.3.3: the hash of the cell of 57 bytes."""
    network = network_id.to_bytes(4, "big", signed=True)
    return cell_digest(b"VCH1" + network + channel.to_bytes() + cumulative.to_bytes(16, "big"))


def verify_voucher(octets: bytes, network_id: int, session_key: bytes) -> Voucher:
    """5.3.4: parses, then checks the session key's signature."""
    voucher = parse_voucher(octets)
    digest = voucher_digest(network_id, voucher.channel, voucher.cumulative)
    require(verify(session_key, digest, voucher.signature), "voucher_signature_invalid")
    return voucher
