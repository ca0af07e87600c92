"""The range proof of large values: Bulletproofs, aggregated. Implements specs/range.md."""

import functools
import hashlib
from dataclasses import dataclass

from .refusal import Refused
from .ristretto import BASE, IDENTITY_BYTES, Point, decode_point, decode_scalar, one_way_map, sum_of
from .transcript import Merlin, Q, wide

BITS = 16

H_TILDE = one_way_map(hashlib.sha3_512(bytes(BASE)).digest())


@functools.cache
def generators(letter: str, value: int) -> list[Point]:
    """G_i ("G") or H_i ("H") of the value with this number, from 0."""
    label = b"GeneratorsChain" + letter.encode() + value.to_bytes(4, "little")
    stream = hashlib.shake_256(label).digest(64 * BITS)
    return [one_way_map(stream[i : i + 64]) for i in range(0, len(stream), 64)]


def padded_count(count: int) -> int:
    """P: the least power of two that is at least `count`."""
    return 1 << (count - 1).bit_length()


def padded(commitments: list[bytes]) -> list[bytes]:
    return commitments + [IDENTITY_BYTES] * (padded_count(len(commitments)) - len(commitments))


def rounds(count: int) -> int:
    """How many pairs L, R a proof for so many values has."""
    return (BITS * padded_count(count)).bit_length() - 1


def proof_length(count: int) -> int:
    return 32 * (2 * rounds(count) + 9)


def powers(base: int, count: int) -> list[int]:
    result = [1]
    while len(result) < count:
        result.append(result[-1] * base % Q)
    return result[:count]


class Conversation:
    """The transcript as the range proof goes on in it."""

    def __init__(self, transcript: Merlin, commitments: list[bytes]):
        self.transcript = transcript
        self.start(b"rangeproof v1", n=BITS, m=len(commitments))
        for V in commitments:
            transcript.append(b"V", V)

    def start(self, name: bytes, **numbers: int) -> None:
        self.transcript.append(b"dom-sep", name)
        for label, number in numbers.items():
            self.transcript.append(label.encode(), number.to_bytes(8, "little"))

    def say(self, **values: bytes) -> None:
        for label, value in values.items():
            self.transcript.append(label.encode(), value)

    def draw(self, label: str) -> int:
        return wide(self.transcript.challenge(label.encode(), 64))


@dataclass
class Parts:
    """Of a proof of the right length, as bytes."""

    A: bytes
    S: bytes
    T_1: bytes
    T_2: bytes
    t_x: bytes
    t_x_blinding: bytes
    e_blinding: bytes
    L: list[bytes]
    R: list[bytes]
    a: bytes
    b: bytes

    @classmethod
    def of(cls, proof: bytes) -> "Parts":
        parts = [proof[i : i + 32] for i in range(0, len(proof), 32)]
        return cls(*parts[:7], parts[7:-2:2], parts[8:-2:2], *parts[-2:])

    def points(self) -> list[bytes]:
        return [self.A, self.S, self.T_1, self.T_2, *self.L, *self.R]

    def scalars(self) -> list[bytes]:
        return [self.t_x, self.t_x_blinding, self.e_blinding, self.a, self.b]


@dataclass
class Challenges:
    y: int
    z: int
    x: int
    w: int
    u: list[int]


def challenges_of(transcript: Merlin, V: list[bytes], parts: Parts) -> Challenges:
    talk, u = Conversation(transcript, V), []
    talk.say(A=parts.A, S=parts.S)
    y, z = talk.draw("y"), talk.draw("z")
    talk.say(T_1=parts.T_1, T_2=parts.T_2)
    x = talk.draw("x")
    talk.say(t_x=parts.t_x, t_x_blinding=parts.t_x_blinding, e_blinding=parts.e_blinding)
    w = talk.draw("w")
    talk.start(b"ipp v1", n=BITS * len(V))
    for left, right in zip(parts.L, parts.R, strict=True):
        talk.say(L=left, R=right)
        u.append(talk.draw("u"))
    return Challenges(y, z, x, w, u)


def verify(transcript: Merlin, commitments: list[bytes], proof: bytes) -> bool:
    """Whether each V (canonical) holds a value of 16 bits; the proof has the right length; `transcript` is used up."""
    V, parts = padded(commitments), Parts.of(proof)
    drawn = challenges_of(transcript, V, parts)
    try:
        points, scalars = list(map(decode_point, parts.points())), list(map(decode_scalar, parts.scalars()))
    except Refused:
        return False
    if any(point.is_identity() for point in points):
        return False
    opened = [decode_point(v) for v in V]
    return is_sum(drawn, opened, points, scalars) and is_inner_product(drawn, len(V), points, scalars)


def delta(y: int, z: int, count: int) -> int:
    """(z − z²)·Σ y^i − (2^16 − 1)·Σ z^(j+3)"""
    ones = sum(powers(z, count)) * (2**BITS - 1)
    return ((z - z * z) * sum(powers(y, BITS * count)) - pow(z, 3, Q) * ones) % Q


def is_sum(drawn: Challenges, V: list[Point], points: list[Point], scalars: list[int]) -> bool:
    """t_x·G + t_x_blinding·H̃ = z²·Σ z^j·V_j + δ(y, z)·G + x·T_1 + x²·T_2"""
    y, z, x = drawn.y, drawn.z, drawn.x
    right = [(z * z * factor, v) for factor, v in zip(powers(z, len(V)), V, strict=True)]
    right += [(delta(y, z, len(V)), BASE), (x, points[2]), (x * x, points[3])]
    return sum_of([(scalars[0], BASE), (scalars[1], H_TILDE)]) == sum_of(right)


def fold_factors(u: list[int]) -> list[int]:
    """s_i: the product of all u or their inverses: u where the bit of i is 1, the first u for the highest bit."""
    factors = [1]
    for challenge in u:
        inverse = pow(challenge, -1, Q)
        factors = [f * e % Q for f in factors for e in (inverse, challenge)]
    return factors


def is_inner_product(drawn: Challenges, count: int, points: list[Point], scalars: list[int]) -> bool:
    """A + x·S − e_blinding·H̃ + w·(t_x − a·b)·G + Σ u²·L + Σ u^−2·R + Σ g_i·G_i + Σ h_i·H_i = 0, i through all bits,
    g_i = −z − a·s_i, h_i = z + y^−i·(z²·z^j·2^bit − b/s_i)"""
    z, (t_x, _, e_blinding, a, b), u = drawn.z, scalars, drawn.u
    s, y_inverse = fold_factors(u), powers(pow(drawn.y, -1, Q), BITS * count)
    twos = [z * z * factor << bit for factor in powers(z, count) for bit in range(BITS)]
    g = [-z - a * s_i for s_i in s]
    h = [z + e * (two - b * s_inverse) for e, two, s_inverse in zip(y_inverse, twos, reversed(s), strict=True)]
    G, H = ([point for j in range(count) for point in generators(letter, j)] for letter in "GH")
    terms = [(1, points[0]), (drawn.x, points[1]), (-e_blinding, H_TILDE), (drawn.w * (t_x - a * b), BASE)]
    terms += zip([pow(c, 2, Q) for c in u] + [pow(c, -2, Q) for c in u], points[4:], strict=True)
    return sum_of([*terms, *zip(g, G, strict=True), *zip(h, H, strict=True)]).is_identity()
