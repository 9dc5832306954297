"""Refusals (spec 9.1): every check that fails has exactly one code of chapter 9."""

from __future__ import annotations


class Refused(Exception):
    """A party, a message or a file is refused with this code."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"{code}: {why}" if why else code)
        self.code = code
        self.why = why


def require(condition: bool, code: str, why: str = "") -> None:
    """Refuses with the code unless the condition holds."""
    if not condition:
        raise Refused(code, why)
