"""Instances of counting.json; the outcomes are worked out by hand, or published where a case says so."""

from itertools import combinations, permutations

from checks.contest import contest_json, counting_json
from reference.contest import Allocation, Choice, Contest, Lists, Positional, Quadratic, Ranking, Rule, Score
from reference.counting import meaning_of

from .source import Source, document, vector

FOUR = [100_000, 80_000, 30_000, 20_000]
SCHULZE = {"ACBED": 5, "ADECB": 5, "BEDAC": 8, "CABED": 3, "CAEBD": 7, "CBADE": 2, "DCEBA": 7, "EBADC": 8}
TENNESSEE = {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17}
CAPITALS = "MNCK"
CYCLE = {"ABC": 4, "BCA": 3, "CAB": 2}
EVEN_CYCLE = {"ABC": 1, "BCA": 1, "CAB": 1}
D_AND_C = [0, 2, 2, 2, 3, 2, 2, 3, 1, 1, 3, 1]


def totals_of(orders: dict[str, int], names: str, ties: bool = False) -> list[int]:
    """Of the slots of a ranking, from orders with their weights."""
    pairs = (permutations if ties else combinations)(names, 2)
    return [sum(w for order, w in orders.items() if order.index(a) < order.index(b)) for a, b in pairs]


def outcome(elected: str, undecided: list = (), vacant: int = 0, by_tie_break: bool = False, lists: list = ()) -> dict:
    """Without method and seats. `elected` and the options and lists of a tie are texts of one-digit numbers."""
    ties = [{"seats": n, "options": list(options), "lists": list(between)} for n, options, between in undecided]
    fields = {"elected": list(elected), "undecided": ties, "vacant": vacant, "by_tie_break": by_tie_break}
    named = [{"id": str(i), "seats": n} for i, n in enumerate(lists)]
    return fields | ({"lists": named} if lists else {})


def highest() -> list[tuple]:
    three, order = Choice(3, 1, 1, False), [1, 0, 2]
    return [
        ("one seat", three, Rule("highest", 1, None), [12, 11, 5], 28, outcome("0")),
        ("a tie", three, Rule("highest", 1, None), [12, 12, 5], 29, outcome("", [(1, "01", "")])),
        ("a tie broken", three, Rule("highest", 1, order), [12, 12, 5], 29, outcome("1", by_tie_break=True)),
        ("no tie to break", three, Rule("highest", 2, order), [12, 12, 5], 29, outcome("01")),
        (
            "one above a tie",
            Score(4, 9, 0, 9),
            Rule("highest", 2, None),
            [3, 9, 3, 3],
            2,
            outcome("1", [(1, "023", "")]),
        ),
        ("all have a seat", Quadratic(2, 4), Rule("highest", 2, None), [0, 0], 1, outcome("01")),
        (
            "blank votes only",
            Choice(2, 1, 1, True),
            Rule("highest", 1, [1, 0]),
            [0, 0, 9],
            9,
            outcome("1", by_tie_break=True),
        ),
        ("points", Positional(3, 1, [2, 1]), Rule("highest", 1, None), [4, 5, 3], 4, outcome("1")),
        ("limbs", Allocation(2, 65536, True), Rule("highest", 1, None), [9, 1, 65535, 0], 1, outcome("0")),
        ("of lists", Lists(3, [2, 1], 1, 1), Rule("highest", 2, None), [5, 1, 3, 6, 3], 9, outcome("02")),
        ("nobody", three, Rule("highest", 3, None), [0, 0, 0], 0, None),
        ("withheld", three, Rule("highest", 3, None), None, 1, None),
        ("no rule", three, None, [1, 2, 3], 6, None),
    ]


def rankings() -> list[tuple]:
    three, four, five, ties = Ranking(3, False), Ranking(4, False), Ranking(5, False), Ranking(2, True)
    cycle, even = totals_of(CYCLE, "ABC"), totals_of(EVEN_CYCLE, "ABC")
    open_seat = outcome("", [(1, "", "")])
    tied = outcome("", [(1, "012", "")])
    cases = [
        ("Tennessee", four, method, None, totals_of(TENNESSEE, CAPITALS), 100, outcome("1"))
        for method in ("condorcet", "copeland", "schulze", "ranked-pairs")
    ]
    cases += [
        ("of Schulze 2011", five, "schulze", None, totals_of(SCHULZE, "ABCDE"), 45, outcome("4")),
        ("a cycle", three, "condorcet", None, cycle, 9, open_seat),
        ("a cycle", three, "copeland", None, cycle, 9, tied),
        ("a cycle", three, "schulze", None, cycle, 9, outcome("0")),
        ("a cycle", three, "ranked-pairs", None, cycle, 9, outcome("0")),
        ("an even cycle", three, "schulze", None, even, 3, tied),
        ("an even cycle", three, "ranked-pairs", None, even, 3, tied),
        ("an even cycle broken", three, "ranked-pairs", [2, 0, 1], even, 3, outcome("2", by_tie_break=True)),
        ("a beats c, b level", three, "ranked-pairs", None, [2, 3, 2], 4, outcome("", [(1, "01", "")])),
        ("a beats c, b level", three, "ranked-pairs", [1, 2, 0], [2, 3, 2], 4, outcome("1", by_tie_break=True)),
        ("fewer against", ties, "condorcet", None, [3, 2], 9, outcome("0")),
        ("as many", ties, "condorcet", None, [3, 3], 9, open_seat),
        ("as many", ties, "copeland", None, [3, 3], 9, outcome("", [(1, "01", "")])),
        ("as many", ties, "schulze", [1, 0], [3, 3], 9, outcome("1", by_tie_break=True)),
        ("as many", ties, "ranked-pairs", None, [3, 3], 9, outcome("", [(1, "01", "")])),
        # a beats b, b beats c, c is level with a: 3, 2 and 1
        ("a win and a loss", Ranking(3, True), "copeland", None, [2, 1, 1, 2, 1, 1], 3, outcome("0")),
        # d beats b 3:2, b beats a 2:0, so not a d 2:1; c is level with all, and a stands before it
        ("a tie", Ranking(4, True), "ranked-pairs", [0, 1, 2, 3], D_AND_C, 9, outcome("3", by_tie_break=True)),
        ("a tie", Ranking(4, True), "ranked-pairs", None, D_AND_C, 9, outcome("", [(1, "23", "")])),
        # a beats b 5:4, b beats c 5:1, c beats a 5:2: the weakest win is that with more against it
        ("weakest win", Ranking(3, True), "schulze", None, [5, 2, 4, 5, 5, 1], 9, outcome("1")),
        ("weakest win", Ranking(3, True), "ranked-pairs", None, [5, 2, 4, 5, 5, 1], 9, outcome("1")),
    ]
    return [
        (f"{name}, {m}" + (", tie-break" if tie_break else ""), contest, Rule(m, 1, tie_break), *rest)
        for name, contest, m, tie_break, *rest in cases
    ]


