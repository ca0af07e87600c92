"""Instances of messages.json, honest and hostile."""

import hashlib

from checks.messages import to_json
from reference import cbor, ed25519, election, notes
from reference.edwards import P
from reference.notes import LOG
from reference.ristretto import BASE
from reference.transcript import Q

from .source import Source, document, vector

ORIGIN = "example.org/e"
HASH, OTHER = bytes(32), b"\1" * 32

BODIES = {
    "roll": {0: HASH, 1: 1, 2: 1, 3: 1, 4: [[bytes(BASE), 1, 0]], 5: bytes(32)},
    "open": {0: HASH, 1: "anchor", 2: OTHER, 3: OTHER},
    "close": {0: HASH, 1: "anchor", 2: 300, 3: OTHER},
    "final": {0: HASH, 1: "anchor", 2: OTHER},
    "commit": {0: HASH, 1: 1, 2: OTHER, 3: 1, 4: OTHER, 5: {2: bytes(BASE), 300: OTHER}},
    "round": {0: HASH, 1: 1, 2: OTHER, 3: []},
    "restart": {0: HASH, 1: 2, 2: OTHER},
    "deal": {0: HASH, 1: 1, 2: OTHER, 3: 1, 4: 1, 5: 1, 6: b"dealing"},
    "confirm": {0: HASH, 1: 1, 2: OTHER, 3: 1, 4: {2: OTHER}, 5: {3: OTHER}},
    "keys": {0: HASH, 1: 1, 2: OTHER, 3: 1, 4: OTHER},
    "rehearse": {0: HASH, 1: OTHER, 2: 1},
    "rehearsal": {0: HASH, 1: OTHER, 2: 1, 3: 1, 4: b"", 5: b""},
    "share": {0: HASH, 1: OTHER, 2: OTHER, 3: 2**64 - 1, 4: b"", 5: b"", 6: "anchor"},
    "result": {0: HASH, 1: "anchor", 2: OTHER, 3: [["choice", [1, 2], None], ["withheld"], ["choice", [0], 7]]},
}


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
            {0: "a", 1: "First", 2: options, 3: ["choice", {0: 1, 1: 1, 2: True}]},
            {0: "b", 1: "Second", 2: options, 3: ["choice", {0: 0, 1: 2, 2: False}]},
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


def message(kind: str, value: dict, secret: bytes) -> dict:
    body, signature, payload = signed(kind, value, secret)
    more = {"manifest_hash": hashlib.sha256(body).digest()} if kind == "manifest" else {}
    return vector(
        kind,
        "message",
        message=kind,
        value=to_json(value),
        body=body,
        secret=secret,
        public=ed25519.public_key(secret),
        signed=election.signed_bytes(kind, body),
        signature=signature,
        payload=payload,
        payload_hash=hashlib.sha256(payload).digest(),
        **more,
    )


def unsigned() -> list[dict]:
    ballot = [OTHER, None, OTHER, {0: OTHER, 24: b""}, OTHER, b"proof"]
    challenge = [OTHER, bytes(20), OTHER, {0: OTHER}, OTHER, [0, 1], OTHER, bytes(64)]
    return [
        vector(
            kind,
            "unsigned",
            message=kind,
            value=to_json(value),
            payload=cbor.encode(value),
            payload_hash=hashlib.sha256(cbor.encode(value)).digest(),
        )
        for kind, value in (("ballot", ballot), ("challenge", challenge))
    ]


def bad_messages(secret: bytes) -> list[dict]:
    public = ed25519.public_key(secret)
    value = BODIES["close"]
    body, signature, payload = signed("close", value, secret)

    def raw(body: bytes) -> bytes:
        return cbor.encode([body, ed25519.sign(secret, election.signed_bytes("close", body))])

    cases = [
        ("good", payload, public, HASH, None),
        ("other election", payload, public, OTHER, "election_mismatch"),
        ("other key", payload, ed25519.public_key(OTHER), HASH, "signature_invalid"),
        (
            "of another kind",
            cbor.encode([body, ed25519.sign(secret, election.signed_bytes("open", body))]),
            public,
            HASH,
            "signature_invalid",
        ),
        ("S above the order", cbor.encode([body, raise_s(signature)]), public, HASH, "signature_invalid"),
        ("signature of 63 bytes", cbor.encode([body, signature[:63]]), public, HASH, "payload_malformed"),
        ("three elements", cbor.encode([body, signature, 0]), public, HASH, "payload_malformed"),
        (
            "key missing",
            raw(cbor.encode({k: v for k, v in value.items() if k != 3})),
            public,
            HASH,
            "payload_malformed",
        ),
        ("key too many", raw(cbor.encode(value | {4: 0})), public, HASH, "payload_malformed"),
        ("wrong type", raw(cbor.encode(value | {2: "300"})), public, HASH, "payload_malformed"),
        ("negative", raw(cbor.encode(value | {2: -1})), public, HASH, "payload_malformed"),
        (
            "integer not shortest",
            raw(body.replace(b"\x19\x01\x2c", b"\x1a\0\0\x01\x2c")),
            public,
            HASH,
            "payload_malformed",
        ),
        ("keys not in order", raw(body[:1] + body[36:44] + body[1:36] + body[44:]), public, HASH, "payload_malformed"),
        ("indefinite length", raw(b"\xbf" + body[1:] + b"\xff"), public, HASH, "payload_malformed"),
        ("tag", raw(b"\xc1" + body), public, HASH, "payload_malformed"),
        ("float", raw(body.replace(b"\x19\x01\x2c", b"\xf9\x5c\xb0")), public, HASH, "payload_malformed"),
        ("not UTF-8", raw(body.replace(b"anchor", b"anch\xff\xff")), public, HASH, "payload_malformed"),
        ("truncated", raw(body[:-1]), public, HASH, "payload_malformed"),
        ("empty", b"", public, HASH, "payload_malformed"),
    ]
    return [
        vector(
            "message: " + name, "bad_message", message="close", election=identity, public=key, payload=data, code=code
        )
        for name, data, key, identity, code in cases
    ]


