"""Which ballots and challenges are accepted. Implements the checks of specs/ballot.md#ballot and #challenge."""

from dataclasses import dataclass

from . import cbor, proof
from .ballot import Prefix, Setup, Style, chunks, tracker
from .challenge import challenge_scalar
from .contest import LIMB
from .refusal import require
from .ristretto import BASE, decode_nonidentity, decode_point, decode_scalar


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
    return chunks(joined)


def judge_ballot(setup: Setup, standing: Standing, payload: bytes) -> bytes:
    """The tracker of a ballot that must be accepted; refuses any other."""
    (credential, link, R, contests, B, data), _, _ = cbor.decode_payload("ballot", payload)
    style = check_contests(setup, standing, credential, contests)
    prefix = Prefix(credential, link, R, split_ciphertexts(style, contests), B)
    require(len(data) == proof.length(style.shape), "ballot_length")
    require(link == standing.head, "link_stale")
    require(R not in standing.used, "r_reused")
    parts = proof.split(style.shape, data)
    for point in [R, *prefix.C, B, *parts.points()]:
        decode_point(point)
    for scalar in parts.scalars():
        decode_scalar(scalar)
    decode_nonidentity(R)
    require(proof.verify(style, prefix, parts), "proof_invalid")
    return tracker(style, prefix)


def judge_challenge(setup: Setup, standing: Standing, payload: bytes) -> None:
    (credential, link, R, contests, B, opening, r, signature), _, _ = cbor.decode_payload("challenge", payload)
    style = check_contests(setup, standing, credential, contests)
    prefix = Prefix(credential, link, R, split_ciphertexts(style, contests), B)
    require(len(opening) == style.shape.m, "ballot_length")
    require(R not in standing.used, "r_reused")
    for point in [R, *prefix.C, B, signature[:32]]:
        decode_point(point)
    opened, omega = decode_scalar(r), decode_scalar(signature[32:])
    decode_nonidentity(R)
    allowed = all(coordinate < LIMB for coordinate in opening) and style.shape.allows(opening)
    require(allowed and bytes(BASE * opened) == R, "opening_invalid")
    require(style.encrypt(style.shape.values(opening), opened) == prefix.C, "opening_invalid")
    c = challenge_scalar(style, prefix, opening, r, signature[:32])
    expected = decode_point(signature[:32]) + decode_point(credential) * c
    require(BASE * omega == expected, "challenge_signature")
