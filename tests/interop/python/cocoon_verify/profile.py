"""Trust profiles, tiers and policy (spec 2.4 and 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TIERS = ("dev", "open", "confidential", "confidential-gpu")
MAINNET = -239


@dataclass(frozen=True)
class Profile:
    """2.4.1: evidence of this TEE type is judged under this root key; `kind` selects how."""

    id: str
    kind: str
    tee_type: int
    root_key_id: str
    tier: str
    simulated: bool
    product: str = ""
    broken: bool = False


BUILT_IN = (
    Profile(
        "intel-tdx",
        "tdx",
        0x00000081,
        "46e403bd34f05a3f2817ab9badcaacc7ffc98e0f261008cd30dae936cace18d5dcf58eef31463613de1570d516200993",
        "confidential",
        False,
    ),
    Profile("amd-sev-snp-milan", "sev-snp", 0x534E5001, "", "confidential", False, "Milan", broken=True),
    Profile(
        "amd-sev-snp-genoa",
        "sev-snp",
        0x534E5002,
        "b9b8b4414140e1efbe8feb3c40d558607a48b4224ddae85151a4b7e14ad8432c264e5f7e895b9c25237163dff22348d8",
        "confidential",
        False,
        "Genoa",
    ),
    Profile(
        "amd-sev-snp-turin",
        "sev-snp",
        0x534E5003,
        "02fb29af729a9cd8692403d81dd988e579275476dcf2e04d9632813b43a67639d852415cb1018310fe9c717ac9bbcb17",
        "confidential",
        False,
        "Turin",
    ),
    Profile(
        "nvidia-gpu",
        "nvidia-gpu",
        0x4E564701,
        "caf2995c609f0c5f443308d6c9b5ca90138c3adee0f0c7076cec3fed65c1b6c2c7b7dc8425843e799af7b07dcbaeba52",
        "confidential",
        False,
    ),
    Profile("open", "open", 0x4F50454E, "", "open", False),
)
"""2.4.1. The broken one accepts nothing, under whatever root."""

_SIMULATED_SEV = "01bbfbab594bd3a78699f3f69da4eae14c8a0485c3fff383df7c67d41adb0cbcd8162648d86766b804f379509298cd82"
SIMULATED = (
    Profile(
        "simulated-tdx",
        "tdx",
        0xC0C00081,
        "4a1982fc3ba7d186a04ead3d20688f2f6e3146292a240cb2c1c8bac32abf76fb23bf56bd41cd0cc6824f111d5172e0ff",
        "dev",
        True,
    ),
    Profile("simulated-sev-snp-genoa", "sev-snp", 0xC0C05002, _SIMULATED_SEV, "dev", True, "Genoa"),
    Profile("simulated-sev-snp-turin", "sev-snp", 0xC0C05003, _SIMULATED_SEV, "dev", True, "Turin"),
    Profile(
        "simulated-gpu",
        "nvidia-gpu",
        0xC0C04701,
        "cb34ea992a24841cd47fa1901388a8905328c1063acc7bb20410be574b639c82af57c11c9f5d6be56b75446447020f2b",
        "dev",
        True,
    ),
)
"""2.12: for development, and never on mainnet (2.4.4)."""


def profile_for(profiles: tuple[Profile, ...], tee_type: int, network_id: int) -> Profile | None:
    """The profile of this TEE type; on mainnet no simulated one exists (2.4.4)."""
    for profile in profiles:
        allowed = not profile.simulated or (network_id != MAINNET and profile.tier == "dev")
        if profile.tee_type == tee_type and allowed:
            return profile
    return None


@dataclass(frozen=True)
class Measurement:
    """A listed image, or a GPU's measurement set (2.5.1)."""

    tee_type: int
    role: str
    evaluation_min: int = 0


@dataclass(frozen=True)
class Policy:
    """2.5.1: the root contract's lists. None for a list means any."""

    network_id: int
    root: str
    tcb_evaluation_floor: int = 0
    measurements: Mapping[bytes, Measurement] | None = None
    manifests: frozenset[bytes] | None = None
    banned: frozenset[str] = frozenset()
