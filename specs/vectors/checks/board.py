"""board.json: specs/board.md."""

from reference import board, ed25519, notes

from .fields import Fields, Vectors


def check_genesis(vector: Fields, _: Vectors) -> None:
    vector.expect("prev", board.genesis(vector.text("origin")))


def check_log_key(vector: Fields, _: Vectors) -> None:
    name, kind, public = vector.text("name"), vector.integer("type"), ed25519.public_key(vector.hex("secret"))
    vector.expect("public", public)
    vector.expect("key_id", notes.key_id(name, kind, public))
    vector.expect("vkey", notes.verifier_key(name, kind, public))
    if notes.read_verifier_key(vector.text("vkey")) != notes.Key(name, kind, public):
        vector.fail("vkey", "must be readable")


def check_log(vector: Fields, _: Vectors) -> None:
    origin, leaves = vector.text("origin"), []
    for item in vector.children("entries"):
        index, prev = len(leaves), leaves[-1] if leaves else board.genesis(origin)
        entry = board.encode_entry(origin, index, prev, item.text("kind"), item.hex("payload"))
        leaves.append(board.leaf_hash(entry))
        item.expect_all({"index": index, "prev": prev, "entry": entry, "leaf_hash": leaves[-1]}, set())
        item.finish()
    check_proofs(vector, leaves)


def check_proofs(vector: Fields, leaves: list[bytes]) -> None:
    for item in vector.children("roots"):
        item.expect("root", board.root(leaves[: item.integer("size")]))
        item.finish()
    for item in vector.children("inclusion"):
        index, size = item.integer("index"), item.integer("size")
        path = board.inclusion_path(index, leaves[:size])
        item.expect("path", path)
        assert board.root_from_path(leaves[index], index, size, path) == board.root(leaves[:size])
        item.finish()
    for item in vector.children("consistency"):
        item.expect("path", board.consistency_path(item.integer("from"), leaves[: item.integer("to")]))
        item.finish()


def check_checkpoint(vector: Fields, _: Vectors) -> None:
    origin, secret = vector.text("origin"), vector.hex("secret")
    text = notes.checkpoint_text(origin, vector.integer("size"), vector.hex("root"))
    signature = ed25519.sign(secret, text.encode())
    line = notes.signature_line(origin, notes.key_id(origin, notes.LOG, ed25519.public_key(secret)), signature)
    vector.expect_all({"text": text, "signature": signature, "line": line}, set())
    lines = [line] + [cosignature_line(item, text) for item in vector.children("cosignatures")]
    note = text + "\n" + "".join(line + "\n" for line in lines)
    vector.expect("note", note)
    notes.read_checkpoint(note, "checkpoint_malformed")


def cosignature_line(item: Fields, text: str) -> str:
    name, secret, time = item.text("name"), item.hex("secret"), item.integer("time")
    message = notes.cosigned_message(time, text)
    signature = ed25519.sign(secret, message.encode())
    identity = notes.key_id(name, notes.WITNESS, ed25519.public_key(secret))
    line = notes.signature_line(name, identity, time.to_bytes(8, "big") + signature)
    item.expect_all({"message": message, "signature": signature, "line": line}, set())
    item.finish()
    return line


def check_receipt(vector: Fields, _: Vectors) -> None:
    leaf, index, size = board.leaf_hash(vector.hex("entry")), vector.integer("index"), vector.integer("size")
    path, note = vector.hexes("path"), vector.text("note")
    vector.expect("root", board.root_from_path(leaf, index, size, path))
    _, _, noted_size, noted_root = notes.read_checkpoint(note, "checkpoint_malformed")
    if (noted_size, noted_root) != (size, vector.hex("root")):
        vector.fail("note", "is of another tree")
    vector.expect("proof", board.tlog_proof(index, path, note))


def check_record(vector: Fields, _: Vectors) -> None:
    entries, note = vector.hexes("entries"), vector.text("note")
    prev, leaves = board.genesis(vector.text("origin")), []
    for index, entry in enumerate(entries):
        board.judge_entry(entry, vector.text("origin"), index, prev)
        prev = board.leaf_hash(entry)
        leaves.append(prev)
    _, origin, size, root = notes.read_checkpoint(note, "checkpoint_malformed")
    if (origin, size, root) != (vector.text("origin"), len(entries), board.root(leaves)):
        vector.fail("note", "is of another tree")
    vector.expect("files", board.record_files(entries, note, vector.text("vkey")))


def check_paths(vector: Fields, _: Vectors) -> None:
    vector.expect("paths", board.record_paths(vector.integer("size")))


def check_bad_entry(vector: Fields, _: Vectors) -> None:
    entry, origin, index, prev = vector.hex("entry"), vector.text("origin"), vector.integer("index"), vector.hex("prev")
    vector.expect_code(lambda: board.judge_entry(entry, origin, index, prev))


def check_policy(vector: Fields, _: Vectors) -> None:
    policy, origin, log_key, note = (
        vector.text("policy"),
        vector.text("origin"),
        vector.hex("log_key"),
        vector.text("note"),
    )
    vector.expect_code(lambda: notes.judge_note(policy, origin, log_key, note))


KINDS = {
    "genesis": check_genesis,
    "log_key": check_log_key,
    "log": check_log,
    "checkpoint": check_checkpoint,
    "receipt": check_receipt,
    "record": check_record,
    "paths": check_paths,
    "bad_entry": check_bad_entry,
    "policy": check_policy,
}
