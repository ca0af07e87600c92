"""From votes, as README.md#shape writes them, to coordinates and slots. Implements specs/ballot.md#shape."""

from itertools import combinations, permutations

from .contest import Allocation, Choice, Contest, Lists, Positional, Quadratic, Ranking, Score, digits


def made_of(weights: list[int], number: int) -> list[int]:
    """The bits that make up a number, from the last weight to the first."""
    bits = []
    for weight in reversed(weights):
        bits.append(int(number >= weight))
        number -= weight * bits[-1]
    return bits[::-1]


def choice(contest: Choice, vote) -> tuple[list[int], list[int]]:
    """Coordinates and slots, here as below."""
    chosen, blank = ([], 1) if vote == "blank" else (vote, 0)
    slots = [int(o in chosen) for o in range(1, contest.options + 1)]
    ends = [blank] if contest.blank else []
    slack = made_of(digits(contest.max - contest.min), 0 if blank else contest.max - len(chosen))
    return slots[:-1] + ends + slack, slots + ends


def score(contest: Score, vote: list[int]) -> tuple[list[int], list[int]]:
    bits = [made_of(digits(contest.most), value) for value in vote]
    slack = made_of(digits(contest.max - contest.min), contest.max - sum(vote))
    return [*sum(bits[:-1], []), *bits[-1][1:], *slack], vote


def positional(contest: Positional, vote: list[int]) -> tuple[list[int], list[int]]:
    coordinates, slots = [], [0] * contest.options
    for rank, weight in enumerate(contest.weights, 1):
        row = [int(vote[rank - 1 : rank] == [o]) for o in range(1, contest.options + 1)]
        coordinates += row[:-1] if rank <= contest.min else row
        slots = [value + weight * bit for value, bit in zip(slots, row, strict=True)]
    return coordinates, slots


def quadratic(contest: Quadratic, vote: list[int]) -> tuple[list[int], list[int]]:
    bits = [made_of(digits(contest.largest_slot()), value) for value in vote]
    return sum(bits, []) + made_of(digits(contest.credits), contest.credits - sum(v * v for v in vote)), vote


def ranking(contest: Ranking, vote: list[list[int]]) -> tuple[list[int], list[int]]:
    places = {option: place for place, options in enumerate(vote) for option in options}
    pairs = (permutations if contest.ties else combinations)(range(1, contest.options + 1), 2)
    above = [int(places[a] < places[b]) for a, b in pairs]
    return above, above


def lists(contest: Lists, vote: dict) -> tuple[list[int], list[int]]:
    chosen = [int(i == vote["list"]) for i in range(1, len(contest.lists) + 1)]
    options = [int(o in vote["options"]) for o in range(1, contest.options + 1)]
    coordinates = chosen[:-1]
    for size, members, bit in zip(contest.lists, contest.members(), chosen, strict=True):
        if size:
            own, most = [options[o] for o in members], contest.most_of(size)
            coordinates += own[:-1] + made_of(digits(most - contest.min), (most - sum(own)) * bit)
    return coordinates, options + chosen


def allocation(contest: Allocation, vote: list[int]) -> tuple[list[int], list[int]]:
    slots = [limb for value in vote for limb in (value % 2**16, value >> 16)[: contest.limbs()]]
    if contest.range:
        first = contest.limbs() * (contest.options - 1)
        return slots[:first] + slots[first + 1 :], slots
    bits = [made_of([1 << i for i in range(contest.amount.bit_length())], value) for value in vote]
    return [*sum(bits[:-1], []), *bits[-1][1:]], slots


WRITERS = {
    "choice": choice,
    "score": score,
    "positional": positional,
    "quadratic": quadratic,
    "ranking": ranking,
    "lists": lists,
    "allocation": allocation,
}


def write_votes(contests: list[Contest], votes: list) -> tuple[list[int], list[int]]:
    """The coordinates and the slots of a ballot with a vote for each contest."""
    coordinates, slots = [], []
    for contest, vote in zip(contests, votes, strict=True):
        own_coordinates, own_slots = WRITERS[contest.kind](contest, vote)
        coordinates += own_coordinates
        slots += own_slots
    return coordinates, slots
