"""Instances of ballot.json, honest and hostile."""

from reference import cbor
from reference.contest import Allocation, Choice, Ranking, Score
from reference.ristretto import BASE, decode_point, encode_scalar
from reference.vote import write_votes

from .ranged import ranged_ballots
from .source import Source, document
from .voter import IDENTITY, NO_POINT, NO_SCALAR, Maker

CONTESTS = [Choice(2, 1, 1, True), Choice(3, 0, 2, False), Choice(2, 1, 2, False)]
STYLES = [[0], [0, 1], [2]]
GOOD = [1, 0, 0, 1, 1, 0]
"""Of style 1: option 1, not blank; options 2 and 3 (the third is derived), no slack."""

OTHERS = [Score(2, 2, 0, 3), Ranking(3, True), Allocation(2, 5, False)]


def bad_payloads(fields: list) -> list[tuple[str, str, list]]:
    """Faults that a ballot and a challenge share: (name, code, fields)."""

    def put(place: int, value) -> list:
        return [*fields[:place], value, *fields[place + 1 :]]

    contests = fields[3]
    return [
        ("unknown credential", "credential_unknown", put(0, bytes(BASE * 3))),
        ("unknown contest", "contest_unknown", put(3, contests | {3: b""})),
        ("contest of another style", "contest_set", put(3, contests | {2: bytes(64)})),
        ("contest missing", "contest_set", put(3, {0: contests[0]})),
        ("ciphertext too long", "ballot_length", put(3, contests | {1: contests[1] + bytes(32)})),
        ("R is no point", "point_invalid", put(2, NO_POINT)),
        ("C is no point", "point_invalid", put(3, contests | {0: NO_POINT + contests[0][32:]})),
        ("B is no point", "point_invalid", put(4, NO_POINT)),
        ("R is the identity", "identity_point", put(2, IDENTITY)),
        ("link of 19 bytes", "payload_malformed", put(1, bytes(19))),
        ("one field more", "payload_malformed", [*fields, 0]),
    ]


def bad_ballots(maker: Maker) -> list[dict]:
    values, _ = maker.prove(GOOD)
    fields, payload = cbor.decode(values["payload"]), values["payload"]
    proof, contests = fields[5], fields[3]

    def bad(name: str, code: str | None, changed: list, **more) -> dict:
        return maker.bad("bad_ballot", name, code, cbor.encode(changed), **more)

    def with_proof(at: int, part: bytes) -> list:
        return [*fields[:5], proof[:at] + part + proof[at + 32 :]]

    vectors = [bad("ballot: " + name, code, changed) for name, code, changed in bad_payloads(fields)]
    vectors += [
        bad("ballot: good", None, fields),
        bad("ballot: stale link", "link_stale", fields, head=bytes(20)),
        bad("ballot: R seen before", "r_reused", fields, used=[values["R"]]),
        bad("ballot: proof too short", "ballot_length", [*fields[:5], proof[:-32]]),
        bad("ballot: K_a is no point", "point_invalid", with_proof(96, NO_POINT)),
        bad("ballot: ω is no scalar", "scalar_invalid", with_proof(len(proof) - 32, NO_SCALAR)),
        bad("ballot: of another voter", "proof_invalid", [bytes(BASE * 5), *fields[1:]]),
        bad(
            "ballot: one vote more", "proof_invalid", [*fields[:3], contests | {0: add_base(contests[0])}, *fields[4:]]
        ),
        bad("ballot: link added", "proof_invalid", [fields[0], bytes(20), *fields[2:]], head=bytes(20)),
        maker.bad("bad_ballot", "ballot: trailing byte", "payload_malformed", payload + b"\0"),
        maker.bad(
            "bad_ballot",
            "ballot: length not shortest",
            "payload_malformed",
            payload.replace(b"\x58\x20", b"\x59\x00\x20", 1),
        ),
    ]
    for at in range(0, len(proof), 32):
        part = proof[at : at + 32]
        other = bytes(decode_point(part) + BASE) if at < 128 else encode_scalar(int.from_bytes(part, "little") + 1)
        vectors.append(bad(f"ballot: proof changed at {at}", "proof_invalid", with_proof(at, other)))
    for name, coordinates in (
        ("a bit of 2", [2, 0, 0, 1, 1, 0]),
        ("too many options", [1, 1, 0, 1, 1, 0]),
        ("negative option", [0, 0, 1, 1, 1, 1]),
    ):
        vectors.append(bad("ballot: " + name, "proof_invalid", cbor.decode(maker.payload(coordinates))))
    return vectors


