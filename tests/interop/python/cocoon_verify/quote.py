"""What any vendor's quote comes to once it is verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quote:
    """The report data (64 bytes) that a guest with this image chose, on this platform."""

    report_data: bytes
    image_hash: bytes
    platform_id: str
