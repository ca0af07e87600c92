"""Instances of board.json."""

import base64

from reference import board, cbor, ed25519, notes
from reference.notes import LOG, WITNESS

from .source import Source, document, vector

ORIGIN = "example.org/e"


def policies(source: Source, text: str, log_secret: bytes, log_line: str) -> list[dict]:
    """One log, three witnesses of which two must sign."""
    log_key = ed25519.public_key(log_secret)
    secrets = [source.randbytes(32) for _ in range(3)]
    lines = ["log " + notes.verifier_key(ORIGIN, LOG, log_key)]
    for i, secret in enumerate(secrets):
        lines.append(f"witness w{i} " + notes.verifier_key(f"w{i}.example", WITNESS, ed25519.public_key(secret)))
    lines += ["group two 2 w0 w1 w2", "quorum two"]
    policy = "".join(line + "\n" for line in lines)

    def cosigned(chosen: list[int]) -> str:
        own = [cosignature(f"w{i}.example", secrets[i], 1_700_000_000 + i, text)["line"] for i in chosen]
        return text + "\n" + "".join(line + "\n" for line in [log_line, *own])

    enough = cosigned([0, 2])
    cases = [
        ("two of three", policy, enough, None),
        ("one of three", policy, cosigned([1]), "anchor_quorum"),
        ("one twice", policy, cosigned([1, 1]), "anchor_quorum"),
        ("no log signature", policy, enough.replace(log_line + "\n", ""), "anchor_signature"),
        ("other size", policy, enough.replace("\n1\n", "\n2\n"), "anchor_signature"),
        ("no checkpoint", policy, enough.replace("\n1\n", "\n01\n"), "anchor_malformed"),
        ("padding bits", policy, enough.replace("=\n\n", "A=\n\n"), "anchor_malformed"),
        ("quorum none", lines[0] + "\nquorum none\n", cosigned([]), None),
        ("no quorum", lines[0] + "\n", enough, "manifest_policy"),
        ("quorum first", "quorum none\n" + lines[0] + "\n", enough, "manifest_policy"),
        ("two logs", lines[0] + "\n" + policy, enough, "manifest_policy"),
        ("unknown member", policy.replace("w1 w2\n", "w1 w9\n"), enough, "manifest_policy"),
        ("too many of them", policy.replace("two 2", "two 4"), enough, "manifest_policy"),
        ("member twice", policy.replace("w1 w2\n", "w1 w1\n"), enough, "manifest_policy"),
        ("other log", policy.replace(ORIGIN, "example.org/f"), enough, "manifest_policy"),
    ]
    return [
        vector("policy: " + name, "policy", policy=p, origin=ORIGIN, log_key=log_key, note=note, code=code)
        for name, p, note, code in cases
    ]


def cosignature(name: str, secret: bytes, time: int, text: str) -> dict:
    message = notes.cosigned_message(time, text)
    signature = ed25519.sign(secret, message.encode())
    identity = notes.key_id(name, WITNESS, ed25519.public_key(secret))
    line = notes.signature_line(name, identity, time.to_bytes(8, "big") + signature)
    return {"name": name, "secret": secret, "time": time, "message": message, "signature": signature, "line": line}


def log_vector(origin: str, count: int) -> tuple[dict, list[bytes], list[bytes]]:
    """The vector, the entries, the leaf hashes."""
    items, leaves = [], []
    for index in range(count):
        kind, payload, prev = (
            "manifest" if index == 0 else "ballot",
            bytes([index]) * index,
            leaves[-1] if leaves else board.genesis(origin),
        )
        entry = board.encode_entry(origin, index, prev, kind, payload)
        leaves.append(board.leaf_hash(entry))
        items.append(
            {"index": index, "prev": prev, "kind": kind, "payload": payload, "entry": entry, "leaf_hash": leaves[-1]}
        )
    return (
        vector(
            "log",
            "log",
            origin=origin,
            entries=items,
            roots=[{"size": size, "root": board.root(leaves[:size])} for size in range(1, count + 1)],
            inclusion=[{"index": i, "size": count, "path": board.inclusion_path(i, leaves)} for i in range(count)],
            consistency=[
                {"from": i, "to": count, "path": board.consistency_path(i, leaves)} for i in range(1, count + 1)
            ],
        ),
        [item["entry"] for item in items],
        leaves,
    )


