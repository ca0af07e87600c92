"""The kinds of contests, their sizes and rules. Implements specs/election.md#contest."""

from dataclasses import dataclass
from math import comb, isqrt
from typing import ClassVar

LIMB = 1 << 16
MILLION = 1_000_000


def digits(total: int) -> list[int]:
    """The weights of bits that make up every number from 0 to `total`, and no other."""
    weights, weight = [], 1
    while sum(weights) + weight <= total:
        weights.append(weight)
        weight *= 2
    rest = total - sum(weights)
    return weights + [rest] if rest else weights


@dataclass(frozen=True)
class Contest:
    """`options` is their number; fields of the kinds have the names of the parameters."""

    kind: ClassVar[str]
    options: int

    def slot_count(self) -> int:
        return self.options

    def coordinate_count(self) -> int:
        raise NotImplementedError

    def constraint_count(self) -> int:
        """Of all coordinates and one derived bit, or one equation, where a kind says nothing else."""
        return self.coordinate_count() + 1

    def ranged_count(self) -> int:
        return 0

    def largest_slot(self) -> int:
        return 1

    def largest_option(self) -> int:
        return self.largest_slot()

    def keeps_rules(self) -> bool:
        raise NotImplementedError


@dataclass(frozen=True)
class Choice(Contest):
    kind = "choice"
    min: int
    max: int
    blank: bool

    def slot_count(self) -> int:
        return self.options + self.blank

    def coordinate_count(self) -> int:
        return self.options - 1 + self.blank + len(digits(self.max - self.min))

    def keeps_rules(self) -> bool:
        return self.min <= self.max <= self.options and self.max >= 1


@dataclass(frozen=True)
class Score(Contest):
    kind = "score"
    most: int
    min: int
    max: int

    def coordinate_count(self) -> int:
        return self.options * len(digits(self.most)) - 1 + len(digits(self.max - self.min))

    def largest_slot(self) -> int:
        return min(self.most, self.max)

    def keeps_rules(self) -> bool:
        return 1 <= self.most <= MILLION and self.min <= self.max and 1 <= self.max <= self.options * self.most


@dataclass(frozen=True)
class Positional(Contest):
    kind = "positional"
    min: int
    weights: list[int]

    def coordinate_count(self) -> int:
        return self.options * len(self.weights) - self.min

    def constraint_count(self) -> int:
        ranks = len(self.weights)
        return self.options * ranks + (self.options if ranks >= 2 else 0) + ranks - self.min

    def largest_slot(self) -> int:
        return self.weights[0]

    def keeps_rules(self) -> bool:
        ranks = len(self.weights)
        sizes = 1 <= ranks <= self.options and self.min <= ranks
        return sizes and self.weights == sorted(self.weights, reverse=True) and 1 <= self.weights[0] <= MILLION


@dataclass(frozen=True)
class Quadratic(Contest):
    kind = "quadratic"
    credits: int

    def coordinate_count(self) -> int:
        return self.options * len(digits(self.largest_slot())) + len(digits(self.credits))

    def largest_slot(self) -> int:
        return isqrt(self.credits)

    def keeps_rules(self) -> bool:
        return 1 <= self.credits <= MILLION


@dataclass(frozen=True)
class Ranking(Contest):
    kind = "ranking"
    ties: bool

    def slot_count(self) -> int:
        pairs = self.options * (self.options - 1)
        return pairs if self.ties else pairs // 2

    def coordinate_count(self) -> int:
        return self.slot_count()

    def constraint_count(self) -> int:
        pairs = self.slot_count()
        if self.ties:
            return pairs + pairs // 2 + pairs * (self.options - 2)
        return pairs + comb(self.options, 3)

    def keeps_rules(self) -> bool:
        return self.options >= 2


@dataclass(frozen=True)
class Lists(Contest):
    """`lists` are the numbers of options of each list."""

    kind = "lists"
    lists: list[int]
    min: int
    max: int

    def slot_count(self) -> int:
        return self.options + len(self.lists)

    def most_of(self, size: int) -> int:
        """max_i of a list of so many options."""
        return min(self.max, size)

    def coordinate_count(self) -> int:
        inside = sum(size - 1 + len(digits(self.most_of(size) - self.min)) for size in self.lists if size)
        return len(self.lists) - 1 + inside

    def constraint_count(self) -> int:
        return self.coordinate_count() + 1 + sum(size > 0 for size in self.lists)

    def members(self) -> list[list[int]]:
        """The options of each list, from 0."""
        ends = [sum(self.lists[: i + 1]) for i in range(len(self.lists))]
        return [list(range(end - size, end)) for end, size in zip(ends, self.lists, strict=True)]

    def keeps_rules(self) -> bool:
        right_lists = 1 <= len(self.lists) <= 500 and sum(self.lists) == self.options
        return right_lists and self.min <= self.max and self.max >= 1 and min(self.lists) >= self.min


@dataclass(frozen=True)
class Allocation(Contest):
    kind = "allocation"
    amount: int
    range: bool

    def limbs(self) -> int:
        """How many slots an option has."""
        return 1 if self.amount < LIMB else 2

    def slot_count(self) -> int:
        return self.options * self.limbs()

    def coordinate_count(self) -> int:
        return (self.slot_count() if self.range else self.options * self.amount.bit_length()) - 1

    def constraint_count(self) -> int:
        return 0 if self.range else self.coordinate_count() + 1

    def ranged_count(self) -> int:
        return self.slot_count() if self.range else 0

    def largest_slot(self) -> int:
        return min(self.amount, LIMB - 1)

    def largest_option(self) -> int:
        return self.amount

    def keeps_rules(self) -> bool:
        return 1 <= self.amount < 1 << 32


KINDS: dict[str, type[Contest]] = {
    kind.kind: kind for kind in (Choice, Score, Positional, Quadratic, Ranking, Lists, Allocation)
}


@dataclass(frozen=True)
class Rule:
    """A counting rule."""

    method: str
    seats: int
    tie_break: list[int] | None


PAIRWISE = ("condorcet", "schulze", "ranked-pairs", "copeland")
BY_LISTS = ("dhondt", "sainte-lague", "largest-remainder")


def most_seats(contest: Contest, method: str) -> int:
    """0 where the kind does not have the method. Implements the table of specs/counting.md#rule."""
    if contest.kind == "ranking":
        return 1 if method in PAIRWISE else 0
    if contest.kind == "lists" and method in BY_LISTS:
        return 1000
    return contest.options if method == "highest" else 0


def fits(rule: Rule | None, contest: Contest) -> bool:
    """Implements specs/counting.md#rule."""
    if rule is None:
        return True
    entrants = contest.options + (len(contest.lists) if isinstance(contest, Lists) else 0)
    if rule.tie_break is not None and (rule.method == "condorcet" or sorted(rule.tie_break) != list(range(entrants))):
        return False
    return 1 <= rule.seats <= most_seats(contest, rule.method)


def is_right(contest: Contest, rule: Rule | None) -> bool:
    """Whether `manifest_contest` does not apply."""
    return contest.keeps_rules() and fits(rule, contest)
