"""Entries, the chain, the tree, the files of a record. Implements specs/board.md."""

import base64
import hashlib
import re

from . import cbor
from .refusal import require

ENTRY = cbor.sequence(cbor.text, cbor.text, cbor.uint, cbor.bytes32, cbor.text, cbor.any_bytes)
PAYLOAD_MAXIMUM = 65_000


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def genesis(origin: str) -> bytes:
    return sha256(b"tabella/1 genesis\n" + origin.encode() + b"\n")


def is_origin(text: str) -> bool:
    """1–100 ASCII bytes in `!`…`~`, no `+`, `<host>/<election id>`."""
    return re.fullmatch(r"[!-*,-~]{1,100}", text) is not None and re.fullmatch(r".+/[a-z0-9-]{1,64}", text) is not None


def encode_entry(origin: str, index: int, prev: bytes, kind: str, payload: bytes) -> bytes:
    return cbor.encode(["tabella/1", origin, index, prev, kind, payload])


def judge_entry(entry: bytes, origin: str, index: int, prev: bytes) -> None:
    value = cbor.decode(entry, "entry_malformed")
    require(ENTRY(value), "entry_malformed")
    require(value[0] == "tabella/1", "entry_format")
    require(value[1] == origin, "entry_origin")
    require(value[2] == index, "entry_index")
    require(value[3] == prev, "entry_prev")
    require(value[4] in cbor.KINDS, "kind_unknown")
    require(len(value[5]) <= PAYLOAD_MAXIMUM, "payload_too_large")


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\0" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right)


def split_point(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"")
    middle = split_point(len(leaves))
    return node_hash(root(leaves[:middle]), root(leaves[middle:]))


def inclusion_path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    middle = split_point(len(leaves))
    if index < middle:
        return inclusion_path(index, leaves[:middle]) + [root(leaves[middle:])]
    return inclusion_path(index - middle, leaves[middle:]) + [root(leaves[:middle])]


def root_from_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that an inclusion proof gives, None if the path has a wrong length."""
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    middle, sibling = split_point(size), path[-1]
    if index < middle:
        left = root_from_path(leaf, index, middle, path[:-1])
        return left and node_hash(left, sibling)
    right = root_from_path(leaf, index - middle, size - middle, path[:-1])
    return right and node_hash(sibling, right)


def consistency_path(size: int, leaves: list[bytes], complete: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2."""
    if size == len(leaves):
        return [] if complete else [root(leaves)]
    middle = split_point(len(leaves))
    if size <= middle:
        return consistency_path(size, leaves[:middle], complete) + [root(leaves[middle:])]
    return consistency_path(size - middle, leaves[middle:], False) + [root(leaves[:middle])]


def tlog_proof(index: int, path: list[bytes], note: str) -> str:
    hashes = "".join(base64.b64encode(node).decode() + "\n" for node in path)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{note}"


def tile_number(number: int) -> str:
    text = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        text = f"x{number % 1000:03}/{text}"
    return text


def tiles_of(size: int) -> list[tuple[int, int, int]]:
    """(level, number, width) of every tile of a tree, full and partial."""
    tiles, level, count = [], 0, size
    while count:
        tiles += [(level, number, 256) for number in range(count // 256)]
        if count % 256:
            tiles.append((level, count // 256, count % 256))
        level, count = level + 1, count // 256
    return tiles


def tile_path(level: int | str, number: int, width: int) -> str:
    partial = "" if width == 256 else f".p/{width}"
    return f"tile/{level}/{tile_number(number)}{partial}"


def record_paths(size: int) -> list[str]:
    tiles = tiles_of(size)
    bundles = [tile_path("entries", number, width) for level, number, width in tiles if level == 0]
    return sorted(["checkpoint", "log.vkey", *bundles, *(tile_path(*tile) for tile in tiles)])


def record_files(entries: list[bytes], note: str, verifier_key: str) -> dict[str, bytes]:
    files = {"checkpoint": note.encode(), "log.vkey": verifier_key.encode() + b"\n"}
    leaves = [leaf_hash(entry) for entry in entries]
    for level, number, width in tiles_of(len(entries)):
        span = 256**level
        hashes = [root(leaves[i * span : (i + 1) * span]) for i in range(number * 256, number * 256 + width)]
        files[tile_path(level, number, width)] = b"".join(hashes)
        if level == 0:
            held = entries[number * 256 : number * 256 + width]
            files[tile_path("entries", number, width)] = b"".join(len(e).to_bytes(2, "big") + e for e in held)
    return files