def bad_entries(entry: bytes) -> list[dict]:
    value, genesis = cbor.decode(entry), board.genesis(ORIGIN)

    def put(place: int, item) -> bytes:
        return cbor.encode([*value[:place], item, *value[place + 1 :]])

    cases = [
        ("good", entry, None),
        ("trailing byte", entry + b"\0", "entry_malformed"),
        ("prev of 31 bytes", put(3, bytes(31)), "entry_malformed"),
        ("index not shortest", entry.replace(b"/e\0", b"/e\x18\0"), "entry_malformed"),
        ("format", put(0, "tabella/2"), "entry_format"),
        ("origin", put(1, "example.org/f"), "entry_origin"),
        ("index", put(2, 1), "entry_index"),
        ("prev", put(3, bytes(32)), "entry_prev"),
        ("kind", put(4, "vote"), "kind_unknown"),
        ("payload", put(5, bytes(65_001)), "payload_too_large"),
        ("largest payload", put(5, bytes(65_000)), None),
        ("two faults", cbor.encode([*value[:2], 7, value[3], "vote", b""]), "entry_index"),
    ]
    return [
        vector("entry: " + name, "bad_entry", origin=ORIGIN, index=0, prev=genesis, entry=data, code=code)
        for name, data, code in cases
    ]


def boards(source: Source) -> dict:
    secret = source.randbytes(32)
    public = ed25519.public_key(secret)
    log, entries, leaves = log_vector(ORIGIN, 7)
    text = notes.checkpoint_text(ORIGIN, 7, board.root(leaves))
    signature = ed25519.sign(secret, text.encode())
    line = notes.signature_line(ORIGIN, notes.key_id(ORIGIN, LOG, public), signature)
    witness = cosignature("witness.example/w1", source.randbytes(32), 1_700_000_000, text)
    note = f"{text}\n{line}\n{witness['line']}\n"
    path, verifier = board.inclusion_path(3, leaves), notes.verifier_key(ORIGIN, LOG, public)
    small = notes.checkpoint_text(ORIGIN, 1, leaves[0])
    small_line = notes.signature_line(ORIGIN, notes.key_id(ORIGIN, LOG, public), ed25519.sign(secret, small.encode()))
    return document(
        "board.json",
        [
            vector("genesis", "genesis", origin=ORIGIN, prev=board.genesis(ORIGIN)),
            vector(
                "key",
                "log_key",
                name=ORIGIN,
                secret=secret,
                public=public,
                type=1,
                key_id=notes.key_id(ORIGIN, LOG, public),
                vkey=verifier,
            ),
            log,
            vector(
                "checkpoint",
                "checkpoint",
                origin=ORIGIN,
                size=7,
                root=board.root(leaves),
                secret=secret,
                text=text,
                cosignatures=[witness],
                signature=signature,
                line=line,
                note=note,
            ),
            vector(
                "receipt",
                "receipt",
                entry=entries[3],
                index=3,
                size=7,
                root=board.root(leaves),
                path=path,
                note=note,
                proof="c2sp.org/tlog-proof@v1\nindex 3\n"
                + "".join(base64.b64encode(h).decode() + "\n" for h in path)
                + "\n"
                + note,
            ),
            vector(
                "record",
                "record",
                origin=ORIGIN,
                note=note,
                vkey=verifier,
                entries=entries,
                files=board.record_files(entries, note, verifier),
            ),
            vector("paths", "paths", size=70_000, paths=board.record_paths(70_000)),
            *bad_entries(entries[0]),
            *policies(source, small, secret, small_line),
        ],
    )
