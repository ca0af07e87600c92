"""ristretto255 (RFC 9496), scalars, generators. Implements specs/conventions.md#group."""

import functools
import hashlib

from .edwards import IDENTITY, SQRT_M1, D, Edwards, P, absolute, is_negative, multi_multiply, sqrt_ratio
from .refusal import require
from .transcript import Q

SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P

IDENTITY_BYTES = bytes(32)


class Point:
    """An element of the group; `bytes(point)` is its canonical encoding."""

    __slots__ = ("edwards",)

    def __init__(self, edwards: Edwards):
        self.edwards = edwards

    def __add__(self, other: "Point") -> "Point":
        return Point(self.edwards + other.edwards)

    def __sub__(self, other: "Point") -> "Point":
        return Point(self.edwards - other.edwards)

    def __mul__(self, scalar: int) -> "Point":
        return Point(self.edwards * (scalar % Q))

    __rmul__ = __mul__

    def __eq__(self, other) -> bool:
        a, b = self.edwards, other.edwards
        return (a.x * b.y - a.y * b.x) % P == 0 or (a.y * b.y - a.x * b.x) % P == 0

    def __bytes__(self) -> bytes:
        x, y, z, t = self.edwards.x, self.edwards.y, self.edwards.z, self.edwards.t
        u1, u2 = (z + y) * (z - y) % P, x * y % P
        _, inverse = sqrt_ratio(1, u1 * u2 * u2 % P)
        den1, den2 = inverse * u1 % P, inverse * u2 % P
        z_inverse = den1 * den2 * t % P
        if is_negative(t * z_inverse):
            x, y, den = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
        else:
            den = den2
        if is_negative(x * z_inverse):
            y = -y
        return absolute(den * (z - y)).to_bytes(32, "little")

    def is_identity(self) -> bool:
        return self == ZERO


ZERO = Point(IDENTITY)


def sum_of(terms: list[tuple[int, Point]]) -> Point:
    """Σ scalar·point."""
    return Point(multi_multiply([(scalar % Q, point.edwards) for scalar, point in terms]))


def decode_point(data: bytes) -> Point:
    s = int.from_bytes(data, "little")
    require(len(data) == 32 and s < P and not is_negative(s), "point_invalid")
    ss = s * s % P
    u1, u2 = 1 - ss, 1 + ss
    v = (-D * u1 * u1 - u2 * u2) % P
    was_square, inverse = sqrt_ratio(1, v * u2 * u2 % P)
    den_x = inverse * u2 % P
    den_y = inverse * den_x * v % P
    x = absolute(2 * s * den_x)
    y = u1 * den_y % P
    t = x * y % P
    require(was_square and not is_negative(t) and y != 0, "point_invalid")
    return Point(Edwards(x, y, 1, t))


def decode_nonidentity(data: bytes) -> Point:
    point = decode_point(data)
    require(data != IDENTITY_BYTES, "identity_point")
    return point


def decode_scalar(data: bytes) -> int:
    value = int.from_bytes(data, "little")
    require(len(data) == 32 and value < Q, "scalar_invalid")
    return value


def encode_scalar(value: int) -> bytes:
    return (value % Q).to_bytes(32, "little")


def elligator(data: bytes) -> Point:
    """MAP of RFC 9496 §4.3.4."""
    t = int.from_bytes(data, "little") % 2**255 % P
    r = SQRT_M1 * t * t % P
    u = (r + 1) * ONE_MINUS_D_SQ % P
    v = (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio(u, v)
    c = P - 1
    if not was_square:
        s, c = -absolute(s * t) % P, r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1, w2, w3 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P, (1 - s * s) % P, (1 + s * s) % P
    return Point(Edwards(w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P))


def one_way_map(data: bytes) -> Point:
    assert len(data) == 64
    return elligator(data[:32]) + elligator(data[32:])


def group_digest(label: str, data: bytes) -> bytes:
    return hashlib.sha512(b"tabella/1/" + label.encode() + b"\0" + data).digest()


@functools.cache
def hash_to_group(label: str, data: bytes) -> Point:
    return one_way_map(group_digest(label, data))


BASE = decode_point(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))
H = hash_to_group("generator/H", b"")


def generator(i: int) -> Point:
    """G_i."""
    return hash_to_group("generator/G", i.to_bytes(4, "big"))