def lists() -> list[tuple]:
    empty, pairs, uneven = Lists(0, [0] * 4, 0, 1), Lists(4, [2, 2], 0, 2), Lists(3, [1, 0, 2], 0, 1)
    three, six = Lists(0, [0] * 3, 0, 1), Lists(0, [0] * 6, 0, 1)
    hare = [47_000, 16_000, 15_900, 12_000, 6_000, 3_100]
    cases = [
        ("published", empty, "dhondt", 8, None, FOUR, outcome("", lists=[4, 3, 1, 0])),
        ("published", empty, "sainte-lague", 8, None, FOUR, outcome("", lists=[3, 3, 1, 1])),
        ("published", three, "sainte-lague", 7, None, [53, 24, 23], outcome("", lists=[3, 2, 2])),
        ("published", three, "dhondt", 7, None, [53, 24, 23], outcome("", lists=[4, 2, 1])),
        ("published", six, "largest-remainder", 10, None, hare, outcome("", lists=[5, 2, 1, 1, 1, 0])),
        ("options", pairs, "dhondt", 3, None, [1, 5, 2, 2, 7, 3], outcome("01", [(1, "23", "")], lists=[2, 1])),
        ("vacant", pairs, "dhondt", 4, None, [1, 5, 0, 0, 9, 1], outcome("01", vacant=2, lists=[4, 0])),
        ("no options", uneven, "sainte-lague", 4, None, [2, 0, 1, 2, 9, 1], outcome("0", lists=[1, 3, 0])),
        ("both get one", pairs, "dhondt", 2, None, [3, 1, 1, 3, 4, 4], outcome("03", lists=[1, 1])),
        ("tie", pairs, "dhondt", 3, None, [3, 1, 1, 3, 4, 4], outcome("03", [(1, "", "01")], lists=[1, 1])),
        (
            "ties",
            pairs,
            "dhondt",
            3,
            None,
            [2, 2, 1, 3, 4, 4],
            outcome("3", [(1, "", "01"), (1, "01", "")], lists=[1, 1]),
        ),
        (
            "broken",
            pairs,
            "dhondt",
            3,
            [5, 0, 4, 1, 2, 3],
            [2, 2, 1, 3, 4, 4],
            outcome("023", by_tie_break=True, lists=[1, 2]),
        ),
        ("tie", three, "largest-remainder", 1, None, [1, 1, 0], outcome("", [(1, "", "01")], lists=[0, 0, 0])),
        (
            "broken",
            three,
            "largest-remainder",
            1,
            [2, 1, 0],
            [1, 1, 0],
            outcome("", by_tie_break=True, lists=[0, 1, 0]),
        ),
        ("no list has votes", three, "dhondt", 4, None, [0, 0, 0], outcome("", vacant=4, lists=[0, 0, 0])),
        ("exact", three, "largest-remainder", 4, None, [2, 1, 1], outcome("", lists=[2, 1, 1])),
    ]
    vectors = []
    for name, contest, method, seats, tie_break, totals, expected in cases:
        weight, rule = max(sum(totals[contest.options :]), 1), Rule(method, seats, tie_break)
        vectors.append((f"{name}, {method}, {seats} seats", contest, rule, totals, weight, expected))
    return vectors


def outcome_vector(
    name: str, contest: Contest, rule: Rule | None, totals: list[int] | None, weight: int, expected: dict | None
) -> dict:
    named = {} if rule is None else {"method": rule.method, "seats": rule.seats}
    return vector(
        name,
        "outcome",
        contest=contest_json(contest),
        counting=counting_json(rule),
        totals=totals,
        weight=weight,
        meaning=None if totals is None else vars(meaning_of(contest, totals, weight)),
        outcome=None if expected is None else named | expected,
    )


def counts(_: Source) -> dict:
    vectors = [outcome_vector(*case) for case in [*highest(), *rankings(), *lists()]]
    return document("counting.json", vectors)