def add_base(ciphertexts: bytes) -> bytes:
    return bytes(decode_point(ciphertexts[:32]) + BASE) + ciphertexts[32:]


def bad_challenges(maker: Maker, payload: bytes, head: bytes) -> list[dict]:
    fields = cbor.decode(payload)
    opening, r, signature = fields[5:]

    def bad(name: str, code: str | None, changed: list, **more) -> dict:
        return maker.bad("bad_challenge", "challenge: " + name, code, cbor.encode(changed), **more)

    def put(place: int, value) -> list:
        return [*fields[:place], value, *fields[place + 1 :]]

    omega = encode_scalar(int.from_bytes(signature[32:], "little") + 1)
    return [bad(name, code, changed) for name, code, changed in bad_payloads(fields)] + [
        bad("good, whatever the head", None, fields, head=head),
        bad("R seen before", "r_reused", fields, used=[fields[2]]),
        bad("a coordinate missing", "ballot_length", put(5, opening[:-1])),
        bad("other coordinates", "opening_invalid", put(5, [1 - opening[0], *opening[1:]])),
        bad("a bit of 2", "opening_invalid", put(5, [2, *opening[1:]])),
        bad("a coordinate of 64 bits", "opening_invalid", put(5, [2**64 - 1, *opening[1:]])),
        bad("other r", "opening_invalid", put(6, encode_scalar(7))),
        bad("r is no scalar", "scalar_invalid", put(6, NO_SCALAR)),
        bad("K_a is no point", "point_invalid", put(7, NO_POINT + signature[32:])),
        bad("other B", "challenge_signature", put(4, bytes(BASE))),
        bad("other ω", "challenge_signature", put(7, signature[:32] + omega)),
    ]


def of_other_kinds(source: Source) -> list[dict]:
    """A score, a ranking and an allocation in bits."""
    maker = Maker(source, OTHERS, [[0, 1, 2]], 0)
    good, _ = write_votes(OTHERS, [[1, 1], [[1], [3], [2]], [2, 3]])
    cases = [
        ("more than the most", [1, 1, *good[2:]]),
        ("a cycle", [*good[:5], 1, 0, 0, 1, 1, 0, *good[11:]]),
        ("more than the amount", [*good[:-2], 1, 1]),
    ]
    bad = [(name, maker.payload(coordinates)) for name, coordinates in cases]
    return [
        maker.honest("other kinds", good, None)[0],
        maker.challenge("challenge of other kinds", good, None)[0],
        *(maker.bad("bad_ballot", "ballot: " + name, "proof_invalid", payload) for name, payload in bad),
    ]


def ballots(source: Source) -> dict:
    maker = Maker(source, CONTESTS, STYLES, 1)
    first, values = maker.honest("first", GOOD, None)
    revote, _ = maker.honest("revote", [0, 1, 0, 0, 1, 1], values["tracker"])
    challenge, challenged = maker.challenge("challenge", GOOD, values["tracker"])
    return document(
        "ballot.json",
        [
            first,
            revote,
            challenge,
            *bad_ballots(maker),
            *bad_challenges(maker, challenged["payload"], bytes(20)),
            *of_other_kinds(source),
            *ranged_ballots(source),
        ],
    )
