"""Contests and counting rules that keep the rules, and that break them: bad_contest of messages.json."""

from checks.contest import contest_json, counting_json
from reference.contest import Allocation, Choice, Contest, Lists, Positional, Quadratic, Ranking, Rule, Score

from .source import vector

BILLION = 10**9

RIGHT: list[Contest] = [
    Choice(3, 0, 3, True),
    Score(3, 1_000_000, 0, 3_000_000),
    Score(1, 1, 1, 1),
    Positional(3, 3, [1_000_000, 0, 0]),
    Positional(1, 0, [1]),
    Quadratic(1, 1_000_000),
    Quadratic(2, 1),
    Ranking(2, True),
    Lists(3, [1, 0, 2], 0, BILLION),
    Lists(3, [1, 2], 1, 1),
    Allocation(1, 2**32 - 1, True),
    Allocation(3, 1, False),
]

WRONG: list[Contest] = [
    Choice(3, 2, 1, False),
    Choice(3, 0, 4, False),
    Choice(3, 0, 0, True),
    Score(3, 0, 0, 1),
    Score(3, 1_000_001, 0, 1),
    Score(3, 2, 3, 2),
    Score(3, 2, 0, 0),
    Score(3, 2, 0, 7),
    Positional(3, 0, []),
    Positional(3, 0, [4, 3, 2, 1]),
    Positional(3, 3, [2, 1]),
    Positional(3, 0, [1, 2]),
    Positional(3, 0, [0, 0]),
    Positional(3, 0, [1_000_001]),
    Quadratic(3, 0),
    Quadratic(3, 1_000_001),
    Ranking(1, False),
    Lists(3, [2, 2], 0, 1),
    Lists(3, [3], 2, 1),
    Lists(3, [3], 0, 0),
    Lists(3, [1, 2], 2, 2),
    Lists(3, [0, 3], 1, 1),
    Allocation(3, 0, False),
    Allocation(3, 2**32, True),
    Allocation(3, 2**64 - 1, False),
]

CHOICE, RANKING, LISTS = Choice(2, 1, 1, True), Ranking(3, False), Lists(2, [2, 0], 0, 1)

RULES: list[tuple[Contest, Rule, bool]] = [
    (CHOICE, Rule("highest", 2, [1, 0]), True),
    (CHOICE, Rule("highest", 0, None), False),
    (CHOICE, Rule("highest", 3, None), False),
    (CHOICE, Rule("highest", 1, []), False),
    (CHOICE, Rule("highest", 1, [0, 0]), False),
    (CHOICE, Rule("highest", 1, [0, 1, 2]), False),
    (CHOICE, Rule("highest", 1, [1, 2]), False),
    (CHOICE, Rule("schulze", 1, None), False),
    (CHOICE, Rule("dhondt", 1, None), False),
    (Choice(2, 2, 1, True), Rule("highest", 1, None), False),
    (Allocation(2, 9, True), Rule("highest", 2, None), True),
    (RANKING, Rule("condorcet", 1, None), True),
    (RANKING, Rule("condorcet", 1, [0, 1, 2]), False),
    (RANKING, Rule("copeland", 1, [2, 0, 1]), True),
    (RANKING, Rule("ranked-pairs", 2, None), False),
    (RANKING, Rule("schulze", 0, None), False),
    (RANKING, Rule("highest", 1, None), False),
    (LISTS, Rule("dhondt", 1000, [2, 0, 3, 1]), True),
    (LISTS, Rule("sainte-lague", 1001, None), False),
    (LISTS, Rule("largest-remainder", 1, [1, 0]), False),
    (LISTS, Rule("highest", 2, [0, 1, 2, 3]), True),
    (LISTS, Rule("highest", 3, None), False),
    (LISTS, Rule("condorcet", 1, None), False),
]


def bad_contests() -> list[dict]:
    cases = [(c, None, True) for c in RIGHT] + [(c, None, False) for c in WRONG] + RULES
    return [
        vector(
            f"contest {i}: {contest.kind}" + ("" if rule is None else ", " + rule.method),
            "bad_contest",
            contest=contest_json(contest),
            counting=counting_json(rule),
            code=None if right else "manifest_contest",
        )
        for i, (contest, rule, right) in enumerate(cases, 1)
    ]
