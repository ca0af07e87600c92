"""messages.json: specs/conventions.md#encoding and #signatures, specs/election.md#manifest and #roll."""

import hashlib

from reference import cbor, ed25519, election
from reference.contest import is_right
from reference.refusal import require

from .contest import read_contest, read_contests, read_counting
from .fields import Fields, Vectors


def from_json(value):
    """A CBOR value as README.md#conventions writes it."""
    if isinstance(value, dict) and "bytes" in value:
        return bytes.fromhex(value["bytes"])
    if isinstance(value, dict):
        return {key: from_json(item) for key, item in value["map"]}
    return [from_json(item) for item in value] if isinstance(value, list) else value


def to_json(value):
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, dict):
        return {"map": [[key, to_json(item)] for key, item in value.items()]}
    return [to_json(item) for item in value] if isinstance(value, list) else value


def check_message(vector: Fields, _: Vectors) -> None:
    kind, secret, value = vector.text("message"), vector.hex("secret"), from_json(vector.get("value"))
    body = cbor.encode(value)
    signed = election.signed_bytes(kind, body)
    signature = ed25519.sign(secret, signed)
    payload = cbor.encode([body, signature])
    public = ed25519.public_key(secret)
    vector.expect_all(
        {"public": public, "body": body, "signed": signed, "signature": signature, "payload": payload}, set()
    )
    vector.expect("payload_hash", hashlib.sha256(payload).digest())
    if kind == "manifest":
        vector.expect("manifest_hash", hashlib.sha256(body).digest())
    vector.expect("value", to_json(cbor.decode_payload(kind, payload)[0]))
    election.judge_message(kind, value[0], public, payload)


def check_unsigned(vector: Fields, _: Vectors) -> None:
    kind, payload = vector.text("message"), cbor.encode(from_json(vector.get("value")))
    vector.expect("payload", payload)
    vector.expect("payload_hash", hashlib.sha256(payload).digest())
    vector.expect("value", to_json(cbor.decode_payload(kind, payload)[0]))


def check_bad_message(vector: Fields, _: Vectors) -> None:
    kind, payload = vector.text("message"), vector.hex("payload")
    identity, public = vector.hex_or_null("election"), vector.hex_or_null("public")
    vector.expect_code(lambda: election.judge_message(kind, identity, public, payload))


def check_bad_manifest(vector: Fields, _: Vectors) -> None:
    origin, payload = vector.text("origin"), vector.hex("payload")
    vector.expect_code(lambda: election.judge_manifest(payload, origin))


def check_bad_contest(vector: Fields, _: Vectors) -> None:
    contest, rule = read_contest(vector), read_counting(vector)
    vector.expect_code(lambda: require(is_right(contest, rule), "manifest_contest"))


def check_roll(vector: Fields, _: Vectors) -> None:
    bodies, revision = vector.hexes("chunks"), vector.integer("revision")
    decoded = [cbor.decode_as(cbor.BODIES["roll"], body) for body in bodies]
    vector.expect("count", sum(len(chunk[4]) for chunk in decoded))
    vector.expect("roll_hash", election.roll_hash(vector.hex("election"), revision, bodies))


def check_bad_roll(vector: Fields, _: Vectors) -> None:
    vector.hex("election")
    contests, styles = read_contests(vector), vector.integer("styles")
    before, body = vector.hexes("before"), vector.hex("body")
    vector.expect_code(lambda: election.judge_roll(contests, styles, before, body))


def check_signature(vector: Fields, _: Vectors) -> None:
    vector.expect("valid", ed25519.verify(vector.hex("public"), vector.hex("message"), vector.hex("signature")))


KINDS = {
    "message": check_message,
    "unsigned": check_unsigned,
    "bad_message": check_bad_message,
    "bad_manifest": check_bad_manifest,
    "bad_contest": check_bad_contest,
    "roll": check_roll,
    "bad_roll": check_bad_roll,
    "signature": check_signature,
}
