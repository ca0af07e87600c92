"""Counts the same votes with programs of others, and compares the outcomes.

usage: recount.py PROGRAM      PROGRAM is the example `recount` of tabella-counting

| method | who counts besides | agreement |
| --- | --- | --- |
| highest, 1 seat | pref_voting: plurality, Borda, approval and score winners | all who win or tie |
| highest, several seats | abcvoting: approval voting, all winning committees | in all of them: elected; in some: tied |
| condorcet, copeland | pref_voting | the winner; all who win or tie |
| schulze | pref_voting: beat path, by our strength of a win | all who win or tie |
| ranked-pairs with a tie-break | pref_voting: ranked pairs by an order of the options | the winner, if a tie was decided |
| ranked-pairs without | pref_voting: ranked pairs by any order of equal wins | see below |
| the list methods | votelib: highest averages, largest remainder, plurality in each list | all of the outcome |

They count the ballots; what we count is the totals of the slots that these ballots would have.

A documented difference: who wins by any order of equally strong wins is NP-hard to find. Our candidates are all of
those, and sometimes one more (specs/counting.md#pairs). So where two wins are equally strong, all of theirs must be among
ours, and an only candidate of ours must be their only winner; where no two are, both must be the same.

Every comparison is made again with an outcome that is spoilt, and must notice it.
"""

import itertools
import json
import math
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import absent

absent.stand_in()

from abcvoting import abcrules  # noqa: E402
from abcvoting.preferences import Profile as Approvals  # noqa: E402
from abcvoting.preferences import Voter  # noqa: E402
from pref_voting.c1_methods import copeland  # noqa: E402
from pref_voting.grade_methods import approval, score_voting  # noqa: E402
from pref_voting.grade_profiles import GradeProfile  # noqa: E402
from pref_voting.margin_based_methods import beat_path, ranked_pairs, ranked_pairs_tb  # noqa: E402
from pref_voting.profiles import Profile  # noqa: E402
from pref_voting.profiles_with_ties import ProfileWithTies  # noqa: E402
from pref_voting.scoring_methods import borda, plurality, scoring_rule  # noqa: E402
from votelib.evaluate.core import Plurality, Tie  # noqa: E402
from votelib.evaluate.proportional import HighestAverages, LargestRemainder  # noqa: E402

DATA = Path(__file__).parents[3] / "tests/data/pabulib"
SEED = 1
RANKINGS = 1_500
LARGE_RANKINGS = 10
POINTS = 400
COMMITTEES = 300
LISTS = 700
MOST_ORDERS = 150


class Case:
    """What we are to count, how others count it, and whether our outcome agrees with theirs."""

    def __init__(self, kind, rule, totals, agrees, winners=None):
        self.kind = kind
        self.question = {"rule": rule, **totals}
        self.agrees = agrees
        # Who wins by some order of equal wins, where our candidates may be more; else any other outcome is wrong.
        self.winners = winners


# --- Outcomes ---------------------------------------------------------------------------------------------------------


def won_or_tied(outcome):
    """All options that win the one seat or tie for it."""
    return set(outcome["elected"]).union(*(tie["options"] for tie in outcome["undecided"]))


def agrees_with_winners(winners, tie_break):
    """One seat, and others name all who win: one of them is elected, or all tie, or the first in the tie-break wins."""
    winners = set(winners)

    def agrees(outcome):
        tied = len(winners) > 1
        if not tied or tie_break is not None:
            first = next(option for option in (tie_break or winners) if option in winners)
            return (
                outcome["elected"] == [first] and not outcome["undecided"] and outcome["by_tie_break"] == tied
            )
        tie = {"seats": 1, "options": sorted(winners), "lists": []}
        return outcome["elected"] == [] and outcome["undecided"] == [tie]

    return agrees


def spoilt(case, outcome):
    """The same with another winner, or another number of seats of the first list; or with nobody at all."""
    if case.winners is not None:
        return {**outcome, "elected": [], "undecided": []}
    if outcome["list_seats"] is None:
        elected = set(outcome["elected"]) ^ {0}
        return {**outcome, "elected": sorted(elected)}
    first, *others = outcome["list_seats"]
    return {**outcome, "list_seats": [first + 1, *others]}


# --- Rankings ---------------------------------------------------------------------------------------------------------


