"""Command line: python3 -m cocoon_verify.vectors FOLDER. Runs all vectors; exit status 1 when one failed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .refused import Refused
from .vector_files import FILES


def _run(path: Path) -> tuple[int, int]:
    passed = failed = 0
    try:
        for name, expected, actual in FILES[path.name](json.loads(path.read_text("utf-8"))):
            if expected == actual:
                passed += 1
            else:
                failed += 1
                print(f"{path.name}: {name}: {expected} expected, {actual} found")
    except (Refused, AssertionError, KeyError) as fault:
        failed += 1
        print(f"{path.name}: {type(fault).__name__}: {fault}")
    return passed, failed


def main() -> int:
    """Every file of the folder. One that this verifier does not know is named; one that is missing has failed."""
    if len(sys.argv) != 2:
        print("usage: python3 -m cocoon_verify.vectors FOLDER", file=sys.stderr)
        return 2
    paths = sorted(Path(sys.argv[1]).glob("*.json"))
    passed = failed = 0
    for path in paths:
        if path.name not in FILES:
            print(f"{path.name}: not run, this verifier knows no such vectors")
            continue
        more_passed, more_failed = _run(path)
        passed, failed = passed + more_passed, failed + more_failed
    for name in sorted(set(FILES) - {path.name for path in paths}):
        failed += 1
        print(f"{name}: missing")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
