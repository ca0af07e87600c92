"""Instances of ballot.json with ranged slots, honest and hostile."""

from reference import cbor
from reference.contest import Allocation, Choice
from reference.proof import Proof, split
from reference.ristretto import BASE, decode_point, encode_scalar

from .source import Source
from .voter import NO_POINT, NO_SCALAR, Maker

CONTESTS = [Choice(2, 1, 1, False), Allocation(3, 1000, True), Allocation(1, 65536, True)]
STYLES = [[0, 1], [2]]
GOOD = [1, 0, 999]
"""Of style 0: option 1; all but one point to option 2, that to option 3."""


SCALAR_PLACES = {7, 8, 9, 22, 23}
"""Parts of 32 bytes: 3 V_j and 4 points of the range proof, then 3 scalars, 6 pairs L, R, 2 scalars; part 28 is S'."""


def another(proof: bytes, place: int) -> bytes:
    """A scalar plus 1, a point plus G."""
    part = proof[32 * place : 32 * place + 32]
    if place in SCALAR_PLACES or place > 28:
        return encode_scalar(int.from_bytes(part, "little") + 1)
    return bytes(decode_point(part) + BASE)


def put(data: bytes, place: int, part: bytes) -> bytes:
    """With another part of 32 bytes."""
    return data[: 32 * place] + part + data[32 * place + 32 :]


def bad_proofs(proof: bytes, parts: Proof) -> list[tuple[str, str | None, bytes]]:
    """Name, code, proof."""
    ends = len(proof) // 32
    cases = [
        ("good", None, proof),
        ("V and range proof missing", "ballot_length", proof[32 * 24 :]),
        ("a V missing", "ballot_length", proof[32:]),
        ("V is no point", "point_invalid", put(proof, 2, NO_POINT)),
        ("S' is no point", "point_invalid", put(proof, 28, NO_POINT)),
        ("ω' is no scalar", "scalar_invalid", put(proof, ends - 1, NO_SCALAR)),
        ("a point of the range proof is none", "proof_invalid", put(proof, 3, NO_POINT)),
        ("an L is the identity", "proof_invalid", put(proof, 10, bytes(32))),
        ("a scalar of the range proof is none", "proof_invalid", put(proof, 7, NO_SCALAR)),
        ("two V exchanged", "proof_invalid", parts.values[1] + parts.values[0] + proof[64:]),
    ]
    changed = [*range(3), *range(3, 24, 2), 28, ends - 1]
    return cases + [
        (f"proof changed at {32 * at}", "proof_invalid", put(proof, at, another(proof, at))) for at in changed
    ]


def ranged_ballots(source: Source) -> list[dict]:
    maker = Maker(source, CONTESTS, STYLES, 0)
    first, values = maker.honest("ranged", GOOD, None)
    fields, proof = cbor.decode(values["payload"]), values["proof"]
    vectors = [first, maker.challenge("ranged challenge", GOOD, None)[0]]
    for name, code, other in bad_proofs(proof, split(maker.style.shape, proof)):
        vectors.append(maker.bad("bad_ballot", "ranged: " + name, code, cbor.encode([*fields[:5], other])))
    vectors.append(maker.bad("bad_ballot", "ranged: less than 0", "proof_invalid", maker.payload([1, 900, 200])))
    vectors.append(maker.bad("bad_ballot", "ranged: 65,536", "proof_invalid", maker.payload([1, 65536, 0])))
    return vectors + bad_openings(maker) + [of_two_limbs(source)]


def bad_openings(maker: Maker) -> list[dict]:
    cases = [("less than 0", [1, 900, 200]), ("65,536", [1, 65536, 0]), ("a bit of 2", [2, 0, 999])]
    return [
        maker.bad("bad_challenge", "ranged challenge: " + name, "opening_invalid", opened(maker, coordinates))
        for name, coordinates in cases
    ]


def opened(maker: Maker, coordinates: list[int]) -> bytes:
    return maker.challenge("bad", coordinates, None)[1]["payload"]


def of_two_limbs(source: Source) -> dict:
    """One option: all of it, 65,536."""
    return Maker(source, CONTESTS, STYLES, 1).honest("ranged of two limbs", [1], None)[0]
