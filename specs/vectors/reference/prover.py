"""Makes ballots from given nonces. Implements specs/ballot.md#proof and #ranged."""

from collections.abc import Callable
from dataclasses import dataclass

from . import cbor
from .ballot import Style, make_prefix, tracker_hash
from .form import Shape
from .proof import Proof, combined, draw_x, draw_y, l_r, powers, ranged_powers
from .range_proof import H_TILDE
from .ristretto import BASE, H, encode_scalar, generator, sum_of
from .transcript import Q, Transcript


@dataclass
class Nonces:
    r: int
    beta: int
    a: list[int]
    s: int
    sigma: int
    tau: int
    kappa_a: int


@dataclass
class RangedNonces:
    """`make` gives the range proof, of values and their γ, on a copy of the transcript."""

    gamma: list[int]
    gamma_prime: int
    make: Callable[[Transcript, list[int], list[int]], bytes]


def prove(
    style: Style, kappa: int, link: bytes | None, coordinates: list[int], nonces: Nonces, ranged: RangedNonces | None
) -> dict:
    """All values of a ballot, named as in README.md#ballot; scalars are integers. `ranged` only with ranged slots."""
    shape, n = style.shape, nonces
    prefix = make_prefix(style, kappa, link, coordinates, n.r, n.beta)
    numbers = [slot.at(coordinates) for slot in shape.ranged_slots()]
    gamma = ranged.gamma if ranged else []
    V = [bytes(sum_of([(u, BASE), (g, H_TILDE)])) for u, g in zip(numbers, gamma, strict=True)]
    transcript, y = draw_y(style, prefix, V)
    range_data = ranged.make(transcript.clone(), numbers, gamma) if ranged else b""

    t1, t0 = along(shape, y, coordinates, n.a)
    masks = [(a, generator(i)) for i, a in enumerate(n.a, 1)]
    T = bytes(sum_of([*masks, (n.s, generator(0)), (t1, BASE), (n.sigma, H)]))
    T0 = bytes(sum_of([(t0, BASE), (n.tau, H)]))
    keys = [(n.s * weight, key) for weight, key in zip(powers(y, len(style.keys)), style.keys, strict=True)]
    S = bytes(sum_of([(combined(y, shape.slots, n.a, 0) + n.s, BASE), *keys]))
    K_a = bytes(BASE * n.kappa_a)
    commitments = [T, T0, S, K_a]
    if ranged:
        commitments.append(bytes(sum_of([(l_r(shape, n.a, 0, y), BASE), (ranged.gamma_prime, H_TILDE)])))
    x = draw_x(transcript, range_data, commitments)

    f = [(x * b + a) % Q for b, a in zip(coordinates, n.a, strict=True)]
    z, eta, omega = (x * n.r + n.s) % Q, (x * x * n.beta + x * n.sigma + n.tau) % Q, (x * kappa + n.kappa_a) % Q
    ends, more = [z, eta, omega], None
    if ranged:
        blinding = sum(w * g for w, g in zip(ranged_powers(shape, y), gamma, strict=True))
        ends.append((x * blinding + ranged.gamma_prime) % Q)
        more = {
            "range_proof": range_data,
            "V": V,
            "S_prime": commitments[4],
            "omega_prime": ends[3],
            "l_r": l_r(shape, f, x, y),
        }
    proof = Proof(V, range_data, commitments, list(map(encode_scalar, f)), list(map(encode_scalar, ends))).encoding()
    hashed = tracker_hash(style, prefix)
    return {
        "ranged": more,
        "shape_digest": style.digest,
        "credential": prefix.credential,
        "slots": shape.values(coordinates),
        "R": prefix.R,
        "C": prefix.C,
        "B": prefix.B,
        "tracker_hash": hashed,
        "tracker": hashed[:20],
        "y": y,
        "t1": t1,
        "t0": t0,
        "T": T,
        "T0": T0,
        "S": S,
        "K_a": K_a,
        "x": x,
        "f": f,
        "z": z,
        "eta": eta,
        "omega": omega,
        "p_f": combined(y, shape.constraints, f, x),
        "l_f": combined(y, shape.slots, f, x),
        "proof": proof,
        "payload": cbor.encode([*prefix.fields(style), proof]),
    }


def along(shape: Shape, y: int, coordinates: list[int], masks: list[int]) -> tuple[int, int]:
    """t1 and t0."""
    t1 = t0 = 0
    for weight, constraint in zip(powers(y, len(shape.constraints)), shape.constraints, strict=True):
        _, linear, last = constraint.along(coordinates, masks)
        t1, t0 = (t1 + weight * linear) % Q, (t0 + weight * last) % Q
    return t1, t0
