"""Manifests and rolls for messages.json, honest and hostile."""

import hashlib

from checks.contest import contest_json
from reference import cbor, ed25519, election, notes
from reference.contest import Allocation, Choice, Score
from reference.edwards import P
from reference.notes import LOG
from reference.ristretto import BASE

from .source import Source, vector

ORIGIN = "example.org/e"
HASH, OTHER = bytes(32), b"\1" * 32
LISTS = ["lists", {0: [{0: "x", 1: "List X", 2: 2}, {0: "y", 1: "List Y", 2: 0}], 1: 0, 2: 1}]


def make_manifest(source: Source, secret: bytes) -> dict:
    log, *others = (ed25519.public_key(source.randbytes(32)) for _ in range(4))
    options = [{0: "yes", 1: "Yes"}, {0: "no", 1: "Nō"}]
    return {
        0: 1,
        1: "e",
        2: "An election",
        3: True,
        4: ORIGIN,
        5: log,
        6: f"log {notes.verifier_key(ORIGIN, LOG, log)}\nquorum none\n",
        7: [
            {0: "a", 1: "First", 2: options, 3: ["choice", {0: 1, 1: 1, 2: True}], 4: ["highest", 1, None]},
            {0: "b", 1: "Second", 2: options, 3: LISTS, 4: ["dhondt", 2, [2, 3, 0, 1]]},
        ],
        8: [{0: "one", 1: [0]}, {0: "both", 1: [0, 1]}],
        9: ed25519.public_key(secret),
        10: others[0],
        11: [{0: "Ann", 1: others[1]}, {0: "Ben", 1: others[2]}],
        12: 1,
        13: 2,
        14: 1,
        15: [{0: "app.js", 1: HASH}, {0: "index.html", 1: OTHER}],
    }


def signed(kind: str, value: dict, secret: bytes) -> tuple[bytes, bytes, bytes]:
    """Body, signature, payload."""
    body = cbor.encode(value)
    signature = ed25519.sign(secret, election.signed_bytes(kind, body))
    return body, signature, cbor.encode([body, signature])


def bad_manifests(manifest: dict, secret: bytes) -> list[dict]:
    (contest, second), styles, many = manifest[7], manifest[8], [{0: str(i), 1: "x"} for i in range(501)]

    def first(**changed) -> dict:
        """Another first contest: options, kind, counting."""
        keys = {"options": 2, "kind": 3, "counting": 4}
        return {7: [contest | {keys[name]: value for name, value in changed.items()}, second]}

    def lists(sizes: list[int], ids: str = "xyz") -> dict:
        items = [{0: name, 1: "X", 2: size} for name, size in zip(ids, sizes, strict=False)]
        return {7: [contest, second | {3: ["lists", {0: items, 1: 0, 2: 1}]}]}

    def only(kind: list, options: int, count: int = 1) -> dict:
        """So many contests of a kind, all in one style."""
        contests = [{0: str(i), 1: "X", 2: many[:options], 3: kind, 4: None} for i in range(count)]
        return {7: contests, 8: [{0: "x", 1: list(range(count))}]}

    narrow, wide = ["choice", {0: 0, 1: 1, 2: False}], ["choice", {0: 0, 1: 475, 2: False}]
    cases = [
        ("good", {}, None),
        ("version", {0: 2, 1: "E"}, "manifest_version"),
        ("id", {1: "E"}, "manifest_text"),
        ("title empty", {2: ""}, "manifest_text"),
        ("title with a control character", {2: "a\u0085b"}, "manifest_text"),
        ("title of 1,001 bytes", {2: "x" * 1001}, "manifest_text"),
        ("no contest", {7: []}, "manifest_text"),
        ("501 options", first(options=many), "manifest_text"),
        ("no option", first(options=[]), "manifest_text"),
        ("no list", lists([]), "manifest_text"),
        ("list twice", lists([1, 1], "xx"), "manifest_text"),
        (
            "title of a list empty",
            {7: [contest, second | {3: ["lists", {0: [{0: "x", 1: "", 2: 2}], 1: 0, 2: 1}]}]},
            "manifest_text",
        ),
        ("contest twice", {7: [contest, second | {0: "a"}]}, "manifest_text"),
        ("option twice", first(options=[contest[2][0]] * 2), "manifest_text"),
        ("style name twice", {8: [styles[0], styles[1] | {0: "one"}]}, "manifest_text"),
        ("assets not ascending", {15: manifest[15][::-1]}, "manifest_text"),
        ("origin of another id", {4: "example.org/f"}, "manifest_origin"),
        ("origin with a space", {4: "example org/e"}, "manifest_origin"),
        ("key twice", {10: manifest[9]}, "manifest_keys"),
        ("key of small order", {10: bytes([1]) + bytes(31)}, "manifest_keys"),
        ("key not canonical", {10: (P + 3).to_bytes(32, "little")}, "manifest_keys"),
        ("policy", {6: "quorum none\n"}, "manifest_policy"),
        ("min above max", first(kind=["choice", {0: 2, 1: 1, 2: False}]), "manifest_contest"),
        ("lists of other options", lists([1, 2]), "manifest_contest"),
        ("counting", first(counting=["highest", 3, None]), "manifest_contest"),
        ("unknown kind", first(kind=["rank", {0: 1, 1: 1, 2: False}]), "payload_malformed"),
        ("parameters of another kind", first(kind=["choice", {0: 1, 1: 1}]), "payload_malformed"),
        ("unknown method", first(counting=["lottery", 1, None]), "payload_malformed"),
        ("no counting", {7: [{key: contest[key] for key in range(4)}, second]}, "payload_malformed"),
        ("style empty", {8: [styles[0] | {1: []}, styles[1]]}, "manifest_style"),
        ("style descending", {8: [styles[0], styles[1] | {1: [1, 0]}]}, "manifest_style"),
        ("styles alike", {8: [styles[1] | {0: "x"}, styles[1]]}, "manifest_style"),
        ("contest in no style", {8: [styles[0]]}, "manifest_style"),
        ("index too high", {8: [styles[0], styles[1] | {1: [0, 1, 2]}]}, "manifest_style"),
        ("threshold 0", {12: 0}, "manifest_threshold"),
        ("quorum below threshold", {12: 2, 13: 1}, "manifest_threshold"),
        ("quorum above trustees", {13: 3}, "manifest_threshold"),
        ("minimum 0", {14: 0}, "manifest_threshold"),
        ("rankings", only(["ranking", {0: False}], 2, 3), None),
        ("1,002 slots", only(narrow, 334, 3), "manifest_size"),
        ("1,914 coordinates and slots", only(wide, 475, 2), "manifest_size"),
        ("ranking of 500", only(["ranking", {0: True}], 500), "manifest_size"),
        ("positional of 500", only(["positional", {0: 0, 1: [1] * 500}], 500), "manifest_size"),
        ("128 ranged slots", only(["allocation", {0: 2**32 - 1, 1: True}], 64), None),
        ("130 ranged slots", only(["allocation", {0: 65535, 1: True}], 65, 2), "manifest_size"),
    ]
    vectors = [
        vector(
            "manifest: " + name,
            "bad_manifest",
            origin=ORIGIN,
            payload=signed("manifest", manifest | change, secret)[2],
            code=code,
        )
        for name, change, code in cases
    ]
    other = signed("manifest", manifest, OTHER)[2]
    return vectors + [
        vector("manifest: signature", "bad_manifest", origin=ORIGIN, payload=other, code="signature_invalid")
    ]


