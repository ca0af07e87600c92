"""counting.json: specs/tally.md#meaning, specs/counting.md."""

from reference.contest import is_right
from reference.counting import meaning_of, outcome_of

from .contest import read_contest, read_counting
from .fields import Fields, Vectors


def check_outcome(vector: Fields, _: Vectors) -> None:
    contest, rule, weight = read_contest(vector), read_counting(vector), vector.integer("weight")
    if not is_right(contest, rule):
        vector.fail("counting", "or the contest breaks the rules")
    totals = None if vector.data.get("totals") is None else vector.naturals("totals")
    vector.expect("totals", totals)
    vector.expect("meaning", None if totals is None else vars(meaning_of(contest, totals, weight)))
    vector.expect("outcome", outcome_of(contest, rule, totals, weight))


KINDS = {"outcome": check_outcome}
