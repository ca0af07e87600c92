"""From contests to bits, slots and constraints. Implements specs/ballot.md#shape."""

from dataclasses import dataclass

from . import cbor
from .transcript import Transcript


@dataclass(frozen=True)
class Contest:
    """A "choice" contest as far as its shape goes."""

    options: int
    minimum: int
    maximum: int
    blank: bool

    def slot_count(self) -> int:
        return self.options + self.blank

    def slack_weights(self) -> list[int]:
        rest, weights, weight = self.maximum - self.minimum, [], 1
        while weight <= rest:
            weights.append(weight)
            rest -= weight
            weight *= 2
        return weights + [rest] if rest else weights


@dataclass(frozen=True)
class Form:
    """constant + Σ coefficient·b_index."""

    constant: int
    coefficients: dict[int, int]

    def at(self, bits: list[int], x: int = 1) -> int:
        """constant·x + Σ coefficient·bit: F itself for x = 1, F^h in general, L alone for x = 0."""
        return self.constant * x + sum(c * bits[i - 1] for i, c in self.coefficients.items())

    def complement(self) -> "Form":
        return Form(1 - self.constant, {i: -c for i, c in self.coefficients.items()})

    def encodable(self) -> list:
        return [self.constant, [[i, c] for i, c in sorted(self.coefficients.items()) if c]]


ZERO_FORM = Form(0, {})


@dataclass(frozen=True)
class Constraint:
    """Σ e·F·F' + F'' = 0."""

    products: list[tuple[int, Form, Form]]
    rest: Form

    def at(self, bits: list[int], x: int = 1) -> int:
        """Q for x = 1, Q^h in general."""
        return sum(e * f.at(bits, x) * g.at(bits, x) for e, f, g in self.products) + x * self.rest.at(bits, x)

    def along(self, bits: list[int], masks: list[int]) -> tuple[int, int, int]:
        """The coefficients of X², X, 1 of Q^h(X·bits + masks; X)."""
        square = linear = constant = 0
        for e, f, g in self.products:
            f1, f0, g1, g0 = f.at(bits), f.at(masks, 0), g.at(bits), g.at(masks, 0)
            square, linear, constant = square + e * f1 * g1, linear + e * (f1 * g0 + f0 * g1), constant + e * f0 * g0
        return square + self.rest.at(bits), linear + self.rest.at(masks, 0), constant

    def encodable(self) -> list:
        return [[[e, f.encodable(), g.encodable()] for e, f, g in self.products], self.rest.encodable()]


def booleanity(form: Form) -> Constraint:
    return Constraint([(1, form, form.complement())], ZERO_FORM)


@dataclass(frozen=True)
class Shape:
    bits: int
    slots: list[Form]
    constraints: list[Constraint]

    def encoding(self) -> bytes:
        return cbor.encode([self.bits, [s.encodable() for s in self.slots], [c.encodable() for c in self.constraints]])

    def digest(self, style: int) -> bytes:
        return Transcript("shape").absorb("style", style).absorb("shape", self.encoding()).hash()

    def values(self, bits: list[int]) -> list[int]:
        return [slot.at(bits) for slot in self.slots]

    def allows(self, bits: list[int]) -> bool:
        return all(constraint.at(bits) == 0 for constraint in self.constraints)


def choice_shape(contest: Contest, shift: int) -> Shape:
    """The shape of one contest whose first free bit has index shift + 1."""
    place, weights = shift, contest.slack_weights()

    def free_bits(count: int) -> list[Form]:
        nonlocal place
        place += count
        return [Form(0, {i: 1}) for i in range(place - count + 1, place + 1)]

    options, blank, slack = free_bits(contest.options - 1), free_bits(int(contest.blank)), free_bits(len(weights))
    last = {i: -1 for form in options for i in form.coefficients}
    last |= {i: -contest.maximum for form in blank for i in form.coefficients}
    last |= {i: -weight for form, weight in zip(slack, weights, strict=True) for i in form.coefficients}
    options.append(Form(contest.maximum, last))
    return Shape(place - shift, options + blank, [booleanity(form) for form in options + blank + slack])


def style_shape(contests: list[Contest]) -> Shape:
    bits, slots, constraints = 0, [], []
    for contest in contests:
        part = choice_shape(contest, bits)
        bits += part.bits
        slots += part.slots
        constraints += part.constraints
    return Shape(bits, slots, constraints)


def free_bits_of(contest: Contest, choice) -> list[int]:
    """The free bits of a vote: a list of options from 1, or "blank". Slack bits are set as README.md#shape says."""
    chosen = [] if choice == "blank" else choice
    bits = [int(i in chosen) for i in range(1, contest.options)]
    if contest.blank:
        bits.append(int(choice == "blank"))
    rest = 0 if choice == "blank" else contest.maximum - len(chosen)
    slack = []
    for weight in reversed(contest.slack_weights()):
        slack.append(int(rest >= weight))
        rest -= weight * slack[-1]
    return bits + slack[::-1]
