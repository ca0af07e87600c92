"""Ballots, their proof, trackers, challenges. Implements specs/ballot.md."""

from dataclasses import dataclass
from functools import cached_property

from . import cbor
from .refusal import require
from .ristretto import BASE, H, Point, decode_nonidentity, decode_point, decode_scalar, encode_scalar, generator, sum_of
from .shape import Contest, Shape, style_shape
from .transcript import Q, Transcript


@dataclass
class Setup:
    """What a ballot depends on; `keys` are the PK_j of all slots of the manifest."""

    election: bytes
    contests: list[Contest]
    styles: list[list[int]]
    keys: list[bytes]

    def first_slot(self, contest: int) -> int:
        """How many slots stand before the contest's."""
        return sum(c.slot_count() for c in self.contests[:contest])

    def slots_of(self, contests: list[int]) -> list[int]:
        """Global slot numbers, from 1."""
        return [self.first_slot(c) + i + 1 for c in contests for i in range(self.contests[c].slot_count())]

    def style(self, index: int) -> "Style":
        return Style(self, index)


@dataclass
class Style:
    setup: Setup
    index: int

    @cached_property
    def contests(self) -> list[int]:
        return self.setup.styles[self.index]

    @cached_property
    def shape(self) -> Shape:
        return style_shape([self.setup.contests[c] for c in self.contests])

    @cached_property
    def digest(self) -> bytes:
        return self.shape.digest(self.index)

    @cached_property
    def key_bytes(self) -> list[bytes]:
        return [self.setup.keys[j - 1] for j in self.setup.slots_of(self.contests)]

    @cached_property
    def keys(self) -> list[Point]:
        return [decode_point(key) for key in self.key_bytes]

    def encrypt(self, slots: list[int], r: int) -> list[bytes]:
        return [bytes(sum_of([(u, BASE), (r, key)])) for u, key in zip(slots, self.keys, strict=True)]

    def by_contest(self, ciphertexts: list[bytes]) -> dict[int, bytes]:
        """The map of the payload."""
        rest, result = list(ciphertexts), {}
        for contest in self.contests:
            count = self.setup.contests[contest].slot_count()
            result[contest], rest = b"".join(rest[:count]), rest[count:]
        return result


@dataclass
class Prefix:
    credential: bytes
    link: bytes | None
    R: bytes
    C: list[bytes]
    B: bytes

    def fields(self, style: Style) -> list:
        return [self.credential, self.link, self.R, style.by_contest(self.C), self.B]


def commit_to_bits(bits: list[int], r: int, beta: int) -> bytes:
    return bytes(sum_of([(b, generator(i)) for i, b in enumerate(bits, 1)] + [(r, generator(0)), (beta, H)]))


def make_prefix(style: Style, kappa: int, link: bytes | None, bits: list[int], r: int, beta: int) -> Prefix:
    ciphertexts = style.encrypt(style.shape.values(bits), r)
    return Prefix(bytes(BASE * kappa), link, bytes(BASE * r), ciphertexts, commit_to_bits(bits, r, beta))


def prefix_transcript(name: str, style: Style, prefix: Prefix) -> Transcript:
    """The rows from "election" to "B"."""
    transcript = Transcript(name).absorb("election", style.setup.election).absorb("shape", style.digest)
    transcript.absorb("keys", style.key_bytes).absorb("credential", prefix.credential)
    transcript.absorb("link", prefix.link or b"")
    return transcript.absorb("ciphertexts", [prefix.R, *prefix.C]).absorb("B", prefix.B)


def tracker_hash(style: Style, prefix: Prefix) -> bytes:
    transcript = Transcript("tracker").absorb("election", style.setup.election).absorb("shape", style.digest)
    transcript.absorb("credential", prefix.credential).absorb("link", prefix.link or b"")
    return transcript.absorb("ciphertexts", [prefix.R, *prefix.C]).absorb("B", prefix.B).hash()


def tracker(style: Style, prefix: Prefix) -> bytes:
    return tracker_hash(style, prefix)[:20]


def powers(y: int, first: int, count: int) -> list[int]:
    return [pow(y, first + i, Q) for i in range(count)]


@dataclass
class Nonces:
    r: int
    beta: int
    a: list[int]
    s: int
    sigma: int
    tau: int
    kappa_a: int


