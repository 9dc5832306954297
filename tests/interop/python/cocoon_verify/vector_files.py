"""What each file of vectors says, against what this verifier says."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .checkpoint import anchor_digest, verify_checkpoint
from .claims import worker_id
from .content import answer_fields, check_opening, commit, commitment_of, field_salt, request_fields
from .evidence import parse_bundle, verify_evidence
from .hello import DIALED, HelloContext, verify_hello
from .hpke import Recipient
from .key_config import open_key_config
from .merkle import check_consistency, check_inclusion, consistency_proof, inclusion_proof, leaf_hash, root_of
from .octets import Address, Reader, sha256
from .price import Terms
from .profile import BUILT_IN, SIMULATED, Measurement, Policy, Profile
from .promise import parse_promise, verify_promise
from .proof import verify_proof
from .receipt import verify_receipt
from .refused import Refused
from .sealing import answer_opener, open_request, parse_frame, read_answer_head, read_public_part
from .voucher import verify_voucher, voucher_digest

Outcome = tuple[str, object, object]
"""What was asked, what the vector says, what this verifier says."""


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text)


def _code(judge: Callable[[], object]) -> str | None:
    try:
        judge()
    except Refused as refusal:
        return refusal.code
    return None


def _public_key(seed: str) -> str:
    key = Ed25519PrivateKey.from_private_bytes(_bytes(seed)).public_key()
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def price(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 5.2."""
    for at, each in enumerate(file["prices"]):
        terms = Terms(int(each["promptPerMillion"]), int(each["completionPerMillion"]), each["feeBps"])
        work = terms.work(each["promptTokens"], each["completionTokens"])
        yield f"work {at}", each["workNanotons"], str(work)
        yield f"fee {at}", each["feeNanotons"], str(terms.fee(work))
        yield f"bound {at}", each["costMax"], str(terms.cost_max(each["tokensMax"]))


