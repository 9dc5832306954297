"""Command line: python3 -m cocoon_verify PROOF.json [--json]. Exit status 0: it holds. 1: it does not. 2: usage."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time

from .profile import BUILT_IN, SIMULATED
from .proof import Verdict, verify_proof
from .refused import Refused
from .witness import Quorum, Witness

_WITNESS = re.compile(r"([^\s+]{1,128})=([0-9a-f]{64})\Z")
_NETWORK = re.compile(r"-?[0-9]{1,10}/(?:0|-1):[0-9a-f]{64}\Z")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cocoon_verify", description="Verifies a proof file without any network.")
    parser.add_argument("proof", metavar="PROOF.json", help="the file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print the checks as one JSON object")
    parser.add_argument("--simulated", action="store_true", help="accept the simulated vendor, which proves nothing")
    parser.add_argument("--now-ms", type=int, help="verify as of this time, in Unix milliseconds")
    parser.add_argument("--network", metavar="ID/ROOT", help="the network that the proof must be about: -239/0:12ab...")
    parser.add_argument("--witness", metavar="NAME=HEX", action="append", default=[], help="a witness and its key")
    parser.add_argument("--witnesses", metavar="K", type=int, help="how many of them must have cosigned; default: all")
    arguments = parser.parse_args()
    if arguments.network is not None and not _NETWORK.match(arguments.network):
        parser.error("--network: an id, a slash, the root contract's address")
    if not all(_WITNESS.match(witness) for witness in arguments.witness):
        parser.error("--witness: a name, =, and 64 hex digits of its public key")
    if arguments.witnesses is not None and not 1 <= arguments.witnesses <= len(arguments.witness):
        parser.error("--witnesses: from 1 to as many as there are --witness")
    return arguments


def _quorum(named: list[str], threshold: int | None) -> Quorum | None:
    if not named:
        return None
    pairs = (witness.rpartition("=") for witness in named)
    witnesses = tuple(Witness(name, bytes.fromhex(key)) for name, _, key in pairs)
    return Quorum(witnesses, len(witnesses) if threshold is None else threshold)


def _expected(network: str | None) -> tuple[int, str] | None:
    if network is None:
        return None
    network_id, root = network.split("/")
    return int(network_id), root


def _read(path: str) -> str:
    octets = sys.stdin.buffer.read() if path == "-" else open(path, "rb").read()
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Refused("proof_malformed", "no UTF-8") from fault


def _as_json(verdict: Verdict) -> str:
    checks = [
        {"name": check.name, "outcome": check.outcome, "code": check.code, "why": check.why}
        for check in verdict.checks
    ]
    whole = {"holds": verdict.holds, "state": verdict.state, "request": verdict.request_id, "checks": checks}
    return json.dumps(whole)


def _as_text(verdict: Verdict) -> str:
    lines = [
        f"{check.outcome:8} {check.name:14} {check.code or ''}{' ' if check.code and check.why else ''}{check.why}"
        for check in verdict.checks
    ]
    lines.append(f"The proof {'holds' if verdict.holds else 'does not hold'} (state: {verdict.state}).")
    return "\n".join(line.rstrip() for line in lines)


def main() -> int:
    arguments = _arguments()
    profiles = BUILT_IN + SIMULATED if arguments.simulated else BUILT_IN
    now_ms = int(time.time() * 1000) if arguments.now_ms is None else arguments.now_ms
    quorum = _quorum(arguments.witness, arguments.witnesses)
    try:
        verdict = verify_proof(_read(arguments.proof), profiles, now_ms, _expected(arguments.network), quorum)
    except Refused as refusal:
        print(json.dumps({"holds": False, "error": refusal.code, "why": refusal.why}) if arguments.json else refusal)
        return 1
    except OSError as fault:
        print(fault, file=sys.stderr)
        return 2
    print(_as_json(verdict) if arguments.json else _as_text(verdict))
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
