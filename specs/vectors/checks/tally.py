"""tally.json: specs/tally.md."""

from reference.ballot import Setup
from reference.ristretto import BASE
from reference.tally import Accepted, Tally, lagrange

from .contest import read_contests
from .decryption import check_decryption
from .fields import Fields, Vectors, scalars
from .messages import from_json, to_json


def read_tally(vector: Fields) -> Tally:
    setup = Setup(vector.hex("election"), read_contests(vector), vector.get("styles", list), vector.hexes("keys"))
    ballots = [read_ballot(item, setup) for item in vector.children("ballots")]
    numbers = [vector.integer(name) for name in ("threshold", "minimum")]
    shares = vector.hexes_map("shares")
    return Tally(
        setup, vector.hex("keys_hash"), vector.hex("close"), *numbers, vector.integers("qualified"), shares, ballots
    )


def read_ballot(item: Fields, setup: Setup) -> Accepted:
    """R and C are computed from r and the slots."""
    style, r = item.integer("style"), item.scalar("r")
    R, C = bytes(BASE * r), setup.style(style).encrypt(item.integers("slots"), r)
    item.expect_all({"R": R, "C": C}, set())
    accepted = Accepted(item.hex("leaf_hash"), item.hex("credential"), item.integer("weight"), style, R, C)
    item.finish()
    return accepted


def check_tally(vector: Fields, _: Vectors) -> None:
    tally = read_tally(vector)
    vector.expect("counted", [ballot.leaf for ballot in tally.counted()])
    vector.expect("counted_hash", tally.counted_hash())
    vector.expect("groups", [vars(group) for group in tally.groups()])
    decryptions = check_decryptions(vector, tally)
    indexes = sorted(decryptions)[: tally.threshold]
    vector.expect("indexes", indexes)
    vector.expect("lagrange", scalars([lagrange(indexes)[i] for i in indexes]))
    totals = vector.get("totals", list)
    result = result_of(tally.setup, totals)
    vector.expect("result", to_json(result))
    tally.judge_result(decryptions, tally.counted_hash(), result)


def check_decryptions(vector: Fields, tally: Tally) -> dict[int, list[bytes]]:
    """The D_j by trustee."""
    statement, decryptions = tally.statement(), {}
    secret_shares = check_shares(vector, tally)
    for item in vector.children("decryptions"):
        trustee = item.integer("trustee")
        secrets = [secret_shares[trustee][slot - 1] for slot in statement.slots()]
        publics = [tally.shares[trustee][slot - 1] for slot in statement.slots()]
        decryptions[trustee] = check_decryption(item, statement, secrets, publics)
    return decryptions


def check_shares(vector: Fields, tally: Tally) -> dict[int, list[int]]:
    """x_ij by trustee; they give the X_ij, and these the PK_j."""
    secrets = {
        trustee: [vector.to_scalar("secret_shares", value) for value in values]
        for trustee, values in vector.hexes_map("secret_shares").items()
    }
    vector.expect("shares", {trustee: [bytes(BASE * x) for x in values] for trustee, values in secrets.items()})
    factors = lagrange(tally.qualified[: tally.threshold])
    keys = [
        bytes(BASE * sum(factor * secrets[i][j] for i, factor in factors.items())) for j in range(len(tally.setup.keys))
    ]
    vector.expect("keys", keys)
    return secrets


def result_of(setup: Setup, totals: list[int | None]) -> list:
    """Whether the totals are right, judge_result says."""
    result, rest = [], list(totals)
    for contest in setup.contests:
        own, rest = rest[: contest.slot_count()], rest[contest.slot_count() :]
        result.append(None if own[0] is None else own)
    return result


def base_decryptions(base: Fields) -> dict[int, list[bytes]]:
    return {item.integer("trustee"): item.hexes("decryption") for item in base.children("decryptions")}


def check_bad_share(vector: Fields, vectors: Vectors) -> None:
    tally, sent = read_tally(vectors.base(vector)), set(vector.integers("sent"))
    keys_hash, counted, trustee = vector.hex("keys_hash"), vector.hex("counted_hash"), vector.integer("trustee")
    decryption, proof = vector.hex("decryption"), vector.hex("proof")
    vector.expect_code(lambda: tally.judge_share(sent, keys_hash, counted, trustee, decryption, proof))


def check_bad_result(vector: Fields, vectors: Vectors) -> None:
    base = vectors.base(vector)
    tally, decryptions = read_tally(base), base_decryptions(base)
    if vector.has("accepted"):
        decryptions = {trustee: decryptions[trustee] for trustee in vector.integers("accepted")}
    counted, contests = vector.hex("counted_hash"), from_json(vector.get("contests"))
    vector.expect_code(lambda: tally.judge_result(decryptions, counted, contests))


KINDS = {"tally": check_tally, "bad_share": check_bad_share, "bad_result": check_bad_result}
