"""Evidence bundles, and the order in which they are judged (spec 2.3 and 2.6)."""

from __future__ import annotations

from dataclasses import dataclass

from .claims import Claims, parse_claims, worker_id
from .collateral import verify_collateral
from .gpu import GpuEvidence, Gpus, parse_gpu_evidence, verify_gpus
from .octets import Reader
from .open_statement import verify_statement
from .profile import TIERS, Policy, Profile, profile_for
from .quote import Quote
from .refused import Refused, require
from .sev import verify_sev, verify_sev_collateral
from .tdx import verify_tdx

MALFORMED = "bundle_malformed"
BUNDLE_MAX, QUOTE_MAX = 128 * 1024, 32 * 1024
FUTURE_MAX_MS = 60_000


@dataclass(frozen=True)
class Bundle:
    """A bundle taken apart (2.3.1)."""

    claims: Claims
    tee_type: int
    quote: bytes
    collateral: bytes
    gpu: GpuEvidence | None


@dataclass(frozen=True)
class Attested:
    """A worker whose evidence holds."""

    claims: Claims
    tier: str
    profile: Profile
    quote: Quote
    gpus: Gpus | None


def parse_bundle(octets: bytes) -> Bundle:
    """2.3.1."""
    require(len(octets) <= BUNDLE_MAX, MALFORMED, "size")
    reader = Reader(octets, MALFORMED)
    reader.magic(b"EVB2")
    claims_octets = reader.take(reader.number(2))
    tee_type, quote_size = reader.number(4), reader.number(4)
    require(quote_size <= QUOTE_MAX, MALFORMED, "size of the quote")
    quote = reader.take(quote_size)
    collateral = reader.take(reader.number(4))
    gpu = parse_gpu_evidence(reader.take(reader.number(4)), MALFORMED)
    reader.end()
    try:
        collateral.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Refused(MALFORMED, "collateral is no text") from fault
    return Bundle(parse_claims(claims_octets), tee_type, quote, collateral, gpu)


def _verify_quote(bundle: Bundle, profile: Profile, policy: Policy, now_ms: int) -> tuple[Quote, int | None]:
    """Steps 4 and 5, and the evaluation number of the collateral, where it has one."""
    if profile.kind == "tdx":
        collateral = verify_collateral(bundle.collateral, profile.root_key_id, now_ms)
        number = collateral.evaluation_number
        require(number >= policy.tcb_evaluation_floor, "collateral_rollback")
        return verify_tdx(bundle.quote, profile.tee_type, collateral, profile.root_key_id, now_ms), number
    if profile.kind == "sev-snp":
        return verify_sev(bundle.quote, profile, verify_sev_collateral(bundle.collateral, profile, now_ms)), None
    if profile.kind == "open":
        return verify_statement(bundle.quote, bundle.collateral, bundle.claims), None
    raise Refused("profile_unknown", profile.kind)


def _check_image(policy: Policy, profile: Profile, bundle: Bundle, image_hash: bytes, number: int | None) -> None:
    """Step 6; where any image will do, or none is measured, its claims have to be a worker's all the same."""
    role = "worker"
    if policy.measurements is not None and profile.kind != "open":
        listed = policy.measurements.get(image_hash)
        if listed is None or listed.tee_type != bundle.tee_type:
            raise Refused("image_unknown")
        require(number is None or number >= listed.evaluation_min, "collateral_rollback", "of the image")
        role = listed.role
    require(role == "worker" and bundle.claims.role == "worker", "claims_role_mismatch")


def _check_claims(claims: Claims, profile: Profile, policy: Policy, now_ms: int) -> None:
    """Step 8."""
    ours = claims.network_id == policy.network_id and claims.root == policy.root
    require(ours, "claims_network_mismatch")
    require(claims.worker_id == worker_id(claims.identity_key), "claims_worker_mismatch")
    current = claims.not_before <= now_ms + FUTURE_MAX_MS and now_ms <= claims.not_after
    require(current, "claims_expired")
    require(claims.simulated == profile.simulated, "claims_simulated")


def _check_gpus(gpus: Gpus, profile: Profile, policy: Policy) -> None:
    """Step 10."""
    require(gpus.profile.simulated == profile.simulated, "gpu_evidence_invalid", "simulated beside real")
    if policy.measurements is None:
        return
    listed = policy.measurements.get(gpus.measurements_hash)
    known = listed is not None and listed.tee_type == gpus.profile.tee_type and listed.role == "worker"
    require(known, "gpu_measurements_unknown")


def verify_evidence(octets: bytes, policy: Policy, profiles: tuple[Profile, ...], now_ms: int) -> Attested:
    """Steps 2 to 11 of 2.6; the first that fails gives the code."""
    bundle = parse_bundle(octets)
    claims = bundle.claims
    profile = profile_for(profiles, bundle.tee_type, policy.network_id)
    if profile is None or profile.kind == "nvidia-gpu":
        raise Refused("profile_unknown")
    require(not profile.broken, "platform_banned", "broken")
    quote, number = _verify_quote(bundle, profile, policy, now_ms)
    require(profile.kind != "open" or bundle.gpu is None, "gpu_evidence_invalid", "beside no TEE")
    gpus = verify_gpus(bundle.gpu, claims, profiles, now_ms)
    _check_image(policy, profile, bundle, quote.image_hash, number)
    require(quote.report_data == claims.report_data, "report_data_mismatch")
    _check_claims(claims, profile, policy, now_ms)
    machines = {quote.platform_id, *(gpus.ids if gpus is not None else ())}
    require(not machines & policy.banned, "platform_banned", "by the root contract")
    if gpus is not None:
        _check_gpus(gpus, profile, policy)
    require(policy.manifests is None or claims.manifest_hash in policy.manifests, "manifest_unknown")
    both = profile.tier == "confidential" and gpus is not None and gpus.profile.tier == "confidential"
    tier = "confidential-gpu" if both else profile.tier
    assert tier in TIERS
    return Attested(claims, tier, profile, quote, gpus)
