"""Makes range proofs for the instances. Implements the prover of specs/range.md."""

from reference.range_proof import BITS, H_TILDE, Conversation, generators, padded, padded_count, powers
from reference.ristretto import BASE, Point, encode_scalar, sum_of
from reference.transcript import Merlin, Q

from .source import Source

Vector = list[int]


def commit(value: int, blinding: int) -> bytes:
    return bytes(sum_of([(value, BASE), (blinding, H_TILDE)]))


def dot(left: Vector, right: Vector) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True)) % Q


def gens(letter: str, count: int) -> list[Point]:
    return [point for j in range(count) for point in generators(letter, j)]


def prove(source: Source, transcript: Merlin, values: list[int], blindings: list[int]) -> bytes:
    """Of values of 16 bits; of others only the lower bits are shown, and the proof fails."""
    count = padded_count(len(values))
    talk = Conversation(transcript, padded([commit(v, g) for v, g in zip(values, blindings, strict=True)]))
    values, blindings = values + [0] * (count - len(values)), blindings + [0] * (count - len(blindings))
    size = BITS * count
    G, H = gens("G", count), gens("H", count)
    a_left = [value >> i & 1 for value in values for i in range(BITS)]
    a_right = [bit - 1 for bit in a_left]
    s_left, s_right, (alpha, rho, tau1, tau2) = source.scalars(size), source.scalars(size), source.scalars(4)

    def vector_commitment(blinding: int, left: Vector, right: Vector) -> bytes:
        return bytes(sum_of([(blinding, H_TILDE), *zip(left, G, strict=True), *zip(right, H, strict=True)]))

    A, S = vector_commitment(alpha, a_left, a_right), vector_commitment(rho, s_left, s_right)
    talk.say(A=A, S=S)
    y, z = talk.draw("y"), talk.draw("z")
    ys, twos = powers(y, size), [z * z * factor << i for factor in powers(z, count) for i in range(BITS)]
    l0, l1 = [bit - z for bit in a_left], s_left
    r0 = [e * (bit + z) + two for e, bit, two in zip(ys, a_right, twos, strict=True)]
    r1 = [e * mask for e, mask in zip(ys, s_right, strict=True)]
    t1, t2 = dot(l0, r1) + dot(l1, r0), dot(l1, r1)
    T1, T2 = commit(t1, tau1), commit(t2, tau2)
    talk.say(T_1=T1, T_2=T2)
    x = talk.draw("x")
    left = [(c + x * d) % Q for c, d in zip(l0, l1, strict=True)]
    right = [(c + x * d) % Q for c, d in zip(r0, r1, strict=True)]
    t_blinding = z * z * dot(powers(z, count), blindings) + x * tau1 + x * x * tau2
    ends = [encode_scalar(value) for value in (dot(left, right), t_blinding, alpha + x * rho)]
    talk.say(t_x=ends[0], t_x_blinding=ends[1], e_blinding=ends[2])
    base = BASE * talk.draw("w")
    talk.start(b"ipp v1", n=size)
    H = [point * factor for point, factor in zip(H, powers(pow(y, -1, Q), size), strict=True)]
    return b"".join([A, S, T1, T2, *ends, *inner_product(talk, base, G, H, left, right)])


def inner_product(
    talk: Conversation, base: Point, G: list[Point], H: list[Point], left: Vector, right: Vector
) -> list[bytes]:
    parts = []
    while len(left) > 1:
        half = len(left) // 2
        (l0, l1), (r0, r1), (g0, g1), (h0, h1) = ((v[:half], v[half:]) for v in (left, right, G, H))
        L = bytes(sum_of([*zip(l0, g1, strict=True), *zip(r1, h0, strict=True), (dot(l0, r1), base)]))
        R = bytes(sum_of([*zip(l1, g0, strict=True), *zip(r0, h1, strict=True), (dot(l1, r0), base)]))
        talk.say(L=L, R=R)
        parts += [L, R]
        u = talk.draw("u")
        v = pow(u, -1, Q)
        left = [(u * a + v * b) % Q for a, b in zip(l0, l1, strict=True)]
        right = [(v * a + u * b) % Q for a, b in zip(r0, r1, strict=True)]
        G = [sum_of([(v, a), (u, b)]) for a, b in zip(g0, g1, strict=True)]
        H = [sum_of([(u, a), (v, b)]) for a, b in zip(h0, h1, strict=True)]
    return [*parts, encode_scalar(left[0]), encode_scalar(right[0])]
