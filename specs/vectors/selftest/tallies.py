"""Instances of tally.json, honest and hostile."""

from checks.contest import contest_json
from checks.decryption import SCALARS
from checks.messages import to_json
from checks.tally import result_of
from reference.ballot import Setup
from reference.ceremony import evaluate
from reference.contest import Allocation, Choice, Positional
from reference.decryption import decrypt
from reference.ristretto import BASE, encode_scalar
from reference.tally import Accepted, Tally, lagrange
from reference.transcript import Q

from .source import Source, document, vector, written

CONTESTS = [Choice(2, 1, 1, True), Positional(2, 1, [5, 2]), Allocation(1, 9, True), Choice(1, 0, 1, False)]
STYLES = [[0, 1], [0, 1, 2], [3]]
TRUSTEES, THRESHOLD = 3, 2

VOTES = [
    ("a", 1, 0, [1, 0, 0, 5, 2]),
    ("b", 3, 0, [0, 1, 0, 0, 5]),
    ("c", 2, 1, [0, 0, 1, 2, 5, 9]),
    ("a", 1, 0, [0, 1, 0, 5, 0]),
]
"""Voter, weight, style, slots: a revotes; contest 2 has one ballot, contest 3 none."""


class Count:
    def __init__(self, source: Source, minimum: int, votes: list):
        self.source = source
        slots = sum(contest.slot_count() for contest in CONTESTS)
        polynomials = [source.scalars(THRESHOLD) for _ in range(slots)]
        self.secrets = {i: [evaluate(p, i) for p in polynomials] for i in range(1, TRUSTEES + 1)}
        keys = [bytes(BASE * p[0]) for p in polynomials]
        shares = {i: [bytes(BASE * x) for x in values] for i, values in self.secrets.items()}
        setup = Setup(source.randbytes(32), CONTESTS, STYLES, keys)
        self.tally = Tally(setup, source.randbytes(32), source.randbytes(32), THRESHOLD, minimum, [1, 2, 3], shares, [])
        self.ballots = [self.vote(*vote) for vote in votes]

    def vote(self, voter: str, weight: int, style: int, slots: list[int]) -> dict:
        r, leaf = self.source.scalar(), self.source.randbytes(32)
        R, C = bytes(BASE * r), self.tally.setup.style(style).encrypt(slots, r)
        credential = bytes(BASE * ord(voter))
        self.tally.ballots.append(Accepted(leaf, credential, weight, style, R, C))
        return {
            "leaf_hash": leaf,
            "credential": credential,
            "weight": weight,
            "style": style,
            "r": encode_scalar(r),
            "slots": slots,
            "R": R,
            "C": C,
        }

    def decryption(self, trustee: int, error: int = 0) -> dict:
        statement = self.tally.statement()
        secrets = [(self.secrets[trustee][slot - 1] + error) % Q for slot in statement.slots()]
        nonces = self.source.scalars(len(statement.groups))
        return decrypt(statement, trustee, secrets, nonces) | {"secrets": secrets, "nonces": nonces}

    def totals(self) -> list[int | None]:
        """By adding up the counted votes."""
        counted, setup = {ballot.leaf for ballot in self.tally.counted()}, self.tally.setup
        totals = dict.fromkeys(range(1, len(setup.keys) + 1), 0)
        for ballot in self.ballots:
            for slot, value in zip(setup.slots_of(STYLES[ballot["style"]]), ballot["slots"], strict=True):
                totals[slot] += ballot["weight"] * value * (ballot["leaf_hash"] in counted)
        withheld = [slot for group in self.tally.groups() if group.state == "withheld" for slot in group.slots]
        return [None if slot in withheld else total for slot, total in totals.items()]

    def vector(self, name: str, trustees: list[int]) -> dict:
        tally, setup = self.tally, self.tally.setup
        values = [self.decryption(i) for i in trustees]
        decryptions = {v["trustee"]: v["decryption"] for v in values}
        indexes, totals = sorted(decryptions)[:THRESHOLD], self.totals()
        return vector(
            name,
            "tally",
            election=setup.election,
            keys_hash=tally.keys_hash,
            close=tally.close,
            contests=list(map(contest_json, CONTESTS)),
            styles=STYLES,
            keys=setup.keys,
            threshold=THRESHOLD,
            minimum=tally.minimum,
            qualified=[1, 2, 3],
            shares=tally.shares,
            secret_shares={i: list(map(encode_scalar, x)) for i, x in self.secrets.items()},
            ballots=self.ballots,
            counted=[b.leaf for b in tally.counted()],
            counted_hash=tally.counted_hash(),
            groups=[vars(g) for g in tally.groups()],
            decryptions=[written(v, SCALARS | {"secrets", "nonces"}) for v in values],
            indexes=indexes,
            lagrange=[encode_scalar(lagrange(indexes)[i]) for i in indexes],
            totals=totals,
            result=to_json(result_of(setup, totals)),
        )


