"""What must hold of outcomes on random totals."""

from fractions import Fraction

from checks.fields import Mismatch
from reference.contest import Allocation, Choice, Lists, Ranking, Rule
from reference.counting import Meaning, meaning_of, outcome_of
from reference.pairs import leads, pairs_of, ranked_pairs, wins_of

from .counts import totals_of
from .source import Source

RUNS = 200


def require(condition: bool, what: str) -> None:
    if not condition:
        raise Mismatch(f"self-test: {what}")


def check_condorcet_winner(source: Source) -> None:
    """Who beats everybody wins by every method."""
    names = "ABCDE"
    orders = {"".join(source.sample(names, 5)): source.randrange(1, 9) for _ in range(7)}
    weight, totals = sum(orders.values()), totals_of(orders, names)
    methods = ("condorcet", "copeland", "schulze", "ranked-pairs")
    outcomes = {m: outcome_of(Ranking(5, False), Rule(m, 1, None), totals, weight) for m in methods}
    winner = outcomes["condorcet"]["elected"]
    if winner:
        require(all(o["elected"] == winner for o in outcomes.values()), f"a Condorcet winner loses: {orders}")


def check_ties_allowed(source: Source) -> None:
    """The same ballots, with slots for every pair, give the same outcome."""
    names = "ABCD"
    orders = {"".join(source.sample(names, 4)): source.randrange(1, 5) for _ in range(5)}
    weight = sum(orders.values())
    for method in ("copeland", "schulze", "ranked-pairs"):
        rule = Rule(method, 1, source.sample(range(4), 4))
        one = outcome_of(Ranking(4, False), rule, totals_of(orders, names), weight)
        other = outcome_of(Ranking(4, True), rule, totals_of(orders, names, True), weight)
        require(one == other, f"{method} with all pairs differs: {orders}")


def check_ranked_pairs(source: Source) -> None:
    """Whom any order of equal wins lets win is a candidate, and so is whom the tie-break elects."""
    count, most = source.choice([3, 4]), source.choice([3, 5, 7])
    totals = [source.randint(0, most) for _ in range(count * (count - 1) // 2)]
    pairs = pairs_of(Ranking(count, False), totals, most)
    open_tie = ranked_pairs(pairs, Rule("ranked-pairs", 1, None))
    candidates = open_tie.elected or open_tie.ties[0].entrants
    broken = ranked_pairs(pairs, Rule("ranked-pairs", 1, source.sample(range(count), count)))
    require(set(broken.elected) <= set(candidates), f"the tie-break elects no candidate: {pairs}")
    require(broken.by_tie_break == (len(candidates) > 1), f"by tie-break: {pairs}")
    for _ in range(10):
        kept, wins = set(), wins_of(pairs)
        for a, b in sorted(source.sample(sorted(wins), len(wins)), key=wins.get, reverse=True):
            kept |= set() if leads(kept, b, a) else {(a, b)}
        winners = set(range(count)) - {b for _, b in kept}
        require(winners <= set(candidates), f"a winner by some order is no candidate: {pairs}")


def check_quotients(source: Source) -> None:
    """The seats are the greatest quotients of all: the same without giving them one after another."""
    votes, seats = [source.randrange(1, 30) for _ in range(4)], source.randrange(1, 12)
    for method, step in (("dhondt", 1), ("sainte-lague", 2)):
        found = outcome_of(Lists(0, [0] * 4, 0, 1), Rule(method, seats, None), votes, sum(votes))
        quotients = sorted((Fraction(v, step * s + 1), i) for i, v in enumerate(votes) for s in range(seats))[::-1]
        last = quotients[seats - 1][0]
        level = [i for quotient, i in quotients if quotient == last]
        sure = [i for quotient, i in quotients if quotient > last]
        tie = len(level) > seats - len(sure)
        given = sure if tie else sure + level
        require([item["seats"] for item in found["lists"]] == [given.count(i) for i in range(4)], f"{method}: {votes}")
        undecided = [{"seats": seats - len(sure), "options": [], "lists": sorted(map(str, level))}] if tie else []
        require(found["undecided"] == undecided, f"the tie of {method}: {votes}")


def check_meanings() -> None:
    expected = [
        (Choice(2, 1, 1, True), [3, 4, 5], Meaning([3, 4], blank=5)),
        (Choice(2, 1, 1, False), [3, 4], Meaning([3, 4])),
        (Lists(2, [1, 0, 1], 0, 1), [3, 4, 5, 6, 7], Meaning([3, 4], lists=[5, 6, 7])),
        (Allocation(2, 65536, False), [1, 2, 3, 0], Meaning([131073, 3])),
        (Ranking(3, False), [3, 0, 9], Meaning(pairs=[[0, 3, 0], [6, 0, 9], [9, 0, 0]])),
        (Ranking(2, True), [3, 4], Meaning(pairs=[[0, 3], [4, 0]])),
    ]
    for contest, totals, meaning in expected:
        require(meaning_of(contest, totals, 9) == meaning, f"what {totals} mean for {contest}")


def check_properties() -> int:
    check_meanings()
    source = Source("properties")
    checks = (check_condorcet_winner, check_ties_allowed, check_ranked_pairs, check_quotients)
    for check in checks:
        for _ in range(RUNS):
            check(source)
    print(f"properties of outcomes: {len(checks) * RUNS}", flush=True)
    return len(checks) * RUNS
