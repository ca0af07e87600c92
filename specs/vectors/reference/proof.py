"""The proof of a ballot. Implements specs/ballot.md#proof and #ranged."""

from dataclasses import dataclass

from . import range_proof
from .ballot import Prefix, Style, chunks, prefix_transcript
from .form import Constraint, Form, Shape
from .range_proof import H_TILDE
from .ristretto import BASE, H, decode_point, decode_scalar, generator, sum_of
from .transcript import Q, Transcript


@dataclass
class Proof:
    """As bytes: V_j, range proof; T, T0, S, K_a, S'; f; z, η, ω, ω'. Those of ranged slots may be missing."""

    values: list[bytes]
    range_proof: bytes
    commitments: list[bytes]
    f: list[bytes]
    ends: list[bytes]

    def points(self) -> list[bytes]:
        return self.values + self.commitments

    def scalars(self) -> list[bytes]:
        return self.f + self.ends

    def encoding(self) -> bytes:
        return b"".join([*self.values, self.range_proof, *self.commitments, *self.scalars()])


def length(shape: Shape) -> int:
    count = len(shape.ranged)
    return 32 * (4 + shape.m + 3) + (32 * (count + 2) + range_proof.proof_length(count) if count else 0)


def split(shape: Shape, data: bytes) -> Proof:
    """Of the right length."""
    count = len(shape.ranged)
    first, more = 32 * count, int(count > 0)
    second = first + (range_proof.proof_length(count) if count else 0)
    rest, commitments = chunks(data[second:]), 4 + more
    f, ends = rest[commitments : commitments + shape.m], rest[commitments + shape.m :]
    return Proof(chunks(data[:first]), data[first:second], rest[:commitments], f, ends)


def powers(y: int, count: int) -> list[int]:
    """y^1, y^2, …"""
    return [pow(y, i, Q) for i in range(1, count + 1)]


def combined(y: int, parts: list[Form] | list[Constraint], coordinates: list[int], x: int) -> int:
    """Σ y^i of the parts: p_f over constraints, l_f over slots."""
    return sum(w * part.at(coordinates, x) for w, part in zip(powers(y, len(parts)), parts, strict=True)) % Q


def ranged_powers(shape: Shape, y: int) -> list[int]:
    """y^j for j in Z."""
    return [pow(y, j, Q) for j in shape.ranged]


def l_r(shape: Shape, coordinates: list[int], x: int, y: int) -> int:
    """Σ_{j∈Z} y^j of the ranged slots."""
    factors = zip(ranged_powers(shape, y), shape.ranged_slots(), strict=True)
    return sum(w * slot.at(coordinates, x) for w, slot in factors) % Q


def draw_y(style: Style, prefix: Prefix, values: list[bytes]) -> tuple[Transcript, int]:
    transcript = prefix_transcript("ballot", style, prefix)
    if values:
        transcript.absorb("values", values)
    return transcript, transcript.scalar("y")


def draw_x(transcript: Transcript, range_data: bytes, commitments: list[bytes]) -> int:
    if range_data:
        transcript.absorb("range", range_data)
    return transcript.absorb("commitments", commitments).scalar("x")


def verify(style: Style, prefix: Prefix, proof: Proof) -> bool:
    """E1, E2 and E3, with ranged slots E4 and the range proof; everything in prefix and proof is canonical."""
    transcript, y = draw_y(style, prefix, proof.values)
    copy = transcript.clone()
    x = draw_x(transcript, proof.range_proof, proof.commitments)
    right = keeps_constraints(style, prefix, proof, x, y) and encrypts(style, prefix, proof, x, y)
    right = right and is_signed(prefix, proof, x)
    if style.shape.ranged:
        right = right and has_values(style, proof, x, y)
        right = right and range_proof.verify(copy, proof.values, proof.range_proof)
    return right


def keeps_constraints(style: Style, prefix: Prefix, proof: Proof, x: int, y: int) -> bool:
    """E1"""
    (T, T0), f = map(decode_point, proof.commitments[:2]), list(map(decode_scalar, proof.f))
    z, eta = map(decode_scalar, proof.ends[:2])
    terms = [(x * v, generator(i)) for i, v in enumerate(f, 1)] + [(x * z, generator(0)), (eta, H)]
    terms.append((combined(y, style.shape.constraints, f, x), BASE))
    return sum_of([(x * x, decode_point(prefix.B)), (x, T)]) + T0 == sum_of(terms)


def encrypts(style: Style, prefix: Prefix, proof: Proof, x: int, y: int) -> bool:
    """E2"""
    S, f, z = decode_point(proof.commitments[2]), list(map(decode_scalar, proof.f)), decode_scalar(proof.ends[0])
    weights, C = powers(y, len(style.keys)), map(decode_point, prefix.C)
    left = [(x, decode_point(prefix.R)), *((x * w, point) for w, point in zip(weights, C, strict=True))]
    right = [(z * w, key) for w, key in zip(weights, style.keys, strict=True)]
    return sum_of(left) + S == sum_of([*right, (combined(y, style.shape.slots, f, x) + z, BASE)])


def is_signed(prefix: Prefix, proof: Proof, x: int) -> bool:
    """E3"""
    K_a, omega = decode_point(proof.commitments[3]), decode_scalar(proof.ends[2])
    return decode_point(prefix.credential) * x + K_a == BASE * omega


def has_values(style: Style, proof: Proof, x: int, y: int) -> bool:
    """E4"""
    S_prime, f, omega = decode_point(proof.commitments[4]), map(decode_scalar, proof.f), decode_scalar(proof.ends[3])
    weighted = zip(ranged_powers(style.shape, y), map(decode_point, proof.values), strict=True)
    left = sum_of([(x * w, V) for w, V in weighted]) + S_prime
    return left == sum_of([(l_r(style.shape, list(f), x, y), BASE), (omega, H_TILDE)])
