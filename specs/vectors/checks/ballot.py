"""ballot.json: specs/ballot.md."""

from reference import judge
from reference.ballot import Setup
from reference.challenge import make_challenge
from reference.judge import Standing
from reference.prover import Nonces, RangedNonces, prove

from .contest import read_contests
from .fields import Fields, Vectors

SCALARS = {"y", "t1", "t0", "x", "f", "z", "eta", "omega", "p_f", "l_f", "c"}
RANGED_SCALARS = {"omega_prime", "l_r"}


def read_setup(vector: Fields) -> Setup:
    item = vector.child("setup")
    setup = Setup(item.hex("election"), read_contests(item), item.get("styles", list), item.hexes("keys"))
    item.finish()
    if len(setup.keys) != len(setup.slots_of(list(range(len(setup.contests))))):
        vector.fail("setup", "has not one key for each slot")
    return setup


def read_ranged(vector: Fields) -> RangedNonces | None:
    """The range proof is taken as it is."""
    if vector.data.get("ranged") is None:
        return None
    item = vector.child("ranged")
    made = item.hex("range_proof")
    return RangedNonces(item.scalar_list("gamma"), item.scalar("gamma_prime"), lambda *_: made)


def check_ranged(vector: Fields, computed: dict | None) -> None:
    if computed is None:
        vector.expect("ranged", None)
        return
    item = vector.child("ranged")
    item.expect_all(computed, RANGED_SCALARS)
    item.rest -= {"gamma", "gamma_prime"}
    item.finish()


def check_ballot(vector: Fields, _: Vectors) -> None:
    setup, index, kappa = read_setup(vector), vector.integer("style"), vector.scalar("kappa")
    link, coordinates = vector.hex_or_null("link"), vector.naturals("coordinates")
    named = {name: vector.scalar(name) for name in ("r", "beta", "s", "sigma", "tau", "kappa_a")}
    nonces = Nonces(a=vector.scalar_list("a"), **named)
    values = prove(setup.style(index), kappa, link, coordinates, nonces, read_ranged(vector))
    check_ranged(vector, values.pop("ranged"))
    vector.expect_all(values, SCALARS)
    standing = Standing({values["credential"]: index}, link, set())
    if judge.judge_ballot(setup, standing, values["payload"]) != values["tracker"]:
        vector.fail("tracker", "is not that of the payload")


def check_challenge(vector: Fields, _: Vectors) -> None:
    setup, index, kappa = read_setup(vector), vector.integer("style"), vector.scalar("kappa")
    link, coordinates = vector.hex_or_null("link"), vector.naturals("coordinates")
    nonces = [vector.scalar(name) for name in ("r", "beta", "kappa_a")]
    values = make_challenge(setup.style(index), kappa, link, coordinates, *nonces)
    vector.expect_all(values, SCALARS)
    judge.judge_challenge(setup, Standing({values["credential"]: index}, link, set()), values["payload"])


def judged_by(decide):
    def check(vector: Fields, _: Vectors) -> None:
        setup, payload, roll = read_setup(vector), vector.hex("payload"), {}
        for item in vector.children("roll"):
            roll[item.hex("credential")] = item.integer("style")
            item.finish()
        standing = Standing(roll, vector.hex_or_null("head"), set(vector.hexes("used")))
        vector.expect_code(lambda: decide(setup, standing, payload))

    return check


KINDS = {
    "ballot": check_ballot,
    "challenge": check_challenge,
    "bad_ballot": judged_by(judge.judge_ballot),
    "bad_challenge": judged_by(judge.judge_challenge),
}
