"""Seats for lists, and then for their options. Implements specs/counting.md#lists."""

from fractions import Fraction

from .contest import Lists, Rule
from .cutting import Filled, cut, decide


def by_quotients(rule: Rule, votes: dict[int, int], step: int) -> tuple[dict[int, int], Filled]:
    """The seats of each list, and what the tie was if there was one."""
    seats, left = dict.fromkeys(votes, 0), rule.seats
    while left:
        quotients = {entrant: Fraction(v, step * seats[entrant] + 1) for entrant, v in votes.items()}
        best = [entrant for entrant, quotient in quotients.items() if quotient == max(quotients.values())]
        last = decide(rule, left, best) if len(best) > left else Filled(best)
        for entrant in last.elected:
            seats[entrant] += 1
        if len(best) > left:
            return seats, last
        left -= len(best)
    return seats, Filled()


def by_remainders(rule: Rule, votes: dict[int, int]) -> tuple[dict[int, int], Filled]:
    total = sum(votes.values())
    seats = {entrant: v * rule.seats // total for entrant, v in votes.items()}
    remainders = {entrant: v * rule.seats % total for entrant, v in votes.items()}
    last = cut(rule, rule.seats - sum(seats.values()), remainders)
    for entrant in last.elected:
        seats[entrant] += 1
    return seats, last


METHODS = {
    "dhondt": lambda rule, votes: by_quotients(rule, votes, 1),
    "sainte-lague": lambda rule, votes: by_quotients(rule, votes, 2),
    "largest-remainder": by_remainders,
}


def fill(contest: Lists, rule: Rule, options: list[int], lists: list[int]) -> tuple[Filled, list[int]]:
    """What became of the seats, and the seats of each list; lists are entrants after the options."""
    if not any(lists):
        return Filled(vacant=rule.seats), [0] * len(lists)
    entrants = range(contest.options, contest.options + len(lists))
    seats, between = METHODS[rule.method](rule, dict(zip(entrants, lists, strict=True)))
    filled = Filled(ties=between.ties, by_tie_break=between.by_tie_break)
    for members, own in zip(contest.members(), seats.values(), strict=True):
        if members:
            filled.add(cut(rule, own, {o: options[o] for o in members}))
    return filled, list(seats.values())
