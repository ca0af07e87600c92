"""Ballots and trackers. Implements specs/ballot.md#ballot and #tracker."""

from dataclasses import dataclass
from functools import cached_property

from .contest import Contest
from .form import Shape
from .ristretto import BASE, H, Point, decode_point, generator, sum_of
from .shape import style_shape
from .transcript import Transcript


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


def chunks(data: bytes) -> list[bytes]:
    return [data[i : i + 32] for i in range(0, len(data), 32)]


@dataclass
class Prefix:
    credential: bytes
    link: bytes | None
    R: bytes
    C: list[bytes]
    B: bytes

    def fields(self, style: Style) -> list:
        return [self.credential, self.link, self.R, style.by_contest(self.C), self.B]


def commit_to(coordinates: list[int], r: int, beta: int) -> bytes:
    return bytes(sum_of([(b, generator(i)) for i, b in enumerate(coordinates, 1)] + [(r, generator(0)), (beta, H)]))


def make_prefix(style: Style, kappa: int, link: bytes | None, coordinates: list[int], r: int, beta: int) -> Prefix:
    ciphertexts = style.encrypt(style.shape.values(coordinates), r)
    return Prefix(bytes(BASE * kappa), link, bytes(BASE * r), ciphertexts, commit_to(coordinates, r, beta))


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