CHOICE, POINTS, AMOUNT = Choice(2, 1, 1, True), Score(2, 5, 0, 3), Allocation(2, 2**32 - 1, False)
LIMBS, LIMIT = Allocation(2, 65536, True), 2**40 // 65535


def rolls() -> list[dict]:
    points = sorted(bytes(BASE * i) for i in range(1, 5))

    def chunk(revision: int, number: int, chunks: int, voters: list, before: bytes | None = None) -> bytes:
        previous = bytes(32) if before is None else hashlib.sha256(before).digest()
        return cbor.encode({0: HASH, 1: revision, 2: number, 3: chunks, 4: voters, 5: previous})

    one = chunk(1, 1, 2, [[points[0], 1, 0], [points[1], 5, 1]])
    two = chunk(1, 2, 2, [[points[2], 1, 0]], one)
    cases = [
        ("first", [], one, None),
        ("second", [one], two, None),
        ("new revision", [one], chunk(2, 1, 1, [[points[0], 1, 0]]), None),
        ("second first", [], two, "roll_chunk"),
        ("third of two", [one, two], chunk(1, 3, 2, [], two), "roll_chunk"),
        ("after another first chunk", [one], chunk(1, 2, 2, [], two), "roll_chunk"),
        ("other chunks", [one], chunk(1, 2, 3, [], one), "roll_chunk"),
        ("revision skipped", [one], chunk(3, 1, 1, []), "roll_chunk"),
        ("no chunks", [], chunk(1, 1, 0, []), "roll_chunk"),
        ("order over chunks", [one], chunk(1, 2, 2, [[points[1], 1, 0]], one), "roll_order"),
        ("no point", [], chunk(1, 1, 1, [[b"\xff" * 32, 1, 0]]), "point_invalid"),
        ("identity", [], chunk(1, 1, 1, [[bytes(32), 1, 0]]), "identity_point"),
        ("weight 0", [], chunk(1, 1, 1, [[points[0], 0, 9]]), "roll_weight"),
        ("style", [], chunk(1, 1, 1, [[points[0], 1, 2]]), "roll_style"),
        ("largest total", [], chunk(1, 1, 1, [[points[0], 2**40, 0]]), None),
        ("largest total of points", [], chunk(1, 1, 1, [[points[0], 2**40 // 3, 0]]), None, POINTS),
        ("total of points", [], chunk(1, 1, 1, [[points[0], 2**40 // 3 + 1, 0]]), "roll_total", POINTS),
        ("largest total of limbs", [], chunk(1, 1, 1, [[points[0], LIMIT, 0]]), None, LIMBS),
        ("total of limbs", [], chunk(1, 1, 1, [[points[0], LIMIT + 1, 0]]), "roll_total", LIMBS),
        ("largest total of amounts", [], chunk(1, 1, 1, [[points[0], 2**21, 0]]), None, AMOUNT),
        ("total of amounts", [], chunk(1, 1, 1, [[points[0], 2**21 + 1, 0]]), "roll_total", AMOUNT),
        ("total", [one], chunk(1, 2, 2, [[points[2], 2**40 - 5, 0]], one), "roll_total"),
        ("weight of 64 bits", [], chunk(1, 1, 1, [[points[0], 2**64 - 1, 0]]), "roll_total"),
    ]
    roll = vector(
        "whole roll",
        "roll",
        election=HASH,
        revision=1,
        chunks=[one, two],
        count=3,
        roll_hash=election.roll_hash(HASH, 1, [one, two]),
    )
    return [roll] + [
        vector(
            "roll: " + name,
            "bad_roll",
            election=HASH,
            contests=list(map(contest_json, contests or [CHOICE])),
            styles=2,
            before=before,
            body=body,
            code=code,
        )
        for name, before, body, code, *contests in cases
    ]