def voucher(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 5.3."""
    key, network_id = _bytes(file["sessionKey"]), file["networkId"]
    yield "key", file["sessionKey"], _public_key(file["sessionSeed"])
    channel = Address.of_text(file["channel"], "frame_malformed")
    yield "digest", file["digest"], voucher_digest(network_id, channel, int(file["cumulative"])).hex()
    for each in file["vouchers"]:
        yield each["name"], each["error"], _code(lambda: verify_voucher(_bytes(each["bytes"]), network_id, key))


def receipt(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 6."""
    key = _bytes(file["identityKey"])
    yield "key", file["identityKey"], _public_key(file["identitySeed"])
    for each in file["receipts"]:
        yield each["name"], each["error"], _code(lambda: verify_receipt(_bytes(each["bytes"]), key))
    content = file["content"]
    salt, fields = _bytes(content["salt"]), {name: _bytes(value) for name, value in content["fields"].items()}
    commitment, digests = commit(salt, fields)
    yield "commitment", content["commitment"], commitment.hex()
    yield "digests", content["digests"], [digest.hex() for digest in digests]
    answer_salt = field_salt(salt, "answer")
    yield "salt of the answer", content["answerSalt"], answer_salt.hex()
    opening = (commitment, digests, "answer", answer_salt)
    yield "opening", None, _code(lambda: check_opening(*opening, fields["answer"]))
    yield "opening of another text", "receipt_mismatch", _code(lambda: check_opening(*opening, b"other"))
    yield "commitment of the digests", content["commitment"], commitment_of(digests).hex()
    for each in file["parts"]:
        found = {**request_fields(_bytes(each["request"])), **answer_fields(_bytes(each["answer"]))}
        yield "parts", each["fields"], {name: value.hex() for name, value in found.items()}


def checkpoint(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 7.1 to 7.3 and 7.5."""
    key, root = _bytes(file["publicKey"]), _bytes(file["root"])
    yield "key", file["publicKey"], _public_key(file["logSeed"])
    for each in file["notes"]:
        yield each["name"], each["error"], _code(lambda: verify_checkpoint(each["note"], file["origin"], key))
    leaves = [leaf_hash(text.encode()) for text in ("one", "two", "three", "four", "five")]
    yield "root of the tree", file["root"], root_of(leaves).hex()
    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(leaves, index)
        yield f"inclusion of {index}", None, _code(lambda: check_inclusion(leaf, index, 5, proof, root))
        other = (index + 1) % 5
        refused = _code(lambda: check_inclusion(leaf, other, 5, proof, root))
        yield f"inclusion of {index} at {other}", "inclusion_invalid", refused
    for first in range(1, 6):
        steps, old = consistency_proof(leaves, first), root_of(leaves[:first])
        yield f"consistency from {first}", None, _code(lambda: check_consistency(first, 5, steps, old, root))
        refused = _code(lambda: check_consistency(first, 5, steps, sha256(old), root))
        yield f"consistency from another {first}", "checkpoint_inconsistent", refused
    for at, each in enumerate(file["anchors"]):
        bond = Address.of_text(each["bond"], "anchor_mismatch")
        head = (each["size"], _bytes(each["root"]), each["timestampSeconds"])
        yield f"anchor {at}", each["digest"], anchor_digest(each["networkId"], bond, *head).hex()


def promise(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 7.4."""
    key = _bytes(file["publicKey"])
    yield "key", file["publicKey"], _public_key(file["logSeed"])
    yield "log id", file["logId"], sha256(key).hex()
    for each in file["promises"]:
        yield each["name"], each["error"], _code(lambda: verify_promise(_bytes(each["bytes"]), key))
    first = parse_promise(_bytes(file["promises"][0]["bytes"]))
    stated = [file["leafHash"], file["index"], file["timestampMs"]]
    yield "fields", stated, [first.leaf.hex(), first.index, first.timestamp_ms]


def hello(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 3.5."""
    root = Address.of_text(file["rootAddress"], "handshake_failed")
    context = HelloContext(file["networkId"], root, _bytes(file["binding"]), DIALED)
    yield "key", file["publicKey"], _public_key(file["seed"])
    for each in file["hellos"]:
        yield each["name"], each["error"], _code(lambda: verify_hello(_bytes(each["payload"]), context))


def sealing(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 4. What is sealed under suite 2 is not opened: there is no ML-KEM here."""
    for each in file["suites"]:
        for name, expected, actual in _suite(file, each):
            yield f"suite {each['suite']}: {name}", expected, actual


def _suite(file: dict[str, Any], each: dict[str, Any]) -> Iterator[Outcome]:
    now_ms, identity = file["nowMs"], _bytes(file["identityKey"])
    config = _bytes(each["keyConfig"])
    yield "key configuration", each["kid"], open_key_config(config, identity, now_ms).kid.hex()
    late, far = now_ms + 2 * 3600 * 1000, now_ms - 2 * 3600 * 1000
    yield "late", "key_config_expired", _code(lambda: open_key_config(config, identity, late))
    yield "far ahead", "key_config_expired", _code(lambda: open_key_config(config, identity, far))
    other = bytes([config[-1] ^ 1])
    forged = _code(lambda: open_key_config(config[:-1] + other, identity, now_ms))
    yield "another signature", "key_config_signature_invalid", forged
    wire, head = _bytes(each["request"]), _bytes(each["answerHead"])
    public = read_public_part(wire)
    yield "request id", each["requestId"], public.request_id.hex()
    yield "header", each["header"], public.header
    yield "header hash", each["headerHash"], public.header_hash.hex()
    yield "request hash", each["requestHash"], sha256(wire).hex()
    chunks = [_bytes(chunk) for chunk in each["answerChunks"]]
    yield "answer hash", each["answerHash"], sha256(head, *chunks[:-1]).hex()
    request_id, kid, _ = read_answer_head(head)
    yield "answer head", [each["requestId"], each["kid"]], [request_id.hex(), kid.hex()]
    for frame in each["answerFrames"]:
        yield "frame", True, parse_frame(_bytes(frame))[0] in (0, 1, 3)
    if each["suite"] == 1:
        yield from _opened(file, each)


def _opened(file: dict[str, Any], each: dict[str, Any]) -> Iterator[Outcome]:
    kid, recipient = _bytes(each["kid"]), Recipient(_bytes(file["keySeed"]))
    wire = _bytes(each["request"])
    opened = open_request(wire, kid, recipient, file["nowMs"])
    yield "derived key", each["kid"], sha256(recipient.public_key)[:8].hex()
    yield "body", each["body"], opened.body.hex()
    opener = answer_opener(opened, _bytes(each["answerHead"]))
    for at, chunk in enumerate(each["answerChunks"]):
        frame, final = opener.open(Reader(_bytes(chunk), "sealed_truncated"))
        last = at == len(each["answerChunks"]) - 1
        yield f"answer chunk {at}", (each["answerFrames"][at], last), (frame.hex(), final)
    for refused in each["refused"]:
        request = _bytes(refused["request"])
        yield refused["name"], refused["error"], _code(lambda: open_request(request, kid, recipient, file["nowMs"]))


def recipients(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 4.9, 4.11 and 4.12."""
    keys = [Recipient(_bytes(seed)) for seed in file["keySeeds"]]
    kids = [_bytes(kid) for kid in file["kids"]]
    for each in file["requests"]:
        kid, key, now_ms = kids[each["recipient"]], keys[each["recipient"]], file["nowMs"]
        kept: dict[bytes, tuple[bytes, bytes]] = {}
        if each["after"] is not None:
            session = open_request(_bytes(each["after"]), kid, key, now_ms).session or b""
            kept[session[:16]] = (kid, session[16:])
        release = None if each["release"] is None else _bytes(each["release"])
        wire = _bytes(each["request"])
        judged = _code(lambda: open_request(wire, kid, key, now_ms, release, kept))
        yield each["name"], each["error"], judged
        if judged is None:
            yield "body", file["body"], open_request(wire, kid, key, now_ms, release, kept).body.hex()
    strict = file["strict"]
    opened = open_request(_bytes(strict["request"]), kids[0], keys[0], file["nowMs"])
    opener = answer_opener(opened, _bytes(strict["answerHead"]))
    for chunk, expected in zip(strict["answerChunks"], strict["answerFrames"]):
        frame, _ = opener.open(Reader(_bytes(chunk), "sealed_truncated"))
        yield "strict frame", expected, frame.hex()
        yield "its type", True, parse_frame(frame, strict=True)[0] in (0, 1, 3, 5)


def _policy(file: dict[str, Any], images: list[tuple[bytes, int]]) -> Policy:
    stated = file["policy"]
    measurements = {image: Measurement(tee_type, "worker") for image, tee_type in images}
    measurements[_bytes(stated["gpuMeasurementsHash"])] = Measurement(stated["gpuTeeType"], "worker")
    manifests = frozenset([_bytes(stated["manifestHash"])])
    return Policy(stated["networkId"], stated["rootAddress"], stated["tcbEvaluationFloor"], measurements, manifests)


def evidence(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 2."""
    for sample in file["samples"]:
        profiles = tuple(_profile(each) for each in sample["profiles"])
        is_measured = profiles[0].kind != "open"
        images = [(_bytes(sample["imageHash"]), profiles[0].tee_type)] if is_measured else []
        policy = _policy(file, images)
        octets = _bytes(sample["bundle"])
        for name, expected, actual in _claims(sample):
            yield f"{sample['name']}: {name}", expected, actual
        attested = verify_evidence(octets, policy, profiles, file["nowMs"])
        yield f"{sample['name']}: image", sample["imageHash"], attested.quote.image_hash.hex()
        yield f"{sample['name']}: platform", sample["platformId"], attested.quote.platform_id
        ids = [] if attested.gpus is None else list(attested.gpus.ids)
        yield f"{sample['name']}: GPUs", sample["gpuIds"], ids
        for edit in sample["edits"]:
            edited = bytearray(octets)
            edited[edit["at"]] = edit["byte"]
            code = _code(lambda: verify_evidence(bytes(edited), policy, profiles, file["nowMs"]))
            yield f"{sample['name']}: {edit['name']}", edit["error"], code


def _profile(stated: dict[str, Any]) -> Profile:
    """The profile of the vector, which has to be one that this verifier knows."""
    ours = next(each for each in SIMULATED + BUILT_IN if each.id == stated["id"])
    fields = (ours.kind, ours.tee_type, ours.root_key_id, ours.tier, ours.simulated, ours.product)
    wanted = tuple(stated.get(name, "") for name in ("kind", "teeType", "rootKeyId", "tier", "simulated", "product"))
    if fields != wanted:
        raise AssertionError(f"another profile {ours.id}")
    return ours


def _claims(sample: dict[str, Any]) -> Iterator[Outcome]:
    claims, stated = parse_bundle(_bytes(sample["bundle"])).claims, sample["claims"]
    yield "claims", sample["encodedClaims"], claims.octets.hex()
    yield "claims hash", sample["claimsHash"], claims.hash.hex()
    yield "report data", sample["reportData"], claims.report_data.hex()
    yield "worker id", stated["workerId"], worker_id(claims.identity_key).hex()
    plain = {
        "simulated": claims.simulated,
        "role": claims.role,
        "networkId": claims.network_id,
        "rootAddress": claims.root,
        "workerId": claims.worker_id.hex(),
        "identityKey": claims.identity_key.hex(),
        "payout": claims.payout,
        "bootNonce": claims.boot_nonce.hex(),
        "notBeforeMs": claims.not_before,
        "notAfterMs": claims.not_after,
        "anchorSeqno": claims.anchor_seqno,
        "anchorRootHash": claims.anchor_root_hash.hex(),
        "manifestHash": claims.manifest_hash.hex(),
        "engineHash": claims.engine_hash.hex(),
        "gpuEvidenceHash": claims.gpu_evidence_hash.hex(),
    }
    yield "fields", stated, plain


def proof(file: dict[str, Any]) -> Iterator[Outcome]:
    """Spec 8."""
    for edit in file["edits"]:
        document = copy.deepcopy(file["proof"])
        place = document
        for step in edit["path"][:-1]:
            place = place[step]
        place[edit["path"][-1]] = edit["value"]
        text = json.dumps(document, ensure_ascii=False)
        if "error" in edit:
            yield edit["name"], edit["error"], _code(lambda: verify_proof(text, SIMULATED, file["nowMs"]))
            continue
        verdict = verify_proof(text, SIMULATED, file["nowMs"])
        yield edit["name"], edit["fails"], verdict.fails
        yield f"{edit['name']}, as a whole", not edit["fails"], verdict.holds
    whole = verify_proof(json.dumps(file["proof"], ensure_ascii=False), SIMULATED, file["nowMs"])
    yield "state and request", [file["state"], file["request"]], [whole.state, whole.request_id]


FILES: dict[str, Callable[[dict[str, Any]], Iterator[Outcome]]] = {
    "checkpoint.json": checkpoint,
    "evidence.json": evidence,
    "hello.json": hello,
    "price.json": price,
    "promise.json": promise,
    "proof.json": proof,
    "receipt.json": receipt,
    "recipients.json": recipients,
    "sealing.json": sealing,
    "voucher.json": voucher,
}
