"""Ed25519 (RFC 8032), verified strictly. Implements specs/conventions.md#signatures."""

import hashlib

from .edwards import IDENTITY, SQRT_M1, D, Edwards, P, multi_multiply
from .transcript import Q


def encode(point: Edwards) -> bytes:
    inverse = pow(point.z, -1, P)
    x, y = point.x * inverse % P, point.y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Edwards | None:
    """None for an encoding that is not canonical or not on the curve."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if len(data) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_M1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return Edwards(x, y, 1, x * y % P)


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def has_small_order(point: Edwards) -> bool:
    return point.double().double().double().same_affine(IDENTITY)


def decode_key(data: bytes) -> Edwards | None:
    """A key or R as strict verification wants it."""
    point = decode(data)
    return None if point is None or has_small_order(point) else point


def challenge(r: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % Q


def expand(seed: bytes) -> tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (2**255 - 8) % 2**255 | 2**254
    return scalar & (2**255 - 1), digest[32:]


def public_key(seed: bytes) -> bytes:
    return encode(BASE * expand(seed)[0])


def sign(seed: bytes, message: bytes) -> bytes:
    scalar, prefix = expand(seed)
    public = encode(BASE * scalar)
    nonce = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % Q
    r = encode(BASE * nonce)
    return r + ((nonce + challenge(r, public, message) * scalar) % Q).to_bytes(32, "little")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    a, r, s = decode_key(public), decode_key(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    return multi_multiply([(s, BASE), (challenge(signature[:32], public, message), -a)]).same_affine(r)
