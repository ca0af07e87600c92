"""Instances of shape.json."""

from checks.contest import contest_json
from reference.contest import Allocation, Choice, Contest, Lists, Positional, Quadratic, Ranking, Score, digits
from reference.shape import style_shape
from reference.vote import write_votes

from .source import Source, document, vector

CASES: list[tuple[str, list[Contest], list]] = [
    ("one of two", [Choice(2, 1, 1, False)], [[2]]),
    ("a single option", [Choice(1, 0, 1, True)], ["blank"]),
    ("slack 5", [Choice(7, 1, 6, True)], [[1, 7]]),
    ("two contests", [Choice(3, 1, 2, True), Choice(2, 0, 2, False)], [[3], []]),
    ("score", [Score(3, 5, 1, 8)], [[5, 0, 2]]),
    ("positional", [Positional(4, 1, [3, 2, 0])], [[4, 1]]),
    ("positional of one rank", [Positional(2, 0, [1])], [[]]),
    ("quadratic", [Quadratic(3, 10)], [[3, 0, 1]]),
    ("ranking", [Ranking(4, False)], [[[2], [4], [1], [3]]]),
    ("ranking with ties", [Ranking(3, True)], [[[2, 3], [1]]]),
    ("lists", [Lists(5, [2, 0, 3], 0, 2)], [{"list": 3, "options": [5]}]),
    ("allocation", [Allocation(3, 100, False)], [[0, 99, 1]]),
    ("allocation of two limbs", [Allocation(2, 2**32 - 1, False)], [[65536, 2**32 - 65537]]),
    ("ranged", [Allocation(3, 65535, True)], [[65535, 0, 0]]),
    ("ranged of two limbs", [Allocation(2, 65536, True)], [[1, 65535]]),
    ("mixed", [Ranking(3, False), Allocation(2, 7, True), Score(2, 1, 0, 2)], [[[3], [1], [2]], [3, 4], [0, 1]]),
]


def shape_vector(name: str, contests: list[Contest], votes: list) -> dict:
    shape = style_shape(contests)
    good, _ = write_votes(contests, votes)
    assignments = [good, [0] * shape.m, [1] * shape.m, [2, *good[1:]], [65536, *good[1:]]]
    return vector(
        name,
        "shape",
        contests=list(map(contest_json, contests)),
        styles=[list(range(len(contests)))],
        style=0,
        m=shape.m,
        k=len(shape.slots),
        n=len(shape.constraints),
        ranged=shape.ranged,
        largest=[{"slot": c.largest_slot(), "option": c.largest_option()} for c in contests],
        encoding=shape.encoding(),
        digest=shape.digest(0),
        assignments=[{"coordinates": a, "slots": shape.values(a), "valid": shape.allows(a)} for a in assignments],
        encodings=[{"votes": votes, "coordinates": good}],
    )


def shapes(_: Source) -> dict:
    sums = [vector(f"digits of {n}", "digits", sum=n, weights=digits(n)) for n in (0, 1, 3, 5, 1_000_000)]
    return document("shape.json", sums + [shape_vector(*case) for case in CASES])
