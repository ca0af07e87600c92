#!/usr/bin/env python3
"""Checks the test vectors of this directory against an independent implementation of the specification.

    check.py [FILE.json …]     all vector files, or those named; exit 1 at the first mismatch
    check.py --self-test       published values, then own instances, honest and hostile
    check.py --examples DIR    writes these instances: each file's format by example

Pure Python 3.11, standard library only. The formats are in README.md.
"""

import argparse
import json
import sys
from pathlib import Path

from checks import ballot, board, ceremony, counting, group, messages, shape, tally, text, transcript
from checks.fields import Mismatch, Vectors
from selftest import run

HERE = Path(__file__).resolve().parent
FILES = {
    "transcript.json": transcript.KINDS,
    "group.json": group.KINDS,
    "text.json": text.KINDS,
    "board.json": board.KINDS,
    "shape.json": shape.KINDS,
    "ballot.json": ballot.KINDS,
    "ceremony.json": ceremony.KINDS,
    "tally.json": tally.KINDS,
    "counting.json": counting.KINDS,
    "messages.json": messages.KINDS,
}


def check_document(name: str, document) -> int:
    """How many vectors the document holds; raises Mismatch."""
    return Vectors(name, document).check(FILES[name])


def check_file(name: str) -> int:
    try:
        document = json.loads((HERE / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Mismatch(f"{name}: cannot be read: {fault}") from fault
    count = check_document(name, document)
    print(f"{name}: {count} vectors", flush=True)
    return count


def write_examples(directory: Path) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    for document in run.documents():
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        (directory / document["file"]).write_text(text, encoding="utf-8")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="check the Tabella test vectors")
    parser.add_argument("files", nargs="*", metavar="FILE.json", help="vector files of this directory")
    parser.add_argument("--self-test", action="store_true", help="test this program itself")
    parser.add_argument("--examples", type=Path, metavar="DIR", help="write the instances of the self-test into DIR")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.files if name not in FILES]:
        parser.error(f"no such vector file: {unknown[0]}")
    try:
        if arguments.examples:
            return write_examples(arguments.examples)
        if arguments.self_test:
            passed = run.run(check_document)
        else:
            passed = sum(check_file(name) for name in arguments.files or FILES)
    except Mismatch as mismatch:
        print(f"FAILED {mismatch}", file=sys.stderr)
        return 1
    print(f"{passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
