"""Runs everything; see check.py --self-test."""

import copy

from checks.fields import Mismatch

from . import ballots, basics, boards, ceremonies, counts, messages, shapes, tallies
from .properties import check_properties
from .published import published
from .source import Source
from .votes import check_votes

MAKERS = [
    basics.transcripts,
    basics.groups,
    basics.texts,
    boards.boards,
    shapes.shapes,
    ballots.ballots,
    ceremonies.ceremonies,
    tallies.tallies,
    counts.counts,
    messages.messages,
]
UNBOUND = (
    *("name", "kind", "quorum", "minimum", "contest", "weight"),
    *("assignments/coordinates", "setup/contests", "setup/styles", "setup/keys"),
)
"""Fields in which another value may be as right."""

MUTATIONS = 6
"""How many fields of each vector are changed, one at a time."""


def documents():
    """The instances, one document for each vector file."""
    return (make(Source("tabella/1")) for make in MAKERS)


def run(check_document) -> int:
    """How many tests passed; raises Mismatch at the first that does not."""
    passed = check_published() + check_votes() + check_properties()
    for document in documents():
        count = check_document(document["file"], document)
        caught = check_mutations(check_document, document)
        print(f"self-test of {document['file']}: {count} instances right, {caught} mutations caught", flush=True)
        passed += count + caught
    return passed


def check_published() -> int:
    values = published()
    for name, computed, expected in values:
        if computed.hex() != expected:
            raise Mismatch(f"published value {name}: {computed.hex()} is not {expected}")
    print(f"published values: {len(values)}")
    return len(values)


def leaves(value, path: tuple = ()) -> list[tuple]:
    """The paths of all texts, numbers, flags and nulls."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], (*path, key))]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in leaves(item, (*path, i))]
    return [path]


def is_unbound(path: tuple) -> bool:
    field = "/".join(part for part in path if isinstance(part, str)) + "/"
    return any(field.startswith(name + "/") for name in UNBOUND)


def changed(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and value:
        last = "0" if value[-1] != "0" else "1"
        return value[:-1] + last
    return "00"


def check_mutations(check_document, document: dict) -> int:
    """Changes some fields of the vectors that hold right values only, and wants a mismatch each time."""
    source, caught = Source("mutations"), 0
    for place, vector in enumerate(document["vectors"]):
        if "code" in vector or vector["kind"] == "bad_text" or vector.get("valid") is False:
            continue
        fields = [path for path in leaves(vector) if not is_unbound(path)]
        for path in source.sample(fields, min(MUTATIONS, len(fields))):
            expect_mismatch(check_document, document, [place, *path])
            caught += 1
    return caught


def expect_mismatch(check_document, document: dict, path: list) -> None:
    vector = copy.deepcopy(document["vectors"][path[0]])
    holder = vector
    for key in path[1:-1]:
        holder = holder[key]
    holder[path[-1]] = changed(holder[path[-1]])
    try:
        check_document(document["file"], document | {"vectors": [vector]})
    except Mismatch:
        return
    raise Mismatch(f"self-test: {document['file']} with {vector['name']} changed at {path[1:]} must fail, but passes")