def raise_s(signature: bytes) -> bytes:
    return signature[:32] + (int.from_bytes(signature[32:], "little") + Q).to_bytes(32, "little")


def bad_manifests(manifest: dict, secret: bytes) -> list[dict]:
    contest, styles = manifest[7][0], manifest[8]
    second = manifest[7][1]

    def kind(minimum: int, maximum: int) -> list[dict]:
        return [contest | {3: ["choice", {0: minimum, 1: maximum, 2: False}]}, second]

    many = [{0: str(i), 1: "x"} for i in range(501)]
    wide = [second | {0: str(i), 2: many[:334], 3: ["choice", {0: 0, 1: 1, 2: False}]} for i in range(3)]
    heavy = [second | {0: str(i), 2: many[:475], 3: ["choice", {0: 0, 1: 475, 2: False}]} for i in range(2)]
    cases = [
        ("good", {}, None),
        ("version", {0: 2, 1: "E"}, "manifest_version"),
        ("id", {1: "E"}, "manifest_text"),
        ("title empty", {2: ""}, "manifest_text"),
        ("title with a control character", {2: "a\u0085b"}, "manifest_text"),
        ("title of 1,001 bytes", {2: "x" * 1001}, "manifest_text"),
        ("no contest", {7: []}, "manifest_text"),
        ("501 options", {7: [contest | {2: many}, second]}, "manifest_text"),
        ("contest twice", {7: [contest, second | {0: "a"}]}, "manifest_text"),
        ("option twice", {7: [contest | {2: [contest[2][0]] * 2}, second]}, "manifest_text"),
        ("style name twice", {8: [styles[0], styles[1] | {0: "one"}]}, "manifest_text"),
        ("assets not ascending", {15: manifest[15][::-1]}, "manifest_text"),
        ("origin of another id", {4: "example.org/f"}, "manifest_origin"),
        ("origin with a space", {4: "example org/e"}, "manifest_origin"),
        ("key twice", {10: manifest[9]}, "manifest_keys"),
        ("key of small order", {10: bytes([1]) + bytes(31)}, "manifest_keys"),
        ("key not canonical", {10: (P + 3).to_bytes(32, "little")}, "manifest_keys"),
        ("policy", {6: "quorum none\n"}, "manifest_policy"),
        ("min above max", {7: kind(2, 1)}, "manifest_contest"),
        ("max above n", {7: kind(0, 3)}, "manifest_contest"),
        ("max of 0", {7: kind(0, 0)}, "manifest_contest"),
        ("unknown kind", {7: [contest | {3: ["rank", {0: 1, 1: 1, 2: False}]}, second]}, "payload_malformed"),
        ("style empty", {8: [styles[0] | {1: []}, styles[1]]}, "manifest_style"),
        ("style descending", {8: [styles[0], styles[1] | {1: [1, 0]}]}, "manifest_style"),
        ("styles alike", {8: [styles[1] | {0: "x"}, styles[1]]}, "manifest_style"),
        ("contest in no style", {8: [styles[0]]}, "manifest_style"),
        ("index too high", {8: [styles[0], styles[1] | {1: [0, 1, 2]}]}, "manifest_style"),
        ("threshold 0", {12: 0}, "manifest_threshold"),
        ("quorum below threshold", {12: 2, 13: 1}, "manifest_threshold"),
        ("quorum above trustees", {13: 3}, "manifest_threshold"),
        ("minimum 0", {14: 0}, "manifest_threshold"),
        ("1,002 slots", {7: wide, 8: [{0: str(i), 1: [i]} for i in range(3)]}, "manifest_size"),
        ("1,914 bits and slots", {7: heavy, 8: [{0: "x", 1: [0, 1]}]}, "manifest_size"),
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
        vector("roll: " + name, "bad_roll", election=HASH, styles=2, before=before, body=body, code=code)
        for name, before, body, code in cases
    ]


def signatures(secret: bytes) -> list[dict]:
    public, message = ed25519.public_key(secret), b"message"
    right = ed25519.sign(secret, message)
    small = bytes([1]) + bytes(31)
    cases = [
        ("right", public, right, True),
        ("S above the order", public, raise_s(right), False),
        ("other bit", public, right[:-1] + bytes([right[-1] ^ 1]), False),
        ("all zero under a key of small order", small, small + bytes(32), False),
    ]
    return [
        vector("signature: " + name, "signature", public=key, message=message, signature=data, valid=valid)
        for name, key, data, valid in cases
    ]


def messages(source: Source) -> dict:
    secret = source.randbytes(32)
    manifest = make_manifest(source, secret)
    return document(
        "messages.json",
        [
            message("manifest", manifest, secret),
            *(message(kind, value, secret) for kind, value in BODIES.items()),
            *unsigned(),
            *bad_messages(secret),
            *bad_manifests(manifest, secret),
            *rolls(),
            *signatures(secret),
        ],
    )
