"""Makes ballots and challenges for the instances of ballot.json."""

from checks.ballot import RANGED_SCALARS, SCALARS
from checks.contest import contest_json
from reference.ballot import Setup
from reference.challenge import make_challenge
from reference.contest import Contest
from reference.prover import Nonces, RangedNonces, prove
from reference.ristretto import BASE
from reference.transcript import Q

from . import range_prover
from .source import Source, vector, written

IDENTITY, NO_POINT, NO_SCALAR = bytes(32), b"\xff" * 32, Q.to_bytes(32, "little")


def make_setup(source: Source, contests: list[Contest], styles: list[list[int]]) -> Setup:
    slots = sum(contest.slot_count() for contest in contests)
    return Setup(source.randbytes(32), contests, styles, [bytes(BASE * source.scalar()) for _ in range(slots)])


def setup_json(setup: Setup) -> dict:
    return {
        "election": setup.election,
        "contests": list(map(contest_json, setup.contests)),
        "styles": setup.styles,
        "keys": setup.keys,
    }


class Maker:
    """Vectors over one setup and one voter of one style."""

    def __init__(self, source: Source, contests: list[Contest], styles: list[list[int]], style: int):
        self.source, self.kappa = source, source.scalar()
        self.setup, self.index = make_setup(source, contests, styles), style
        self.style = self.setup.style(style)
        self.credential = bytes(BASE * self.kappa)

    def nonces(self) -> tuple[Nonces, RangedNonces | None]:
        source, shape = self.source, self.style.shape
        nonces = Nonces(source.scalar(), source.scalar(), source.scalars(shape.m), *source.scalars(4))
        if not shape.ranged:
            return nonces, None
        gamma, gamma_prime = source.scalars(len(shape.ranged)), source.scalar()
        return nonces, RangedNonces(gamma, gamma_prime, lambda *rest: range_prover.prove(source, *rest))

    def prove(self, coordinates: list[int], link: bytes | None = None) -> tuple[dict, dict]:
        """The values, and what a vector has beside them."""
        nonces, ranged = self.nonces()
        values = prove(self.style, self.kappa, link, coordinates, nonces, ranged)
        inputs = written(vars(nonces) | {"kappa": self.kappa}, {*vars(nonces), "kappa"})
        more = values.pop("ranged")
        if ranged:
            more |= {"gamma": ranged.gamma, "gamma_prime": ranged.gamma_prime}
            more = written(more, {"gamma", "gamma_prime", *RANGED_SCALARS})
        return values, inputs | {"ranged": more}

    def payload(self, coordinates: list[int]) -> bytes:
        return self.prove(coordinates)[0]["payload"]

    def fields(self, link: bytes | None, coordinates: list[int]) -> dict:
        return {"setup": setup_json(self.setup), "style": self.index, "link": link, "coordinates": coordinates}

    def honest(self, name: str, coordinates: list[int], link: bytes | None) -> tuple[dict, dict]:
        """The vector and the values."""
        values, inputs = self.prove(coordinates, link)
        return vector(name, "ballot", **self.fields(link, coordinates), **inputs, **written(values, SCALARS)), values

    def challenge(self, name: str, coordinates: list[int], link: bytes | None) -> tuple[dict, dict]:
        r, beta, kappa_a = self.source.scalars(3)
        values = make_challenge(self.style, self.kappa, link, coordinates, r, beta, kappa_a)
        names = {"kappa": self.kappa, "r": r, "beta": beta, "kappa_a": kappa_a}
        inputs = written(names, set(names))
        return vector(name, "challenge", **self.fields(link, coordinates), **inputs, **written(values, SCALARS)), values

    def bad(
        self, kind: str, name: str, code: str | None, payload: bytes, head: bytes | None = None, used: list[bytes] = ()
    ) -> dict:
        roll = [{"credential": key, "style": self.index} for key in (self.credential, bytes(BASE * 5))]
        return vector(
            name, kind, setup=setup_json(self.setup), roll=roll, head=head, used=list(used), payload=payload, code=code
        )
