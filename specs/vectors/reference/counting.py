"""From totals to what they mean, and to an outcome. Implements specs/tally.md#meaning and specs/counting.md."""

from dataclasses import dataclass

from . import pairs, seats
from .contest import LIMB, Allocation, Choice, Contest, Lists, Ranking, Rule
from .cutting import Filled, Tie, cut


@dataclass
class Meaning:
    """Of the totals of a contest; None where the kind has no such thing."""

    options: list[int] | None = None
    blank: int | None = None
    lists: list[int] | None = None
    pairs: list[list[int]] | None = None


def meaning_of(contest: Contest, totals: list[int], weight: int) -> Meaning:
    """`weight` is the sum of the weights of the group's ballots."""
    assert len(totals) == contest.slot_count()
    if isinstance(contest, Ranking):
        return Meaning(pairs=pairs.pairs_of(contest, totals, weight))
    if isinstance(contest, Allocation):
        limbs = [totals[i :: contest.limbs()] for i in range(contest.limbs())]
        return Meaning([sum(t * LIMB**i for i, t in enumerate(option)) for option in zip(*limbs, strict=True)])
    options, more = totals[: contest.options], totals[contest.options :]
    blank = more[0] if isinstance(contest, Choice) and contest.blank else None
    return Meaning(options, blank, more if isinstance(contest, Lists) else None)


def fill(contest: Contest, rule: Rule, meaning: Meaning) -> tuple[Filled, list[int] | None]:
    """What became of the seats, and for the list methods the seats of each list."""
    if isinstance(contest, Ranking):
        return pairs.METHODS[rule.method](meaning.pairs, rule), None
    if isinstance(contest, Lists) and rule.method != "highest":
        return seats.fill(contest, rule, meaning.options, meaning.lists)
    return cut(rule, rule.seats, dict(enumerate(meaning.options))), None


def tie_json(tie: Tie, options: int) -> dict:
    names = {"options": [str(e) for e in tie.entrants if e < options]}
    return {"seats": tie.seats, **names, "lists": [str(e - options) for e in tie.entrants if e >= options]}


def outcome_of(contest: Contest, rule: Rule | None, totals: list[int] | None, weight: int) -> dict | None:
    """As specs/counting.md#json, without explanation; ids are numbers from 0."""
    if rule is None or totals is None or weight == 0:
        return None
    filled, of_lists = fill(contest, rule, meaning_of(contest, totals, weight))
    outcome = {
        "method": rule.method,
        "seats": rule.seats,
        "elected": list(map(str, sorted(filled.elected))),
        "undecided": [tie_json(tie, contest.options) for tie in filled.ties],
        "vacant": filled.vacant,
        "by_tie_break": filled.by_tie_break,
    }
    lists = [{"id": str(i), "seats": count} for i, count in enumerate(of_lists or [])]
    return outcome | ({"lists": lists} if of_lists is not None else {})