class Ranking:
    """Ballots, each the places of the options and a weight."""

    def __init__(self, options, ballots):
        self.options = options
        self.ballots = ballots
        places = [dict(enumerate(ballot)) for ballot, _ in ballots]
        weights = [weight for _, weight in ballots]
        self.ties = any(len(set(ballot)) < options for ballot, _ in ballots)
        if self.ties:
            self.profile = ProfileWithTies(places, rcounts=weights, candidates=range(options))
        else:
            orders = [sorted(range(options), key=ballot.__getitem__) for ballot, _ in ballots]
            self.profile = Profile(orders, rcounts=weights)
        self.weight = sum(weights)

    def totals(self):
        """The totals of the slots (specs/ballot.md#shape): p(a,b) for a < b, or for all a and b if ties are allowed."""
        pairs = itertools.permutations if self.ties else itertools.combinations
        slots = [
            sum(weight for places, weight in self.ballots if places[a] < places[b])
            for a, b in pairs(range(self.options), 2)
        ]
        return {
            "ranking": {"options": self.options, "ties": self.ties, "weight": self.weight, "slots": slots}
        }

    def strength(self, a, b):
        """How specs/counting.md#pairs orders wins, as one number; a pair that neither wins comes last."""
        if not self.profile.majority_prefers(a, b):
            return 0
        return int(self.profile.support(a, b)) * (self.weight + 1) + self.weight - int(self.profile.support(b, a))

    def orders(self):
        """How many wins are equally strong, and how many orders of equal ones there are for ranked pairs."""
        pairs = list(itertools.permutations(range(self.options), 2))
        wins = Counter(self.strength(a, b) for a, b in pairs if self.profile.majority_prefers(a, b))
        level = sum(self.profile.is_tied(a, b) for a, b in pairs)
        orders = math.prod(math.factorial(number) for number in [*wins.values(), level])
        return max(wins.values(), default=0) > 1, orders


def ranking_cases(name, ranking, made_up):
    totals = ranking.totals()
    profile, strength = ranking.profile, ranking.strength
    order = made_up.sample(range(ranking.options), ranking.options)

    winner = profile.condorcet_winner()
    CYCLES[winner is None] += 1
    yield Case(f"{name}: condorcet", ["condorcet", 1, None], totals, agrees_with_condorcet(winner))
    for method, winners in (
        ("copeland", copeland(profile)),
        ("schulze", beat_path(profile, strength_function=strength)),
    ):
        for tie_break in (None, order):
            yield Case(
                f"{name}: {method}", [method, 1, tie_break], totals, agrees_with_winners(winners, tie_break)
            )

    (by_order,) = ranked_pairs_tb(profile, tie_breaker=order, strength_function=strength)
    yield Case(
        f"{name}: ranked-pairs with a tie-break",
        ["ranked-pairs", 1, order],
        totals,
        lambda outcome: outcome["elected"] == [by_order] and not outcome["undecided"],
    )
    equal, orders = ranking.orders()
    if winner is None and orders > MOST_ORDERS:
        return
    winners = ranked_pairs(profile, strength_function=strength)
    if not equal:
        yield Case(
            f"{name}: ranked-pairs",
            ["ranked-pairs", 1, None],
            totals,
            agrees_with_winners(winners, None),
        )
        return

    def agrees(outcome):
        ours = won_or_tied(outcome)
        return set(winners) <= ours and (len(ours) > 1 or winners == outcome["elected"])

    yield Case(f"{name}: ranked-pairs, equal wins", ["ranked-pairs", 1, None], totals, agrees, winners)


# How many rankings have no winner who beats every other option, and how many have one.
CYCLES = Counter()


def agrees_with_condorcet(winner):
    if winner is not None:
        return agrees_with_winners([winner], None)
    nobody = {"seats": 1, "options": [], "lists": []}
    return lambda outcome: outcome["elected"] == [] and outcome["undecided"] == [nobody]


def letters(options, *ballots):
    """A ranking of ballots as they are printed in books."""
    return Ranking(len(options), [([order.index(option) for option in options], weight) for weight, order in ballots])


