"""Affine forms, constraints and shapes. Implements specs/ballot.md#shape."""

from dataclasses import dataclass

from . import cbor
from .contest import LIMB
from .transcript import Transcript


@dataclass(frozen=True)
class Form:
    """constant + Σ coefficient·b_index; no coefficient is 0."""

    constant: int
    coefficients: dict[int, int]

    def __add__(self, other: "Form") -> "Form":
        indexes = self.coefficients | other.coefficients
        sums = {i: self.coefficients.get(i, 0) + other.coefficients.get(i, 0) for i in indexes}
        return Form(self.constant + other.constant, {i: c for i, c in sums.items() if c})

    def __mul__(self, factor: int) -> "Form":
        return Form(self.constant * factor, {i: c * factor for i, c in self.coefficients.items() if factor})

    def __sub__(self, other: "Form") -> "Form":
        return self + other * -1

    def at(self, coordinates: list[int], x: int = 1) -> int:
        """constant·x + Σ coefficient·coordinate: F itself for x = 1, F^h in general, L alone for x = 0."""
        return self.constant * x + sum(c * coordinates[i - 1] for i, c in self.coefficients.items())

    def encodable(self) -> list:
        return [self.constant, [[i, c] for i, c in sorted(self.coefficients.items())]]


def constant(value: int) -> Form:
    return Form(value, {})


ZERO, ONE = constant(0), constant(1)


def weighted(weights: list[int], forms: list[Form]) -> Form:
    """Σ weight·form."""
    return sum_of_forms([form * weight for weight, form in zip(weights, forms, strict=True)])


def sum_of_forms(forms: list[Form]) -> Form:
    total, coefficients = 0, {}
    for form in forms:
        total += form.constant
        for i, c in form.coefficients.items():
            coefficients[i] = coefficients.get(i, 0) + c
    return Form(total, {i: c for i, c in coefficients.items() if c})


@dataclass(frozen=True)
class Constraint:
    """Σ e·F·F' + F'' = 0."""

    products: list[tuple[int, Form, Form]]
    rest: Form

    def at(self, coordinates: list[int], x: int = 1) -> int:
        """Q for x = 1, Q^h in general."""
        products = sum(e * f.at(coordinates, x) * g.at(coordinates, x) for e, f, g in self.products)
        return products + x * self.rest.at(coordinates, x)

    def along(self, coordinates: list[int], masks: list[int]) -> tuple[int, int, int]:
        """The coefficients of X², X, 1 of Q^h(X·coordinates + masks; X)."""
        square = linear = last = 0
        for e, f, g in self.products:
            f1, f0, g1, g0 = f.at(coordinates), f.at(masks, 0), g.at(coordinates), g.at(masks, 0)
            square, linear, last = square + e * f1 * g1, linear + e * (f1 * g0 + f0 * g1), last + e * f0 * g0
        return square + self.rest.at(coordinates), linear + self.rest.at(masks, 0), last

    def encodable(self) -> list:
        return [[[e, f.encodable(), g.encodable()] for e, f, g in self.products], self.rest.encodable()]


def is_bit(form: Form) -> Constraint:
    return Constraint([(1, form, ONE - form)], ZERO)


@dataclass(frozen=True)
class Shape:
    """`m` is the number of coordinates; `ranged` holds slot numbers from 1."""

    m: int
    slots: list[Form]
    constraints: list[Constraint]
    ranged: list[int]

    def encoding(self) -> bytes:
        slots, constraints = [s.encodable() for s in self.slots], [c.encodable() for c in self.constraints]
        return cbor.encode([self.m, slots, constraints, self.ranged])

    def digest(self, style: int) -> bytes:
        return Transcript("shape").absorb("style", style).absorb("shape", self.encoding()).hash()

    def values(self, coordinates: list[int]) -> list[int]:
        return [slot.at(coordinates) for slot in self.slots]

    def ranged_slots(self) -> list[Form]:
        return [self.slots[j - 1] for j in self.ranged]

    def allows(self, coordinates: list[int]) -> bool:
        in_range = all(0 <= slot.at(coordinates) < LIMB for slot in self.ranged_slots())
        return in_range and all(constraint.at(coordinates) == 0 for constraint in self.constraints)