def bad_shares(count: Count, name: str) -> list[dict]:
    """Shares of trustee 2, who sent none."""
    tally, right, wrong = count.tally, count.decryption(2), count.decryption(2, 1)
    mixed = right | {"decryption": right["decryption"][1:] + right["decryption"][:1]}
    cases = [
        ("good", {}, right, None),
        ("not a member", {"trustee": 4}, right, "trustee_left_out"),
        ("other keys", {"keys_hash": bytes(32)}, right, "keys_mismatch"),
        ("other ballots", {"counted_hash": bytes(32)}, right, "counted_mismatch"),
        ("sent before", {"sent": [2]}, right, "duplicate"),
        ("too long", {}, right | {"proof": right["proof"] + bytes(32)}, "share_length"),
        ("no point", {}, right | {"decryption": [b"\xff" * 32, *right["decryption"][1:]]}, "point_invalid"),
        ("no scalar", {}, right | {"proof": right["proof"][:-32] + b"\xff" * 32}, "scalar_invalid"),
        ("of another trustee", {"trustee": 1}, right, "share_invalid"),
        ("wrong secret", {}, wrong, "share_invalid"),
        ("decryptions rotated", {}, mixed, "share_invalid"),
        ("decryption of another proof", {}, right | {"decryption": wrong["decryption"]}, "share_invalid"),
    ]
    return [
        vector(
            "share: " + title,
            "bad_share",
            **{
                "base": name,
                "sent": [],
                "keys_hash": tally.keys_hash,
                "counted_hash": tally.counted_hash(),
                "trustee": 2,
                "decryption": b"".join(values["decryption"]),
                "proof": values["proof"],
                "code": code,
                **changed,
            },
        )
        for title, changed, values, code in cases
    ]


def bad_results(count: Count, name: str, result: list) -> list[dict]:
    counted = count.tally.counted_hash()
    first, second = result[:2]

    def put(place: int, value: list | None) -> list:
        return [*result[:place], value, *result[place + 1 :]]

    cases = [
        ("good", result, counted, {}, None),
        ("other ballots", result, bytes(32), {}, "counted_mismatch"),
        ("one share", result, counted, {"accepted": [1]}, "shares_missing"),
        ("contest missing", result[:-1], counted, {}, "result_shape"),
        ("slot missing", put(1, second[:-1]), counted, {}, "result_shape"),
        ("no blank", put(0, first[:-1]), counted, {}, "result_shape"),
        ("blank too many", put(1, [*second, 0]), counted, {}, "result_shape"),
        ("withheld without need", put(0, None), counted, {}, "result_shape"),
        ("withheld though empty", put(3, None), counted, {}, "result_shape"),
        ("not withheld", put(2, [9]), counted, {}, "result_shape"),
        ("one vote moved", put(0, [first[0] + 1, first[1] - 1, first[2]]), counted, {}, "result_total"),
        ("a total of 64 bits", put(1, [second[0], 2**64 - 1]), counted, {}, "result_total"),
        ("votes of nobody", put(3, [1]), counted, {}, "result_total"),
    ]
    return [
        vector(
            "result: " + title,
            "bad_result",
            base=name,
            counted_hash=counted_hash,
            contests=to_json(contests),
            code=code,
            **more,
        )
        for title, contests, counted_hash, more, code in cases
    ]


def tallies(source: Source) -> dict:
    count = Count(source, 2, VOTES)
    usual = count.vector("usual", [1, 3])
    result = result_of(count.tally.setup, usual["totals"])
    return document(
        "tally.json",
        [
            usual,
            Count(source, 1, VOTES).vector("all shares", [1, 2, 3]),
            Count(source, 1, []).vector("no ballots", []),
            *bad_shares(count, "usual"),
            *bad_results(count, "usual", result),
        ],
    )
