"""Reads the results of the suite (JUnit XML) and prints a summary.

A later file replaces the results of the tests it has. Fails if a test failed, or
if one was skipped that the list of skips does not name.
"""

import argparse
from collections import defaultdict
from pathlib import Path
import re
import sys
from typing import Dict, List, NamedTuple
import xml.etree.ElementTree as ElementTree


class Result(NamedTuple):
    outcome: str  # passed, failed, skipped or xfailed
    reason: str
    seconds: float


def read(path: str) -> Dict[str, Result]:
    """The results in one file, by the name that pytest takes on its command line."""
    results = {}
    for case in ElementTree.parse(path).iter("testcase"):
        # "irctest.server_tests.chmodes.ban.BanModeTestCase": modules, then classes
        parts = case.get("classname", "").split(".")
        modules = [p for p in parts if not p[:1].isupper()]
        classes = [p for p in parts if p[:1].isupper()]
        name = "::".join(["/".join(modules) + ".py", *classes, case.get("name", "")])
        outcome, reason = "passed", ""
        for kind in ("skipped", "failure", "error"):
            node = case.find(kind)
            if node is None:
                continue
            outcome = "skipped" if kind == "skipped" else "failed"
            if node.get("type") == "pytest.xfail":
                outcome = "xfailed"
            reason = explain(kind, node)
        results[name] = Result(outcome, reason, float(case.get("time") or 0))
    return results


def explain(kind: str, node: ElementTree.Element) -> str:
    message = (node.get("message") or "").strip()
    if kind == "skipped" or message:
        return message.split("\n")[0]
    return next((line for line in reversed((node.text or "").split("\n")) if line), kind)


def short(name: str) -> str:
    return name.replace("irctest/server_tests/", "")


def allowed(path: Path) -> List[str]:
    if not path.exists():
        return []
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in path.read_text().split("\n"))
    return [line for line in lines if line]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failed-websocket", action="store_true", help="print only the failed WebSocket tests")
    parser.add_argument("--skips", type=Path, help="the list of the tests that may be skipped")
    parser.add_argument("--write", action="store_true", help="write that list anew")
    parser.add_argument("--log", type=Path, help="pytest's output, shown if a test failed")
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()

    results: Dict[str, Result] = {}
    for path in args.files:
        results.update(read(path))
    by: Dict[str, List[str]] = defaultdict(list)
    for name in sorted(results):
        by[results[name].outcome].append(name)

    if args.failed_websocket:
        print("\n".join(n for n in by["failed"] if "/websocket.py" in n))
        return 0

    if by["failed"] and args.log:
        print(args.log.read_text(errors="replace"))
    reasons = defaultdict(list)
    for name in by["skipped"]:
        reasons[results[name].reason].append(short(name))
    print(f"\n{len(by['skipped'])} skipped:")
    for reason, names in sorted(reasons.items()):
        print(f"  {reason}")
        for name in names:
            print(f"    {name}")
    print(f"\n{len(by['failed'])} failed:")
    for name in by["failed"]:
        print(f"  {short(name)}\n    {results[name].reason}")

    bad = bool(by["failed"]) or not results
    if args.skips and args.write:
        args.skips.write_text("".join(short(n) + "\n" for n in by["skipped"]))
    if args.skips and args.skips.exists():
        expected, skipped = set(allowed(args.skips)), {short(n) for n in by["skipped"]}
        unexpected = sorted(skipped - expected)
        gone = sorted(n for n in expected - skipped if "irctest/server_tests/" + n in results)
        for name in unexpected:
            print(f"skipped, but not in {args.skips.name}: {name}")
        for name in gone:
            print(f"no longer skipped, take it out of {args.skips.name}: {name}")
        bad = bad or bool(unexpected)
    counts = ", ".join(f"{len(by[o])} {o}" for o in ("passed", "xfailed", "failed", "skipped") if by[o])
    print(f"\nirctest: {counts or 'no test ran'}")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