def prove(style: Style, kappa: int, link: bytes | None, bits: list[int], nonces: Nonces) -> dict:
    """All values of a ballot, named as in README.md#ballot; scalars are integers."""
    shape, n = style.shape, nonces
    prefix = make_prefix(style, kappa, link, bits, n.r, n.beta)
    transcript = prefix_transcript("ballot", style, prefix)
    y = transcript.scalar("y")

    t1 = t0 = 0
    for weight, constraint in zip(powers(y, 1, len(shape.constraints)), shape.constraints, strict=True):
        _, linear, constant = constraint.along(bits, n.a)
        t1, t0 = (t1 + weight * linear) % Q, (t0 + weight * constant) % Q
    T = bytes(
        sum_of([(a, generator(i)) for i, a in enumerate(n.a, 1)] + [(n.s, generator(0)), (t1, BASE), (n.sigma, H)])
    )
    T0 = bytes(sum_of([(t0, BASE), (n.tau, H)]))
    of_slots = powers(y, 1, len(shape.slots))
    masked = sum(weight * slot.at(n.a, 0) for weight, slot in zip(of_slots, shape.slots, strict=True))
    S = bytes(
        sum_of([(masked + n.s, BASE)] + [(n.s * weight, key) for weight, key in zip(of_slots, style.keys, strict=True)])
    )
    K_a = bytes(BASE * n.kappa_a)
    x = transcript.absorb("commitments", [T, T0, S, K_a]).scalar("x")

    f = [(x * b + a) % Q for b, a in zip(bits, n.a, strict=True)]
    z, eta, omega = (x * n.r + n.s) % Q, (x * x * n.beta + x * n.sigma + n.tau) % Q, (x * kappa + n.kappa_a) % Q
    proof = T + T0 + S + K_a + b"".join(map(encode_scalar, [*f, z, eta, omega]))
    return {
        "shape_digest": style.digest,
        "credential": prefix.credential,
        "slots": shape.values(bits),
        "R": prefix.R,
        "C": prefix.C,
        "B": prefix.B,
        "tracker_hash": tracker_hash(style, prefix),
        "tracker": tracker(style, prefix),
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
        "p_f": p_f(shape, f, x, y),
        "l_f": l_f(shape, f, x, y),
        "proof": proof,
        "payload": cbor.encode([*prefix.fields(style), proof]),
    }


def p_f(shape: Shape, f: list[int], x: int, y: int) -> int:
    return sum(w * c.at(f, x) for w, c in zip(powers(y, 1, len(shape.constraints)), shape.constraints, strict=True)) % Q


def l_f(shape: Shape, f: list[int], x: int, y: int) -> int:
    return sum(w * s.at(f, x) for w, s in zip(powers(y, 1, len(shape.slots)), shape.slots, strict=True)) % Q


def verify_proof(style: Style, prefix: Prefix, proof: bytes) -> bool:
    """E1, E2 and E3; everything in prefix and proof is canonical."""
    shape, chunks = style.shape, [proof[i : i + 32] for i in range(0, len(proof), 32)]
    T, T0, S, K_a = map(decode_point, chunks[:4])
    f, (z, eta, omega) = list(map(decode_scalar, chunks[4:-3])), map(decode_scalar, chunks[-3:])
    transcript = prefix_transcript("ballot", style, prefix)
    y = transcript.scalar("y")
    x = transcript.absorb("commitments", chunks[:4]).scalar("x")

    terms = [(x * v, generator(i)) for i, v in enumerate(f, 1)] + [
        (x * z, generator(0)),
        (p_f(shape, f, x, y), BASE),
        (eta, H),
    ]
    e1 = sum_of([(x * x, decode_point(prefix.B)), (x, T)]) + T0 == sum_of(terms)
    of_slots = powers(y, 1, len(shape.slots))
    left = [(x, decode_point(prefix.R))] + [(x * w, decode_point(C)) for w, C in zip(of_slots, prefix.C, strict=True)]
    right = [(l_f(shape, f, x, y) + z, BASE)] + [(z * w, key) for w, key in zip(of_slots, style.keys, strict=True)]
    e2 = sum_of(left) + S == sum_of(right)
    e3 = sum_of([(x, decode_point(prefix.credential))]) + K_a == BASE * omega
    return e1 and e2 and e3


