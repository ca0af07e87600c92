"""The votes that specs/election.md#contest allows, against all assignments of the shapes of small contests."""

from collections.abc import Iterator
from itertools import combinations, permutations, product

from checks.fields import Mismatch
from reference import cbor
from reference.contest import Allocation, Choice, Contest, Lists, Positional, Quadratic, Ranking, Score
from reference.shape import contest_shape
from reference.vote import write_votes


def choices(options: list[int], least: int, most: int) -> Iterator[list[int]]:
    for count in range(least, min(most, len(options)) + 1):
        yield from map(list, combinations(options, count))


def weak_orders(options: list[int]) -> Iterator[list[list[int]]]:
    if not options:
        yield []
    for top in choices(options, 1, len(options)):
        for below in weak_orders([o for o in options if o not in top]):
            yield [top, *below]


def numbers(contest: Contest, most: int, is_allowed) -> Iterator[list[int]]:
    return (list(vote) for vote in product(range(most + 1), repeat=contest.options) if is_allowed(vote))


def allowed_votes(contest: Contest) -> Iterator:
    options = list(range(1, contest.options + 1))
    match contest:
        case Choice():
            yield from choices(options, contest.min, contest.max)
            yield from ["blank"] if contest.blank else []
        case Score():
            yield from numbers(contest, contest.most, lambda vote: contest.min <= sum(vote) <= contest.max)
        case Positional():
            for count in range(contest.min, len(contest.weights) + 1):
                yield from map(list, permutations(options, count))
        case Quadratic():
            most = contest.credits
            yield from numbers(contest, most, lambda vote: sum(v * v for v in vote) <= contest.credits)
        case Ranking():
            for order in weak_orders(options):
                if contest.ties or len(order) == contest.options:
                    yield order
        case Lists():
            for i, members in enumerate(contest.members(), 1):
                for chosen in choices([o + 1 for o in members], contest.min, contest.max):
                    yield {"list": i, "options": chosen}
        case Allocation():
            yield from numbers(contest, contest.amount, lambda vote: sum(vote) == contest.amount)


SMALL: list[tuple[Contest, int]] = [
    (Choice(1, 0, 1, True), 3),
    (Choice(4, 1, 3, True), 15),
    (Choice(3, 0, 3, False), 8),
    (Score(3, 3, 1, 4), 31),
    (Score(2, 5, 0, 10), 36),
    (Score(1, 6, 2, 5), 4),
    (Score(3, 2, 6, 6), 1),
    (Positional(3, 1, [3, 2]), 9),
    (Positional(3, 0, [1]), 4),
    (Positional(3, 3, [5, 5, 0]), 3),
    (Positional(1, 1, [2]), 1),
    (Positional(4, 2, [3, 2, 1]), 36),
    (Quadratic(2, 9), 11),
    (Quadratic(3, 5), 17),
    (Quadratic(1, 1), 2),
    (Ranking(2, False), 2),
    (Ranking(3, False), 6),
    (Ranking(4, False), 24),
    (Ranking(5, False), 120),
    (Ranking(2, True), 3),
    (Ranking(3, True), 13),
    (Ranking(4, True), 75),
    (Lists(4, [1, 3], 1, 2), 7),
    (Lists(4, [0, 2, 2], 0, 3), 9),
    (Lists(3, [3], 0, 3), 8),
    (Lists(0, [0, 0], 0, 1), 2),
    (Allocation(3, 3, False), 10),
    (Allocation(1, 5, False), 1),
    (Allocation(2, 40, True), 41),
    (Allocation(3, 3, True), 10),
    (Allocation(1, 65536, True), 1),
]
"""With the number of votes whose slots differ."""


def coordinate_ranges(contest: Contest) -> list[range]:
    """For ranged coordinates only values near those of votes: there is no other constraint than the range."""
    most = min(contest.amount + 1, 65535) if contest.ranged_count() else 1
    return [range(most + 1)] * contest.coordinate_count()


def check_contest(contest: Contest, count: int) -> None:
    def require(condition: bool, what: str) -> None:
        if not condition:
            raise Mismatch(f"self-test: {contest}: {what}")

    shape = contest_shape(contest)
    require(contest.keeps_rules(), "must keep the rules")
    sizes = (contest.coordinate_count(), contest.slot_count(), contest.constraint_count(), contest.ranged_count())
    require((shape.m, len(shape.slots), len(shape.constraints), len(shape.ranged)) == sizes, "sizes differ from the shape's")
    written = set()
    for vote in allowed_votes(contest):
        coordinates, slots = write_votes([contest], [vote])
        require(shape.allows(coordinates), f"{vote} must be allowed")
        require(shape.values(coordinates) == slots, f"{vote} has other slots")
        written.add(tuple(slots))
    require(len(written) == count, f"{len(written)} votes instead of {count}")
    assignments = map(list, product(*coordinate_ranges(contest)))
    found = {tuple(shape.values(a)) for a in assignments if shape.allows(a)}
    require(found == written, "assignments that are allowed are not the votes")
    largest = max(value for slots in written for value in slots)
    alone = contest.options == 1  # has the whole amount, and so perhaps no low limb of 65,535
    require(largest == contest.largest_slot() or alone, f"the largest value of a slot is {largest}")


def check_encoding() -> None:
    """Of lists of two options and of one, just one to choose, written by hand."""
    zero, b1, b2 = [0, []], [0, [[1, 1]]], [0, [[2, 1]]]
    no_b1, no_b2, second, no_second = [1, [[1, -1]]], [1, [[2, -1]]], [0, [[1, 1], [2, -1]]], [1, [[1, -1], [2, 1]]]
    bits = [(b1, no_b1), (no_b1, b1), (b2, no_b2), (second, no_second), (no_b1, b1)]
    by_hand = [2, [b2, second, no_b1, b1, no_b1], [[[[1, *forms]], zero] for forms in bits], []]
    if contest_shape(Lists(3, [2, 1], 1, 1)).encoding() != cbor.encode(by_hand):
        raise Mismatch("self-test: the encoding of a shape differs from that by hand")


def check_votes() -> int:
    check_encoding()
    for contest, count in SMALL:
        check_contest(contest, count)
    print(f"small contests against their allowed votes: {len(SMALL)}", flush=True)
    return len(SMALL)
