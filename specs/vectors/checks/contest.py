"""The shared objects contest, contests and counting of README.md#shared."""

import dataclasses

from reference.contest import KINDS, Contest, Rule

from .fields import Fields

READERS = {"lists": Fields.naturals, "weights": Fields.naturals}
READERS |= dict.fromkeys(("blank", "ties", "range"), Fields.flag)
"""How parameters are read that are no integers."""


def read_one(item: Fields) -> Contest:
    kind = KINDS.get(item.text("kind")) or item.fail("kind", "is unknown")
    names = [field.name for field in dataclasses.fields(kind)]
    contest = kind(**{name: READERS.get(name, Fields.integer)(item, name) for name in names})
    item.finish()
    return contest


def read_contest(vector: Fields) -> Contest:
    return read_one(vector.child("contest"))


def read_contests(vector: Fields) -> list[Contest]:
    return list(map(read_one, vector.children("contests")))


def read_counting(vector: Fields) -> Rule | None:
    if vector.data.get("counting") is None:
        return vector.get("counting")
    item = vector.child("counting")
    tie_break = item.get("tie_break") and item.naturals("tie_break")
    rule = Rule(item.text("method"), item.integer("seats"), tie_break)
    item.finish()
    return rule


def contest_json(contest: Contest) -> dict:
    return {"kind": contest.kind, **dataclasses.asdict(contest)}


def counting_json(rule: Rule | None) -> dict | None:
    return None if rule is None else dataclasses.asdict(rule)
