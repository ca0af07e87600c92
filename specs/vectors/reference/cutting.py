"""Outcomes, and filling seats by a score. Implements specs/counting.md#outcome."""

from dataclasses import dataclass, field

from .contest import Rule


@dataclass
class Tie:
    """Seats left open, and the entrants that tie for them."""

    seats: int
    entrants: list[int]


@dataclass
class Filled:
    """What became of some seats."""

    elected: list[int] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    vacant: int = 0
    by_tie_break: bool = False

    def add(self, other: "Filled") -> None:
        self.elected += other.elected
        self.ties += other.ties
        self.vacant += other.vacant
        self.by_tie_break |= other.by_tie_break


def decide(rule: Rule, seats: int, tied: list[int]) -> Filled:
    """More entrants than seats, all as good as one another."""
    if rule.tie_break is None:
        return Filled(ties=[Tie(seats, sorted(tied))])
    return Filled(sorted(tied, key=rule.tie_break.index)[:seats], by_tie_break=True)


def cut(rule: Rule, seats: int, scores: dict[int, int]) -> Filled:
    """`scores` are those of the candidates, by the number of the entrant."""
    if seats >= len(scores):
        return Filled(list(scores), vacant=seats - len(scores))
    if seats == 0:
        return Filled()
    last = sorted(scores.values(), reverse=True)[seats - 1]
    above = [entrant for entrant, score in scores.items() if score > last]
    level = [entrant for entrant, score in scores.items() if score == last]
    filled = Filled(above)
    left = seats - len(above)
    filled.add(Filled(level) if len(level) <= left else decide(rule, left, level))
    return filled