@dataclass
class Standing:
    """What the entries before say: styles by credential, the head of the ballot's credential, every R seen."""

    roll: dict[bytes, int]
    head: bytes | None
    used: set[bytes]


def check_contests(setup: Setup, standing: Standing, credential: bytes, contests: dict) -> Style:
    """Steps 1 and 2."""
    require(credential in standing.roll, "credential_unknown")
    style = setup.style(standing.roll[credential])
    require(all(index < len(setup.contests) for index in contests), "contest_unknown")
    require(sorted(contests) == sorted(style.contests), "contest_set")
    return style


def split_ciphertexts(style: Style, contests: dict) -> list[bytes]:
    for index, data in contests.items():
        require(len(data) == 32 * style.setup.contests[index].slot_count(), "ballot_length")
    joined = b"".join(contests[index] for index in style.contests)
    return [joined[i : i + 32] for i in range(0, len(joined), 32)]


def judge_ballot(setup: Setup, standing: Standing, payload: bytes) -> bytes:
    """The tracker of a ballot that must be accepted; refuses any other."""
    (credential, link, R, contests, B, proof), _, _ = cbor.decode_payload("ballot", payload)
    style = check_contests(setup, standing, credential, contests)
    prefix = Prefix(credential, link, R, split_ciphertexts(style, contests), B)
    require(len(proof) == 32 * (4 + style.shape.bits + 3), "ballot_length")
    require(link == standing.head, "link_stale")
    require(R not in standing.used, "r_reused")
    for point in [R, *prefix.C, B, *(proof[i : i + 32] for i in range(0, 128, 32))]:
        decode_point(point)
    for i in range(128, len(proof), 32):
        decode_scalar(proof[i : i + 32])
    decode_nonidentity(R)
    require(verify_proof(style, prefix, proof), "proof_invalid")
    return tracker(style, prefix)


def challenge_scalar(style: Style, prefix: Prefix, opening: list[int], r: bytes, K_a: bytes) -> int:
    transcript = prefix_transcript("challenge", style, prefix)
    transcript.absorb("opening", b"".join(bit.to_bytes(8, "big") for bit in opening))
    return transcript.absorb("r", r).absorb("K_a", K_a).scalar("c")


def make_challenge(
    style: Style, kappa: int, link: bytes | None, bits: list[int], r: int, beta: int, kappa_a: int
) -> dict:
    """All values of a challenge, named as in README.md#ballot."""
    prefix = make_prefix(style, kappa, link, bits, r, beta)
    K_a = bytes(BASE * kappa_a)
    c = challenge_scalar(style, prefix, bits, encode_scalar(r), K_a)
    omega = (kappa_a + c * kappa) % Q
    signature = K_a + encode_scalar(omega)
    return {
        "shape_digest": style.digest,
        "credential": prefix.credential,
        "R": prefix.R,
        "C": prefix.C,
        "B": prefix.B,
        "tracker": tracker(style, prefix),
        "K_a": K_a,
        "c": c,
        "omega": omega,
        "signature": signature,
        "payload": cbor.encode([*prefix.fields(style), bits, encode_scalar(r), signature]),
    }


def judge_challenge(setup: Setup, standing: Standing, payload: bytes) -> None:
    (credential, link, R, contests, B, opening, r, signature), _, _ = cbor.decode_payload("challenge", payload)
    style = check_contests(setup, standing, credential, contests)
    prefix = Prefix(credential, link, R, split_ciphertexts(style, contests), B)
    require(len(opening) == style.shape.bits, "ballot_length")
    require(R not in standing.used, "r_reused")
    for point in [R, *prefix.C, B, signature[:32]]:
        decode_point(point)
    opened, omega = decode_scalar(r), decode_scalar(signature[32:])
    decode_nonidentity(R)
    right = set(opening) <= {0, 1} and style.shape.allows(opening) and bytes(BASE * opened) == R
    require(right and style.encrypt(style.shape.values(opening), opened) == prefix.C, "opening_invalid")
    c = challenge_scalar(style, prefix, opening, r, signature[:32])
    expected = decode_point(signature[:32]) + decode_point(credential) * c
    require(BASE * omega == expected, "challenge_signature")
