"""Instances of messages.json, honest and hostile."""

import hashlib

from checks.messages import to_json
from reference import cbor, ed25519, election
from reference.ristretto import BASE
from reference.transcript import Q

from .contests import bad_contests
from .manifests import HASH, OTHER, bad_manifests, make_manifest, rolls, signed
from .source import Source, document, vector

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
    "result": {0: HASH, 1: "anchor", 2: OTHER, 3: [[1, 2], None, [0, 7]]},
}


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
            *bad_contests(),
            *rolls(),
            *signatures(secret),
        ],
    )
