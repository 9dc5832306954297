"""Verifying a proof file without a chain (spec 8.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .checkpoint import Checkpoint, log_origin, parse_checkpoint, verify_checkpoint
from .content import check_opening
from .evidence import Attested, parse_bundle, verify_evidence
from .merkle import check_inclusion, leaf_hash
from .profile import TIERS, Policy, Profile
from .promise import parse_promise, verify_promise
from .proof_file import Anchor, LogProof, ProofFile, parse_proof_file
from .receipt import Receipt, parse_receipt
from .refused import Refused, require
from .witness import Quorum, cosigners

HOUR_MS = 3600 * 1000
ON_CHAIN = ("policyOnChain", "logOnChain", "anchorOnChain")


@dataclass(frozen=True)
class Check:
    """8.3.1: one check's outcome: holds, fails with a code, or unknown with a reason."""

    name: str
    outcome: str
    code: str | None = None
    why: str = ""


@dataclass(frozen=True)
class Verdict:
    """All checks in the order of 8.3.4."""

    state: str
    request_id: str | None
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """8.3.2: no check fails, and none but those on chain is unknown."""
        return all(check.outcome == "holds" or self._waits_for_chain(check) for check in self.checks)

    @staticmethod
    def _waits_for_chain(check: Check) -> bool:
        return check.outcome == "unknown" and check.name in ON_CHAIN

    @property
    def fails(self) -> dict[str, str]:
        return {check.name: check.code for check in self.checks if check.code is not None}


class _Unknown(Exception):
    """A check that cannot be made (8.3.5)."""


class _Verifier:
    """The checks of one file. Each raises Refused where it fails."""

    def __init__(self, proof: ProofFile, profiles: tuple[Profile, ...], now_ms: int) -> None:
        self._proof, self._profiles, self._now_ms = proof, profiles, now_ms
        self._parsed: Receipt | None = None
        self._attested: Attested | None = None

    @property
    def request_id(self) -> str | None:
        """The receipt's name (6.1.2), once it was read."""
        return None if self._parsed is None else self._parsed.request_id.hex()

    def _receipt(self) -> Receipt:
        if self._parsed is None:
            raise _Unknown("the receipt cannot be read")
        return self._parsed

    def _log_proof(self) -> LogProof:
        assert self._proof.log_proof is not None
        return self._proof.log_proof

    def _anchor(self) -> Anchor:
        anchor = self._log_proof().anchor
        assert anchor is not None
        return anchor

    def _tree_head(self) -> Checkpoint:
        return parse_checkpoint(self._log_proof().checkpoint)

    def receipt(self) -> None:
        self._parsed = parse_receipt(self._proof.receipt)

    def amount(self) -> None:
        self._receipt().check_amount()

    def evidence(self) -> None:
        """For any image and any model (8.3.3: as of the answer's start)."""
        policy = Policy(self._proof.network_id, self._proof.root)
        started_at = self._receipt().started_at
        self._attested = verify_evidence(self._proof.bundle, policy, self._profiles, started_at)

    def identity(self) -> None:
        """Also where the evidence does not hold (8.3.5), for what its claims say; there is no tier then."""
        receipt, claims = self._receipt(), parse_bundle(self._proof.bundle).claims
        require(receipt.claims_hash == claims.hash, "receipt_mismatch", "other claims")
        receipt.check_signature(claims.identity_key)
        require(receipt.manifest_hash == claims.manifest_hash, "receipt_mismatch", "another model")
        if self._attested is not None:
            require(receipt.tier <= TIERS.index(self._attested.tier), "tier_too_low")

    def policy(self) -> None:
        started_at = self._receipt().started_at
        if self._attested is None:
            raise _Unknown("the evidence does not hold")
        proof = self._proof
        manifests = frozenset(proof.models)
        lists = Policy(proof.network_id, proof.root, proof.floor, proof.measurements, manifests, proof.banned)
        verify_evidence(proof.bundle, lists, self._profiles, started_at)

    def promise(self) -> None:
        code = "promise_invalid"
        promise = verify_promise(self._proof.promise, self._proof.log_key)
        require(promise.leaf == leaf_hash(self._proof.receipt), code, "another receipt")
        log_proof = self._proof.log_proof
        require(log_proof is None or promise.index == log_proof.leaf_index, code, "another leaf")

    def checkpoint(self) -> None:
        origin = log_origin(self._proof.network_id, self._proof.bond)
        verify_checkpoint(self._log_proof().checkpoint, origin, self._proof.log_key)

    def inclusion(self) -> None:
        log_proof, head = self._log_proof(), self._tree_head()
        require(log_proof.tree_size == head.size, "inclusion_invalid", "another size")
        leaf = leaf_hash(self._proof.receipt)
        check_inclusion(leaf, log_proof.leaf_index, head.size, log_proof.inclusion, head.root)

    def witnesses(self, quorum: Quorum) -> None:
        if self._proof.log_proof is None:
            raise _Unknown("no checkpoint covers the receipt yet")
        latest = (self._now_ms + HOUR_MS) // 1000
        keys = cosigners(self._log_proof().checkpoint, quorum.witnesses, latest)
        require(len(keys) >= quorum.threshold, "cosignatures_missing", f"{len(keys)} of {quorum.threshold}")

    def anchor(self) -> None:
        anchor, head = self._anchor(), self._tree_head()
        same = (anchor.bond, anchor.tree_size, anchor.root) == (self._proof.bond, head.size, head.root)
        require(same, "anchor_mismatch")

    def times(self) -> None:
        proof, receipt = self._proof, self._receipt()
        finished = receipt.finished_at
        require(finished <= self._now_ms + HOUR_MS, "receipt_mismatch", "it ends after now")
        require(abs(proof.verified_at - finished) <= HOUR_MS, "receipt_mismatch", "verifiedAtMs")
        require(abs(self._promised_at() - finished) <= HOUR_MS, "promise_invalid", "time")
        require(proof.read_at <= receipt.started_at + HOUR_MS, "policy_stale", "readAtMs")
        if proof.log_proof is not None and proof.log_proof.anchor is not None:
            anchored = self._anchor().timestamp * 1000
            require(finished - HOUR_MS <= anchored <= self._now_ms + HOUR_MS, "anchor_mismatch", "time")

    def _promised_at(self) -> int:
        return parse_promise(self._proof.promise).timestamp_ms

    def disclosure(self) -> None:
        commitment = self._receipt().content_commitment
        for field in self._proof.opened:
            check_opening(commitment, self._proof.digests, field.name, field.salt, field.value)

    def no_chain(self) -> None:
        raise _Unknown("this verifier asks no TON endpoint")


