"""ballot.json: specs/ballot.md."""

from reference import ballot
from reference.ballot import Nonces, Setup, Standing

from .fields import Fields, Vectors
from .shape import read_contests

SCALARS = {"y", "t1", "t0", "x", "f", "z", "eta", "omega", "p_f", "l_f", "c"}


def read_setup(vector: Fields) -> Setup:
    item = vector.child("setup")
    setup = Setup(item.hex("election"), read_contests(item), item.get("styles", list), item.hexes("keys"))
    item.finish()
    if len(setup.keys) != len(setup.slots_of(list(range(len(setup.contests))))):
        vector.fail("setup", "has not one key for each slot")
    return setup


def check_ballot(vector: Fields, _: Vectors) -> None:
    setup, index, kappa = read_setup(vector), vector.integer("style"), vector.scalar("kappa")
    link, bits = vector.hex_or_null("link"), vector.integers("bits")
    named = {name: vector.scalar(name) for name in ("r", "beta", "s", "sigma", "tau", "kappa_a")}
    values = ballot.prove(setup.style(index), kappa, link, bits, Nonces(a=vector.scalar_list("a"), **named))
    vector.expect_all(values, SCALARS)
    standing = Standing({values["credential"]: index}, link, set())
    if ballot.judge_ballot(setup, standing, values["payload"]) != values["tracker"]:
        vector.fail("tracker", "is not that of the payload")


def check_challenge(vector: Fields, _: Vectors) -> None:
    setup, index, kappa = read_setup(vector), vector.integer("style"), vector.scalar("kappa")
    link, bits = vector.hex_or_null("link"), vector.integers("bits")
    nonces = [vector.scalar(name) for name in ("r", "beta", "kappa_a")]
    values = ballot.make_challenge(setup.style(index), kappa, link, bits, *nonces)
    vector.expect_all(values, SCALARS)
    ballot.judge_challenge(setup, Standing({values["credential"]: index}, link, set()), values["payload"])


def judged_by(judge):
    def check(vector: Fields, _: Vectors) -> None:
        setup, payload, roll = read_setup(vector), vector.hex("payload"), {}
        for item in vector.children("roll"):
            roll[item.hex("credential")] = item.integer("style")
            item.finish()
        standing = Standing(roll, vector.hex_or_null("head"), set(vector.hexes("used")))
        vector.expect_code(lambda: judge(setup, standing, payload))

    return check


KINDS = {
    "ballot": check_ballot,
    "challenge": check_challenge,
    "bad_ballot": judged_by(ballot.judge_ballot),
    "bad_challenge": judged_by(ballot.judge_challenge),
}
