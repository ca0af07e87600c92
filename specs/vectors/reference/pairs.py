"""One seat from comparisons of pairs. Implements specs/counting.md#pairs."""

from itertools import combinations, groupby, permutations, product

from .contest import Ranking, Rule
from .cutting import Filled, Tie, cut

Pairs = list[list[int]]
Strength = tuple[int, int]
"""(for, −against): the greater the stronger."""


def pairs_of(contest: Ranking, totals: list[int], weight: int) -> Pairs:
    """Row a, column b is N(a,b); 0 for a = b."""
    matrix = [[0] * contest.options for _ in range(contest.options)]
    numbers = (permutations if contest.ties else combinations)(range(contest.options), 2)
    for (a, b), total in zip(numbers, totals, strict=True):
        matrix[a][b] = total
        if not contest.ties:
            matrix[b][a] = weight - total
    return matrix


def wins_of(pairs: Pairs) -> dict[tuple[int, int], Strength]:
    """By (winner, loser)."""
    options = range(len(pairs))
    return {(a, b): (pairs[a][b], -pairs[b][a]) for a, b in permutations(options, 2) if pairs[a][b] > pairs[b][a]}


def condorcet(pairs: Pairs, rule: Rule) -> Filled:
    wins, count = wins_of(pairs), len(pairs)
    winners = [a for a in range(count) if all((a, b) in wins for b in range(count) if b != a)]
    return Filled(winners) if winners else Filled(ties=[Tie(1, [])])


def copeland(pairs: Pairs, rule: Rule) -> Filled:
    wins, count = wins_of(pairs), len(pairs)
    scores = dict.fromkeys(range(count), 0)
    for a, b in permutations(range(count), 2):
        scores[a] += 2 if (a, b) in wins else 0 if (b, a) in wins else 1
    return cut(rule, 1, scores)


def one_of(candidates: list[int], rule: Rule) -> Filled:
    return cut(rule, 1, dict.fromkeys(candidates, 0))


def schulze(pairs: Pairs, rule: Rule) -> Filled:
    count, none = len(pairs), (-1, 0)
    wins = wins_of(pairs)
    p = {pair: wins.get(pair, none) for pair in product(range(count), repeat=2)}
    for middle, a, b in product(range(count), repeat=3):
        p[a, b] = max(p[a, b], min(p[a, middle], p[middle, b]))
    options = range(count)
    return one_of([a for a in options if not any(p[b, a] > p[a, b] for b in options if b != a)], rule)


def leads(arrows: set[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a path does."""
    found, frontier = set(), {start}
    while frontier and end not in found:
        frontier = {b for a, b in arrows if a in frontier} - found
        found |= frontier
    return end in found


def ranked_pairs(pairs: Pairs, rule: Rule) -> Filled:
    wins, possible, sure = wins_of(pairs), set(), set()
    strongest_first = sorted(wins, key=wins.get, reverse=True)
    for _, level in groupby(strongest_first, key=wins.get):
        here = {(a, b) for a, b in level if not leads(sure, b, a)}
        possible |= here
        sure |= {(a, b) for a, b in here if not leads(possible, b, a)}
    candidates = [option for option in range(len(pairs)) if option not in {b for _, b in sure}]
    if len(candidates) == 1 or rule.tie_break is None:
        return one_of(candidates, rule)
    return Filled([by_tie_break(pairs, rule.tie_break)], by_tie_break=True)


def by_tie_break(pairs: Pairs, tie_break: list[int]) -> int:
    """Who wins where the tie-break orders wins of equal strength, and pairs that neither option wins."""
    wins, kept = wins_of(pairs), set()
    level = [(a, b) for a, b in permutations(range(len(pairs)), 2) if pairs[a][b] == pairs[b][a]]
    ordered = sorted(wins, key=lambda win: (-wins[win][0], -wins[win][1], tie_break.index(win[0])))
    for a, b in ordered + sorted(level, key=lambda pair: tie_break.index(pair[0])):
        if not leads(kept, b, a):
            kept.add((a, b))
    (winner,) = set(range(len(pairs))) - {b for _, b in kept}
    return winner


METHODS = {"condorcet": condorcet, "copeland": copeland, "schulze": schulze, "ranked-pairs": ranked_pairs}
