"""Signed payloads, the manifest, the roll. Implements specs/conventions.md#signatures and specs/election.md."""

import hashlib
import re

from . import cbor, ed25519
from .board import is_origin
from .contest import KINDS, Contest, Rule, is_right
from .notes import read_policy
from .refusal import require
from .ristretto import decode_nonidentity, decode_point
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


def lists_of(contest: dict) -> list[dict]:
    name, parameters = contest[3]
    return parameters[0] if name == "lists" else []


def contest_of(contest: dict) -> Contest:
    name, parameters = contest[3]
    values = list(parameters.values())
    if name == "lists":
        values[0] = [item[2] for item in lists_of(contest)]
    return KINDS[name](len(contest[2]), *values)


def contests_of(manifest: dict) -> list[Contest]:
    return list(map(contest_of, manifest[7]))


def rule_of(contest: dict) -> Rule | None:
    return None if contest[4] is None else Rule(*contest[4])


def named_arrays(manifest: dict) -> list[tuple[list, int, int]]:
    """Arrays whose elements have a name or id that must not occur twice, with the fewest and the most elements."""
    arrays = [(manifest[7], 1, 100), (manifest[8], 1, 1000), (manifest[11], 1, 50)]
    for contest in manifest[7]:
        if contest[3][0] == "lists":
            arrays += [(contest[2], 0, 500), (lists_of(contest), 1, 500)]
        else:
            arrays.append((contest[2], 1, 500))
    return arrays


def check_texts(manifest: dict) -> None:
    contests, assets, arrays = manifest[7], manifest[15], named_arrays(manifest)
    titled = [*contests, *(item for contest in contests for item in [*contest[2], *lists_of(contest)])]
    texts = [manifest[2], *(item[1] for item in titled), *(asset[0] for asset in assets)]
    texts += [item[0] for items, _, _ in arrays for item in items]
    paths = [asset[0].encode() for asset in assets]
    right = (
        re.fullmatch("[a-z0-9-]{1,64}", manifest[1]) is not None
        and all(map(is_text, texts))
        and len(manifest[6].encode()) <= 10_000
        and all(fewest <= len(items) <= most for items, fewest, most in arrays)
        and all(unique([item[0] for item in items]) for items, _, _ in arrays)
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


def check_sizes(contests: list[Contest], styles: list[list[int]]) -> None:
    require(sum(contest.slot_count() for contest in contests) <= 1000, "manifest_size")
    shapes = 0
    for style in styles:
        chosen = [contests[index] for index in style]
        ranged = sum(contest.ranged_count() for contest in chosen)
        size = sum(contest.coordinate_count() + contest.slot_count() for contest in chosen)
        require(size + ranged <= 1900 and ranged <= 128, "manifest_size")
        shapes += size + sum(contest.constraint_count() for contest in chosen)
    require(shapes <= 1_000_000, "manifest_size")


def judge_manifest(payload: bytes, header_origin: str) -> bytes:
    """The manifest hash of a right manifest."""
    manifest, signature, body = cbor.decode_payload("manifest", payload)
    require(manifest[0] == 1, "manifest_version")
    check_texts(manifest)
    origin = manifest[4]
    require(is_origin(origin) and origin.endswith("/" + manifest[1]) and origin == header_origin, "manifest_origin")
    check_keys(manifest)
    read_policy(manifest[6], origin, manifest[5])
    contests, rules = contests_of(manifest), map(rule_of, manifest[7])
    require(all(map(is_right, contests, rules)), "manifest_contest")
    check_styles(manifest)
    require(1 <= manifest[12] <= manifest[13] <= len(manifest[11]) and manifest[14] >= 1, "manifest_threshold")
    check_sizes(contests, [style[1] for style in manifest[8]])
    require(ed25519.verify(manifest[9], signed_bytes("manifest", body), signature), "signature_invalid")
    return hashlib.sha256(body).digest()


def roll_hash(election: bytes, revision: int, bodies: list[bytes]) -> bytes:
    count = sum(len(cbor.decode_as(cbor.BODIES["roll"], body)[4]) for body in bodies)
    transcript = Transcript("roll").absorb("election", election).absorb("revision", revision).absorb("count", count)
    return transcript.absorb("chunks", b"".join(hashlib.sha256(body).digest() for body in bodies)).hash()


def judge_roll(contests: list[Contest], styles: int, before: list[bytes], body: bytes) -> None:
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
    weight = sum(voter[1] for voter in [*kept, *voters])
    require(weight * max(contest.largest_slot() for contest in contests) <= 2**40, "roll_total")
    require(weight * max(contest.largest_option() for contest in contests) < 2**53, "roll_total")
