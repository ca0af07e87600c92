"""Signed notes, cosignatures, policies (C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy).

Implements specs/board.md#checkpoint and #policy.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field

from . import ed25519
from .refusal import require

LOG, WITNESS = 1, 4


def key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def verifier_key(name: str, kind: int, public: bytes) -> str:
    encoded = base64.b64encode(bytes([kind]) + public).decode()
    return f"{name}+{key_id(name, kind, public).hex()}+{encoded}"


def strict_base64(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_key_name(name: str) -> bool:
    return name != "" and "+" not in name and not any(c.isspace() for c in name)


@dataclass(frozen=True)
class Key:
    name: str
    kind: int
    public: bytes


def read_verifier_key(text: str) -> Key | None:
    parts = text.split("+", 2)
    data = strict_base64(parts[2]) if len(parts) == 3 else None
    if data is None or len(data) != 33 or not is_key_name(parts[0]):
        return None
    key = Key(parts[0], data[0], data[1:])
    good = parts[1] == key_id(*vars(key).values()).hex() and ed25519.decode_key(key.public) is not None
    return key if good else None


def signature_line(name: str, identity: bytes, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(identity + signature).decode()}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def cosigned_message(time: int, text: str) -> str:
    return f"cosignature/v1\ntime {time}\n{text}"


@dataclass
class Note:
    text: str
    signatures: list[tuple[str, bytes]]
    """Key name and key ID ‖ signature."""

    def signed_by(self, key: Key) -> bool:
        """Whether the log's lines are there and all right, or one of a witness's."""
        identity = key_id(key.name, key.kind, key.public)
        lines = [data[4:] for name, data in self.signatures if name == key.name and data[:4] == identity]
        right = [self.line_is_right(key, line) for line in lines]
        return any(right) and (key.kind == WITNESS or all(right))

    def line_is_right(self, key: Key, line: bytes) -> bool:
        if key.kind == LOG:
            return ed25519.verify(key.public, self.text.encode(), line)
        time = int.from_bytes(line[:8], "big")
        message = cosigned_message(time, self.text)
        return len(line) == 72 and time < 2**63 and ed25519.verify(key.public, message.encode(), line[8:])


def read_note(note: str, code: str) -> Note:
    """Refuses with `code` what is no signed note."""
    text, separator, lines = note.rpartition("\n\n")
    require(separator != "" and lines.endswith("\n") and not re.search(r"[\x00-\x09\x0b-\x1f]", note), code)
    signatures = []
    for line in lines.removesuffix("\n").split("\n"):
        parts = line.split(" ")
        data = strict_base64(parts[2]) if len(parts) == 3 and parts[0] == "—" and is_key_name(parts[1]) else None
        require(data is not None and len(data) > 4, code)
        signatures.append((parts[1], data))
    require(len(signatures) <= 100, code)
    return Note(text + "\n", signatures)


def read_checkpoint(note: str, code: str) -> tuple[Note, str, int, bytes]:
    """The note, origin, size and root; refuses with `code` what is no checkpoint without extension lines."""
    read = read_note(note, code)
    lines = read.text.split("\n")
    require(len(lines) == 4 and lines[3] == "" and re.fullmatch(r"0|[1-9][0-9]*", lines[1]) is not None, code)
    root = strict_base64(lines[2])
    require(root is not None and len(root) == 32, code)
    return read, lines[0], int(lines[1]), root


@dataclass
class Policy:
    log: Key
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = "none"

    def met_by(self, note: Note) -> bool:
        return note.signed_by(self.log) and (self.quorum == "none" or self.witnessed(self.quorum, note))

    def witnessed(self, name: str, note: Note) -> bool:
        if name in self.witnesses:
            return note.signed_by(self.witnesses[name])
        needed, members = self.groups[name]
        return sum(self.witnessed(member, note) for member in members) >= needed


class PolicyReader:
    """Refuses with `manifest_policy`."""

    def __init__(self):
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.members: set[str] = set()
        self.quorum: str | None = None

    def read(self, text: str) -> Policy:
        self.require(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text))
        for line in text.split("\n"):
            items = [item for item in re.split(r"[ \t]+", line) if item]
            if items and not items[0].startswith("#"):
                self.require(self.quorum is None and items[0] in ("log", "witness", "group", "quorum"))
                getattr(self, "read_" + items[0])(*self.arguments(items))
        self.require(len(self.logs) == 1 and self.quorum is not None)
        return Policy(self.logs[0], self.witnesses, self.groups, self.quorum)

    @staticmethod
    def require(condition: bool) -> None:
        require(condition, "manifest_policy")

    def arguments(self, items: list[str]) -> list:
        fewest, most = {"log": (2, 3), "witness": (3, 4), "group": (4, len(items)), "quorum": (2, 2)}[items[0]]
        self.require(fewest <= len(items) <= most)
        return items[1:]

    def key(self, text: str, kind: int) -> Key:
        key = read_verifier_key(text)
        self.require(key is not None and key.kind == kind)
        return key

    def define(self, name: str) -> None:
        self.require(name != "none" and name not in self.witnesses and name not in self.groups)

    def read_log(self, verifier: str, _address: str = "") -> None:
        self.logs.append(self.key(verifier, LOG))

    def read_witness(self, name: str, verifier: str, _address: str = "") -> None:
        self.define(name)
        key = self.key(verifier, WITNESS)
        self.require(key.public not in [other.public for other in self.witnesses.values()])
        self.require(len(self.witnesses) < 99)
        self.witnesses[name] = key

    def read_group(self, name: str, count: str, *members: str) -> None:
        self.define(name)
        for member in members:
            self.require((member in self.witnesses or member in self.groups) and member not in self.members)
            self.members.add(member)
        self.require(count in ("all", "any") or re.fullmatch("[1-9][0-9]*", count) is not None)
        needed = {"all": len(members), "any": 1}.get(count) or int(count)
        self.require(needed <= len(members))
        self.groups[name] = (needed, list(members))

    def read_quorum(self, name: str) -> None:
        self.require(name == "none" or name in self.witnesses or name in self.groups)
        self.quorum = name


def read_policy(text: str, origin: str, log_key: bytes) -> Policy:
    policy = PolicyReader().read(text)
    require(policy.log == Key(origin, LOG, log_key), "manifest_policy")
    return policy


def judge_note(policy: str, origin: str, log_key: bytes, note: str) -> None:
    """A checkpoint against a policy, as an anchor is judged but for its size and root."""
    rules = read_policy(policy, origin, log_key)
    read, named, _, _ = read_checkpoint(note, "anchor_malformed")
    require(named == origin, "anchor_malformed")
    require(read.signed_by(rules.log), "anchor_signature")
    require(rules.met_by(read), "anchor_quorum")
