"""From contests to coordinates, slots and constraints. Implements specs/ballot.md#shape."""

from itertools import combinations, permutations

from .contest import (
    LIMB,
    Allocation,
    Choice,
    Contest,
    Lists,
    Positional,
    Quadratic,
    Ranking,
    Score,
    digits,
)
from .form import ONE, Constraint, Form, Shape, constant, is_bit, sum_of_forms, weighted


class Coordinates:
    """Hands out free coordinates in order, from index shift + 1."""

    def __init__(self, shift: int):
        self.shift, self.last = shift, shift

    def take(self, count: int) -> list[Form]:
        self.last += count
        return [Form(0, {i: 1}) for i in range(self.last - count + 1, self.last + 1)]

    def shape(self, slots: list[Form], constraints: list[Constraint], ranged: list[int] = ()) -> Shape:
        return Shape(self.last - self.shift, slots, constraints, list(ranged))


def bits(*groups: list[Form]) -> list[Constraint]:
    return [is_bit(form) for group in groups for form in group]


def choice_shape(contest: Choice, free: Coordinates) -> Shape:
    weights = digits(contest.max - contest.min)
    options, blank, slack = free.take(contest.options - 1), free.take(int(contest.blank)), free.take(len(weights))
    others = sum_of_forms([*options, *(form * contest.max for form in blank), weighted(weights, slack)])
    options.append(constant(contest.max) - others)
    return free.shape(options + blank, bits(options, blank, slack))


def score_shape(contest: Score, free: Coordinates) -> Shape:
    weights, slack_weights = digits(contest.most), digits(contest.max - contest.min)
    options = [free.take(len(weights)) for _ in range(contest.options - 1)]
    rest, slack = free.take(len(weights) - 1), free.take(len(slack_weights))
    values = [weighted(weights, option) for option in options]
    others = sum_of_forms([*values, weighted(weights[1:], rest), weighted(slack_weights, slack)])
    options.append([constant(contest.max) - others, *rest])
    return free.shape([weighted(weights, option) for option in options], bits(*options, slack))


def positional_shape(contest: Positional, free: Coordinates) -> Shape:
    ranks = []
    for rank in range(1, len(contest.weights) + 1):
        row = free.take(contest.options - (rank <= contest.min))
        ranks.append(row + [ONE - sum_of_forms(row)] if rank <= contest.min else row)
    options = list(map(list, zip(*ranks, strict=True)))
    constraints = bits(*ranks)
    if len(ranks) >= 2:
        constraints += bits(list(map(sum_of_forms, options)))
    uses = [ONE, *map(sum_of_forms, ranks[contest.min :])]
    constraints += bits([before - after for before, after in zip(uses, uses[1:], strict=False)])
    return free.shape([weighted(contest.weights, option) for option in options], constraints)


def quadratic_shape(contest: Quadratic, free: Coordinates) -> Shape:
    weights, slack_weights = digits(contest.largest_slot()), digits(contest.credits)
    options = [free.take(len(weights)) for _ in range(contest.options)]
    slack = free.take(len(slack_weights))
    values = [weighted(weights, option) for option in options]
    spent = Constraint([(1, v, v) for v in values], weighted(slack_weights, slack) - constant(contest.credits))
    return free.shape(values, bits(*options, slack) + [spent])


def ranking_shape(contest: Ranking, free: Coordinates) -> Shape:
    options = range(contest.options)
    pairs = list((permutations if contest.ties else combinations)(options, 2))
    slots = free.take(len(pairs))
    p = dict(zip(pairs, slots, strict=True))
    if contest.ties:
        more = [p[a, b] + p[b, a] for a, b in combinations(options, 2)]
        more += [p[a, c] + p[c, b] - p[a, b] for a, b, c in permutations(options, 3)]
    else:
        more = [p[a, b] + p[b, c] - p[a, c] for a, b, c in combinations(options, 3)]
    return free.shape(slots, bits(slots, more))


def lists_shape(contest: Lists, free: Coordinates) -> Shape:
    chosen = free.take(len(contest.lists) - 1)
    chosen.append(ONE - sum_of_forms(chosen))
    options, constraints = [], bits(chosen)
    for size, bit in zip(contest.lists, chosen, strict=True):
        if size:
            most = contest.most_of(size)
            weights = digits(most - contest.min)
            own, slack = free.take(size - 1), free.take(len(weights))
            own.append(bit * most - sum_of_forms([*own, weighted(weights, slack)]))
            options += own
            constraints += bits(own, slack)
    return free.shape(options + chosen, constraints)


def allocation_shape(contest: Allocation, free: Coordinates) -> Shape:
    return (ranged_allocation if contest.range else bitwise_allocation)(contest, free)


def bitwise_allocation(contest: Allocation, free: Coordinates) -> Shape:
    weights = [1 << i for i in range(contest.amount.bit_length())]
    options = [free.take(len(weights)) for _ in range(contest.options - 1)]
    rest = free.take(len(weights) - 1)
    others = sum_of_forms([weighted(weights, option) for option in options] + [weighted(weights[1:], rest)])
    options.append([constant(contest.amount) - others, *rest])
    limbs = [option[start : start + 16] for option in options for start in range(0, len(weights), 16)]
    return free.shape([weighted(weights[: len(limb)], limb) for limb in limbs], bits(*options))


def ranged_allocation(contest: Allocation, free: Coordinates) -> Shape:
    limbs = contest.limbs()
    slots = free.take(contest.slot_count() - 1)
    place = limbs * (contest.options - 1)
    weights = [1, LIMB][:limbs] * (contest.options - 1) + [LIMB] * (limbs - 1)
    slots.insert(place, constant(contest.amount) - weighted(weights, slots))
    return free.shape(slots, [], list(range(1, len(slots) + 1)))


SHAPES = {
    "choice": choice_shape,
    "score": score_shape,
    "positional": positional_shape,
    "quadratic": quadratic_shape,
    "ranking": ranking_shape,
    "lists": lists_shape,
    "allocation": allocation_shape,
}


def contest_shape(contest: Contest, shift: int = 0) -> Shape:
    """The shape of one contest whose first coordinate has index shift + 1."""
    return SHAPES[contest.kind](contest, Coordinates(shift))


def style_shape(contests: list[Contest]) -> Shape:
    style = Shape(0, [], [], [])
    for contest in contests:
        part = contest_shape(contest, style.m)
        ranged = style.ranged + [len(style.slots) + j for j in part.ranged]
        style = Shape(style.m + part.m, style.slots + part.slots, style.constraints + part.constraints, ranged)
    return style
