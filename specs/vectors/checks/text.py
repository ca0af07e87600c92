"""text.json: specs/conventions.md#text."""

from reference import text
from reference.ristretto import encode_scalar
from reference.transcript import wide

from .fields import Fields, Vectors


def check_fingerprint(vector: Fields, _: Vectors) -> None:
    digest = text.election_fingerprint(vector.hex("election"), vector.hex("log_key"))
    expect_shown(vector, digest, 20)


def check_credential_fingerprint(vector: Fields, _: Vectors) -> None:
    digest = text.credential_fingerprint(vector.hex("election"), vector.hex("credential"))
    expect_shown(vector, digest, 10)


def expect_shown(vector: Fields, digest: bytes, length: int) -> None:
    vector.expect("hash", digest)
    vector.expect("bytes", digest[:length])
    vector.expect("text", text.to_text(digest[:length]))


def expect_accepted(vector: Fields, data: bytes, read) -> None:
    for spelling in [vector.text("text"), *vector.get("accepted", list)]:
        if read(spelling) != data:
            vector.fail("accepted", f"{spelling!r} must be read as {data.hex()}")


def read_tracker(spelling: str) -> bytes | None:
    return text.from_text(spelling, 20)


def check_tracker(vector: Fields, _: Vectors) -> None:
    data = vector.hex("bytes")
    vector.expect("text", text.to_text(data))
    expect_accepted(vector, data, read_tracker)


def check_voter_code(vector: Fields, _: Vectors) -> None:
    code, election = vector.hex("code"), vector.hex("election")
    vector.expect("check_hash", text.code_check(code))
    vector.expect("check", text.code_check(code)[:2])
    vector.expect("text", text.code_text(code))
    expect_accepted(vector, code, text.read_code)
    kappa = text.kappa_wide(election, code)
    vector.expect("kappa_wide", kappa)
    vector.expect("kappa", encode_scalar(wide(kappa)))
    vector.expect("credential", text.credential_of(wide(kappa)))


def check_bad_text(vector: Fields, _: Vectors) -> None:
    readers = {"tracker": read_tracker, "voter_code": text.read_code}
    read = readers.get(vector.text("type")) or vector.fail("type", "is unknown")
    if read(vector.text("text")) is not None:
        vector.fail("text", "must not be readable, but is")


KINDS = {
    "fingerprint": check_fingerprint,
    "credential_fingerprint": check_credential_fingerprint,
    "tracker": check_tracker,
    "voter_code": check_voter_code,
    "bad_text": check_bad_text,
}