def known_rankings():
    yield letters("MNCK", (42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM"))
    yield letters(
        "ABCDE",
        *((5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"), (7, "DCEBA"), (8, "EBADC")),
    )
    yield letters("abcd", (8, "acdb"), (2, "badc"), (4, "cdba"), (4, "dbac"), (3, "dcba"))


def made_up_ranking(made_up, options):
    """Ballots near the turns of one order, as that makes cycles; seldom one whose options have a clear winner."""
    while True:
        base = made_up.sample(range(options), options)
        turns = [base[at:] + base[:at] for at in range(options)] if made_up.random() < 0.7 else [base]
        shared = made_up.random() < 0.5
        most = made_up.choice([1, 2, 4, 1_000, 2**30])
        ballots = []
        for _ in range(made_up.randint(1, 12)):
            places = list(made_up.choice(turns))
            for _ in range(made_up.randint(0, 3)):
                a, b = made_up.randrange(options), made_up.randrange(options)
                places[a], places[b] = places[b], places[a]
            if shared:
                places = [place // made_up.choice([1, 1, 2]) for place in places]
            ballots.append((places, made_up.randint(1, most)))
        ranking = Ranking(options, ballots)
        if ranking.profile.condorcet_winner() is None or made_up.random() < 0.1:
            return ranking


# --- Points and approvals ---------------------------------------------------------------------------------------------


def point_cases(made_up):
    """One seat by totals: of first places, of weights of places, of approvals, of scores."""
    options, voters = made_up.randint(2, 7), made_up.randint(1, 12)
    orders = [made_up.sample(range(options), options) for _ in range(voters)]
    weights = [made_up.randint(1, made_up.choice([1, 5])) for _ in range(voters)]
    profile = Profile(orders, rcounts=weights)
    scheme = sorted((made_up.randint(0, 9) for _ in range(options)), reverse=True)
    place = {option: [order.index(option) for order in orders] for option in range(options)}

    def positional(earned):
        return [sum(map(lambda at, weight: earned[at] * weight, place[option], weights)) for option in range(options)]

    first = [1] + [0] * (options - 1)
    yield "plurality", positional(first), plurality(profile)
    yield "Borda", positional(range(options - 1, -1, -1)), borda(profile)
    yield "positional", positional(scheme), scoring_rule(profile, score=lambda _, rank: scheme[rank - 1])

    for name, most, rule in (("approval", 1, approval), ("score", 5, score_voting)):
        ballots = [{option: made_up.randint(0, most) for option in range(options)} for _ in range(voters)]
        grades = GradeProfile(ballots, range(most + 1), gcounts=weights, candidates=range(options))
        totals = [sum(ballot[o] * weight for ballot, weight in zip(ballots, weights)) for o in range(options)]
        yield name, totals, rule(grades)


def committee_cases(name, options, ballots, seats, totals, made_up):
    """Several seats by approvals, each ballot the options approved and a weight."""
    profile = Approvals(options)
    profile.add_voters(Voter(approved, weight=weight) for approved, weight in ballots)
    committees = abcrules.compute("av", profile, committeesize=seats, max_num_of_committees=None)
    certain = set.intersection(*map(set, committees))
    open_to = set.union(*map(set, committees)) - certain
    order = made_up.sample(range(options), options)

    def agrees(outcome):
        tie = {"seats": seats - len(certain), "options": sorted(open_to), "lists": []}
        return outcome["elected"] == sorted(certain) and outcome["undecided"] == ([tie] if open_to else [])

    def agrees_by_order(outcome):
        drawn = [option for option in order if option in open_to][: seats - len(certain)]
        return outcome["elected"] == sorted(certain.union(drawn)) and outcome["by_tie_break"] == bool(open_to)

    yield Case(f"{name}: highest, several seats", ["highest", seats, None], {"options": totals}, agrees)
    yield Case(f"{name}: highest, several seats", ["highest", seats, order], {"options": totals}, agrees_by_order)


# --- Lists ------------------------------------------------------------------------------------------------------------

LIST_METHODS = {
    "dhondt": HighestAverages("d_hondt"),
    "sainte-lague": HighestAverages("sainte_lague"),
    "largest-remainder": LargestRemainder("hare"),
}


class Shared:
    """Seats that votelib gave: those that are certain, and those for which entrants tie."""

    def __init__(self, given):
        self.certain = {entrant: seats for entrant, seats in given.items() if not isinstance(entrant, Tie)}
        self.tied, self.open = [], 0
        for entrant, seats in given.items():
            if isinstance(entrant, Tie):
                self.tied, self.open = sorted(entrant), seats

    def by(self, order):
        """All seats, if ties are decided for who stands first."""
        drawn = [entrant for entrant in order if entrant in self.tied][: self.open]
        return Counter(self.certain) + Counter(drawn)


def list_cases(name, lists, seats, made_up):
    """Each list a total, and the totals of its options."""
    options = [total for _, own in lists for total in own]
    totals = {"options": options, "lists": [[total, len(own)] for total, own in lists]}
    ends = list(itertools.accumulate(len(own) for _, own in lists))
    numbers = [range(end - len(own), end) for end, (_, own) in zip(ends, lists)]
    order = made_up.sample(range(len(options) + len(lists)), len(options) + len(lists))
    list_order = [number - len(options) for number in order if number >= len(options)]

    for method, evaluator in LIST_METHODS.items():
        shared = Shared(evaluator.evaluate({at: total for at, (total, _) in enumerate(lists)}, seats))
        for tie_break in (None, order):
            given = shared.certain if tie_break is None else shared.by(list_order)
            fills = [
                Shared(Counter(Plurality().evaluate({option: options[option] for option in own}, given.get(at, 0))))
                for at, own in enumerate(numbers)
            ]
            vacant = sum(
                given.get(at, 0) - fill.open - len(fill.certain)
                for at, fill in enumerate(fills)
                if numbers[at]
            )
            ties = [{"seats": shared.open, "options": [], "lists": shared.tied}] if shared.open else []
            ties += [{"seats": fill.open, "options": fill.tied, "lists": []} for fill in fills if fill.open]
            theirs = {
                "elected": sorted(
                    option for fill in fills for option in (fill.by(tie_break) if tie_break else fill.certain)
                ),
                "undecided": ties if tie_break is None else [],
                "vacant": vacant,
                "by_tie_break": tie_break is not None and bool(ties),
                "list_seats": [given.get(at, 0) for at in range(len(lists))],
            }
            yield Case(f"{name}: {method}", [method, seats, tie_break], totals, theirs.__eq__)


def made_up_lists(made_up):
    most = made_up.choice([3, 20, 10**6, 2**53 - 1])
    lists = [
        (made_up.randint(0, most), [made_up.randint(0, most) for _ in range(made_up.choice([0, 1, 3, 9]))])
        for _ in range(made_up.randint(1, 8))
    ]
    return lists if any(total for total, _ in lists) else [(1, [])]


# --- Real votes -------------------------------------------------------------------------------------------------------


def pabulib(path):
    """The totals as published, and the ballots."""
    section, totals, ballots = None, {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split(";")
        if line in ("META", "PROJECTS", "VOTES"):
            section, header = line, None
        elif header is None:
            header = fields
        elif section == "PROJECTS":
            totals[fields[header.index("project_id")]] = int(fields[header.index("votes")])
        elif section == "VOTES":
            ballots.append(fields[header.index("vote")].split(","))
    numbers = {project: number for number, project in enumerate(totals)}
    return list(totals.values()), [([numbers[project] for project in ballot], 1) for ballot in ballots]


# --- All of it --------------------------------------------------------------------------------------------------------


def cases():
    made_up = random.Random(SEED)
    for ranking in known_rankings():
        yield from ranking_cases("known", ranking, made_up)
    for _ in range(RANKINGS):
        yield from ranking_cases("made up", made_up_ranking(made_up, made_up.randint(3, 7)), made_up)
    for _ in range(LARGE_RANKINGS):
        yield from ranking_cases("large", made_up_ranking(made_up, made_up.randint(30, 43)), made_up)
    for _ in range(POINTS):
        for name, totals, winners in point_cases(made_up):
            order = made_up.sample(range(len(totals)), len(totals))
            for tie_break in (None, order):
                agrees = agrees_with_winners(winners, tie_break)
                yield Case(f"made up: highest, {name}", ["highest", 1, tie_break], {"options": totals}, agrees)
    for _ in range(COMMITTEES):
        options = made_up.randint(2, 8)
        ballots = [
            (made_up.sample(range(options), made_up.randint(0, options)), made_up.randint(1, 3))
            for _ in range(made_up.randint(1, 9))
        ]
        totals = [sum(weight for approved, weight in ballots if o in approved) for o in range(options)]
        yield from committee_cases("made up", options, ballots, made_up.randint(1, options), totals, made_up)
    for _ in range(LISTS):
        yield from list_cases("made up", made_up_lists(made_up), made_up.randint(1, 40), made_up)
    for path in sorted(DATA.glob("*.pb")):
        totals, ballots = pabulib(path)
        for seats in range(1, len(totals) + 1):
            yield from committee_cases("real", len(totals), ballots, seats, totals, made_up)
        for seats in (1, 7, 60, 500):
            yield from list_cases("real", [(total, []) for total in totals], seats, made_up)


def main():
    (program,) = sys.argv[1:]
    asked = list(cases())
    lines = "".join(json.dumps(case.question) + "\n" for case in asked)
    run = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
    outcomes = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(outcomes) == len(asked), "an outcome for each case"

    agreed, disagreed = Counter(), 0
    for case, outcome in zip(asked, outcomes):
        if case.agrees(outcome):
            agreed[case.kind] += 1
        else:
            disagreed += 1
            print(f"{case.kind}: others count otherwise\n  {json.dumps(case.question)}\n  {json.dumps(outcome)}")
    blind = sum(case.agrees(spoilt(case, outcome)) for case, outcome in zip(asked, outcomes))
    same = Counter(
        set(case.winners) == won_or_tied(outcome) for case, outcome in zip(asked, outcomes) if case.winners is not None
    )

    for kind, number in sorted(agreed.items()):
        print(f"{number:6} {kind}")
    print(f"{CYCLES[True]} rankings have no winner who beats every other option, {CYCLES[False]} have one.")
    print(f"Where wins are equally strong, our candidates by ranked pairs are {same[True]} times those who win by some")
    print(f"order of them, {same[False]} times more.")
    if disagreed or blind:
        sys.exit(f"{disagreed} outcomes are not those of others; {blind} spoilt outcomes were not noticed.")
    print(f"All {len(asked)} outcomes are those of others; all that were spoilt were noticed.")


if __name__ == "__main__":
    main()