def _made(name: str, check: Callable[[], None]) -> Check:
    try:
        check()
    except Refused as refusal:
        return Check(name, "fails", refusal.code, refusal.why)
    except _Unknown as reason:
        return Check(name, "unknown", None, str(reason))
    return Check(name, "holds")


def verify_proof(
    text: str,
    profiles: tuple[Profile, ...],
    now_ms: int,
    expected: tuple[int, str] | None = None,
    quorum: Quorum | None = None,
) -> Verdict:
    """8.3: makes every check for which the file has something. Raises Refused only with proof_malformed.

    `expected` is the network id and root contract that the proof has to be about; `quorum` says how many of which
    witnesses must have cosigned its checkpoint.
    """
    proof = parse_proof_file(text)
    verifier = _Verifier(proof, profiles, now_ms)
    checks: list[Check] = []

    def network() -> None:
        require((proof.network_id, proof.root) == expected, "claims_network_mismatch")

    def make(name: str, check: Callable[[], None]) -> None:
        checks.append(_made(name, check))

    if expected is not None:
        make("network", network)
    make("receipt", verifier.receipt)
    make("amount", verifier.amount)
    make("evidence", verifier.evidence)
    make("identity", verifier.identity)
    make("policy", verifier.policy)
    make("policyOnChain", verifier.no_chain)
    make("promise", verifier.promise)
    if proof.log_proof is not None:
        make("checkpoint", verifier.checkpoint)
        make("inclusion", verifier.inclusion)
    if quorum is not None:
        make("witnesses", lambda: verifier.witnesses(quorum))
    make("logOnChain", verifier.no_chain)
    if proof.state == "anchored":
        make("anchor", verifier.anchor)
        make("anchorOnChain", verifier.no_chain)
    make("times", verifier.times)
    if proof.opened:
        make("disclosure", verifier.disclosure)
    return Verdict(proof.state, verifier.request_id, tuple(checks))
