"""Challenged ballots. Implements specs/ballot.md#challenge."""

from . import cbor
from .ballot import Prefix, Style, make_prefix, prefix_transcript, tracker
from .ristretto import BASE, encode_scalar
from .transcript import Q


def challenge_scalar(style: Style, prefix: Prefix, opening: list[int], r: bytes, K_a: bytes) -> int:
    transcript = prefix_transcript("challenge", style, prefix)
    transcript.absorb("opening", b"".join(coordinate.to_bytes(8, "big") for coordinate in opening))
    return transcript.absorb("r", r).absorb("K_a", K_a).scalar("c")


def make_challenge(
    style: Style, kappa: int, link: bytes | None, coordinates: list[int], r: int, beta: int, kappa_a: int
) -> dict:
    """All values of a challenge, named as in README.md#ballot."""
    prefix = make_prefix(style, kappa, link, coordinates, r, beta)
    K_a = bytes(BASE * kappa_a)
    c = challenge_scalar(style, prefix, coordinates, encode_scalar(r), K_a)
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
        "payload": cbor.encode([*prefix.fields(style), coordinates, encode_scalar(r), signature]),
    }
