"""Signed payloads, the manifest, the roll. Implements specs/conventions.md#signatures and specs/election.md."""

import hashlib
import re

from . import cbor, ed25519
from .board import is_origin
from .notes import read_policy
from .refusal import require
from .ristretto import decode_nonidentity, decode_point
from .shape import Contest
from .transcript import Transcript


def signed_bytes(kind: str, body: bytes) -> bytes:
    return b"tabella/1/" + kind.encode() + b"\0" + body


def judge_message(kind: str, election: bytes | None, public: bytes | None, payload: bytes) -> None:
    """Steps 2 and 4 of specs/election.md#rules, without the phase and the trustee's index."""
    value, signature, body = cbor.decode_payload(kind, payload)
    if signature is None:
        return
    require(kind == "manifest" or value[0] == election, "election_mismatch")
    require(ed25519.verify(public, signed_bytes(kind, body), signature), "signature_invalid")


def is_text(text: str) -> bool:
    return 1 <= len(text.encode()) <= 1000 and not re.search("[\x00-\x1f\x7f-\x9f]", text)


def unique(values: list) -> bool:
    return len(set(values)) == len(values)


def contests_of(manifest: dict) -> list[Contest]:
    return [Contest(len(c[2]), c[3][1][0], c[3][1][1], c[3][1][2]) for c in manifest[7]]


def check_texts(manifest: dict) -> None:
    contests, styles, trustees, assets = manifest[7], manifest[8], manifest[11], manifest[15]
    options = [contest[2] for contest in contests]
    texts = [
        manifest[2],
        *(c[key] for c in contests for key in (0, 1)),
        *(o[key] for c in options for o in c for key in (0, 1)),
    ]
    texts += [item[0] for item in [*styles, *trustees, *assets]]
    counts = [(contests, 100), (styles, 1000), (trustees, 50), *((o, 500) for o in options)]
    paths = [asset[0].encode() for asset in assets]
    right = (
        re.fullmatch("[a-z0-9-]{1,64}", manifest[1]) is not None
        and all(map(is_text, texts))
        and len(manifest[6].encode()) <= 10_000
        and all(1 <= len(items) <= most for items, most in counts)
        and all(unique([item[0] for item in items]) for items in [contests, styles, trustees, *options])
        and paths == sorted(set(paths))
    )
    require(right, "manifest_text")


def check_keys(manifest: dict) -> None:
    keys = [manifest[5], manifest[9], manifest[10], *(trustee[1] for trustee in manifest[11])]
    require(unique(keys) and all(ed25519.decode_key(key) is not None for key in keys), "manifest_keys")


def check_styles(manifest: dict) -> None:
    styles = [style[1] for style in manifest[8]]
    for style in styles:
        require(style != [] and style == sorted(set(style)) and style[-1] < len(manifest[7]), "manifest_style")
    covered = {contest for style in styles for contest in style}
    require(unique(list(map(tuple, styles))) and len(covered) == len(manifest[7]), "manifest_style")


def check_sizes(manifest: dict) -> None:
    contests = contests_of(manifest)
    require(sum(contest.slot_count() for contest in contests) <= 1000, "manifest_size")
    for style in manifest[8]:
        chosen = [contests[index] for index in style[1]]
        bits = sum(c.options - 1 + c.blank + len(c.slack_weights()) for c in chosen)
        require(bits + sum(c.slot_count() for c in chosen) <= 1900, "manifest_size")


def judge_manifest(payload: bytes, header_origin: str) -> bytes:
    """The manifest hash of a right manifest."""
    manifest, signature, body = cbor.decode_payload("manifest", payload)
    require(manifest[0] == 1, "manifest_version")
    check_texts(manifest)
    origin = manifest[4]
    require(is_origin(origin) and origin.endswith("/" + manifest[1]) and origin == header_origin, "manifest_origin")
    check_keys(manifest)
    read_policy(manifest[6], origin, manifest[5])
    contests = contests_of(manifest)
    require(all(c.minimum <= c.maximum <= c.options and c.maximum >= 1 for c in contests), "manifest_contest")
    check_styles(manifest)
    require(1 <= manifest[12] <= manifest[13] <= len(manifest[11]) and manifest[14] >= 1, "manifest_threshold")
    check_sizes(manifest)
    require(ed25519.verify(manifest[9], signed_bytes("manifest", body), signature), "signature_invalid")
    return hashlib.sha256(body).digest()


def roll_hash(election: bytes, revision: int, bodies: list[bytes]) -> bytes:
    count = sum(len(cbor.decode_as(cbor.BODIES["roll"], body)[4]) for body in bodies)
    transcript = Transcript("roll").absorb("election", election).absorb("revision", revision).absorb("count", count)
    return transcript.absorb("chunks", b"".join(hashlib.sha256(body).digest() for body in bodies)).hash()


def judge_roll(styles: int, before: list[bytes], body: bytes) -> None:
    """The checks of one chunk; `before` are the bodies accepted so far."""
    chunk = cbor.decode_as(cbor.BODIES["roll"], body)
    accepted = [cbor.decode_as(cbor.BODIES["roll"], earlier) for earlier in before]
    _, revision, number, chunks, voters, previous = chunk.values()
    last = accepted[-1] if accepted else {1: 0, 2: 0, 3: 0}
    expected = bytes(32) if number == 1 else hashlib.sha256(before[-1] if before else b"").digest()
    continues = (revision, number, chunks) == (last[1], last[2] + 1, last[3]) and accepted != []
    starts = (revision, number) == (last[1] + 1, 1)
    require((continues or starts) and 1 <= number <= chunks <= 100_000, "roll_chunk")
    require(previous == expected, "roll_chunk")
    kept = [voter for earlier in accepted if earlier[1] == revision for voter in earlier[4]]
    highest = kept[-1][0] if kept else b""
    for credential, weight, style in voters:
        require(credential > highest, "roll_order")
        decode_point(credential)
        decode_nonidentity(credential)
        require(weight >= 1, "roll_weight")
        require(style < styles, "roll_style")
        highest = credential
    require(sum(voter[1] for voter in [*kept, *voters]) <= 2**40, "roll_total")
