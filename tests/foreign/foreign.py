"""A log of this project, its witnesses and a voter's receipt, judged by programs of others.

Usage: foreign.py VERIFY TABELLA RECORD OLD-CHECKPOINT RECEIPT LARGE FOLDER

VERIFY is the compiled verify.go; RECEIPT stands for RECEIPT.entry and RECEIPT.tlog-proof; LARGE is another record, with
full tiles. Each judgement is made twice: of what is right, which passes, and of the same with one thing changed, which is
refused.
"""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from aics_tlog import FileSystemTileReader, consistency_proof_from_tiles
from aics_witness.feeder import WitnessClient, WitnessRejected, merge_cosignatures

VERIFY, TABELLA, RECORD, OLD, RECEIPT, LARGE, FOLDER = (Path(argument) for argument in sys.argv[1:])
BIN = Path(sys.executable).parent
# As people have it from elsewhere: aics-tlog takes no key out of the record.
VKEY = Path(shutil.copy(RECORD / "log.vkey", FOLDER))


def run(*command):
    """Runs a program; gives whether it passed, and what it said."""
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    return ended.returncode, (ended.stdout + ended.stderr).strip()


def passes(what, *command):
    code, said = run(*command)
    if code != 0:
        sys.exit(f"{what}: refused what is right ({code}): {said[-2000:]}")
    print(f"  {what}: passes")
    return said


def refuses(what, because, *command):
    """The program ends with 1, and says why, in one of these words: not with a fault of its own."""
    code, said = run(*command)
    reasons = (because,) if isinstance(because, str) else because
    if code != 1 or not any(reason in said for reason in reasons):
        sys.exit(f"{what}: should say “{because}” ({code}): {said[-2000:]}")
    print(f"  {what}: refused")


def flipped(data, position=-1):
    changed = bytearray(data)
    changed[position] ^= 1
    return bytes(changed)


def changed_record(record, name, pattern, change=flipped):
    """A copy of the record in which the widest file of this kind is changed."""
    copy = FOLDER / name
    shutil.copytree(record, copy)
    files = [path for path in copy.glob(pattern) if path.is_file()]
    widest = max(files, key=lambda path: path.stat().st_size)
    widest.write_bytes(change(widest.read_bytes()))
    return copy


def go(record, old=OLD, entry=RECEIPT.with_suffix(".entry"), proof=RECEIPT.with_suffix(".tlog-proof")):
    return VERIFY, record, VKEY, old, entry, proof


def changed_file(path, change=flipped):
    copy = FOLDER / f"changed-{path.name}"
    copy.write_bytes(change(path.read_bytes()))
    return copy


def sumdb(records):
    entry, proof = RECEIPT.with_suffix(".entry"), RECEIPT.with_suffix(".tlog-proof")
    print(" ", passes("x/mod/sumdb, record and receipt", *go(RECORD)))
    refuses("x/mod/sumdb, a changed entry", "entry: ", *go(records["entry"]))
    refuses("x/mod/sumdb, a changed tile", "tiles: ", *go(records["tile"]))
    refuses("x/mod/sumdb, a changed checkpoint", "note: ", *go(records["checkpoint"]))
    refuses("x/mod/sumdb, a changed old checkpoint", "note: ", *go(RECORD, old=changed_file(OLD, other_root)))
    refuses("x/mod/sumdb, a changed entry of the receipt", "receipt: ", *go(RECORD, entry=changed_file(entry)))
    refuses("x/mod/sumdb, a changed proof of the receipt", "receipt: ", *go(RECORD, proof=changed_file(proof, other_sibling)))


def sumdb_large():
    """A record with full tiles, grown from the checkpoint that the entry `open` holds."""
    vkey, old = LARGE / "log.vkey", FOLDER / "anchor"
    origin = vkey.read_bytes().split(b"+")[0]
    note = re.escape(origin) + rb"\n[0-9]+\n[A-Za-z0-9+/=]{44}\n\n\xe2\x80\x94 " + re.escape(origin) + rb" [A-Za-z0-9+/=]+\n"
    bundles = sorted(path for path in (LARGE / "tile/entries").rglob("*") if path.is_file())
    old.write_bytes(next(found[0] for path in bundles if (found := re.search(note, path.read_bytes()))))
    print(" ", passes("x/mod/sumdb, a record with full tiles", VERIFY, LARGE, vkey, old))
    changed = changed_record(LARGE, "large-entry", "tile/entries/0*")
    refuses("x/mod/sumdb, a changed entry among full tiles", "entry: ", VERIFY, changed, vkey, old)
    # The reader of x/mod 0.7 passes over some full tiles when it authenticates; the proof of inclusion does not.
    changed = changed_record(LARGE, "large-tile", "tile/0/0*")
    refuses("x/mod/sumdb, a changed full tile", ("tiles: ", "inclusion: "), VERIFY, changed, vkey, old)
    refuses("x/mod/sumdb, a checkpoint of another log", "note: ", VERIFY, LARGE, vkey, OLD)


def other_root(note):
    lines = note.split(b"\n")
    lines[2] = (b"B" if lines[2][:1] == b"A" else b"A") + lines[2][1:]
    return b"\n".join(lines)


def other_sibling(proof):
    """The first line of the proof that is a hash stands after the index, as the root does in a checkpoint."""
    return other_root(proof)


def aics_tlog(records):
    size = int((RECORD / "checkpoint").read_text().split("\n")[1])

    def checks(record):
        tiles = ("--tiles", record, "--vkey-file", VKEY)
        return [
            ("checkpoint", ("verify-checkpoint", *tiles)),
            ("inclusion", ("verify-inclusion", *tiles, "--index", size - 1)),
            ("consistency", ("verify-consistency", *tiles, "--old-checkpoint", OLD)),
        ]

    for name, command in checks(RECORD):
        passes(f"aics-tlog, {name}", BIN / "aics-tlog", *command)
    for kind, names in [("checkpoint", {"checkpoint"}), ("entry", {"inclusion"}), ("tile", {"inclusion", "consistency"})]:
        for name, command in checks(records[kind]):
            if name in names:
                refuses(f"aics-tlog, {name} with a changed {kind}", '"ok": false', BIN / "aics-tlog", *command)


class Serving:
    """A program that serves on loopback until it is no longer needed."""

    def __init__(self, address, *command):
        self.address = address
        self.log = open(FOLDER / f"{Path(command[0]).name}.log", "w")
        words = [str(word) for word in command]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()


def our_witness(origin, vkey):
    passphrase = FOLDER / "passphrase"
    passphrase.write_text("the passphrase of the witness\n")
    common = ("--dir", FOLDER / "ours", "--passphrase-file", passphrase)
    said = passes("tabella witness new", TABELLA, "witness", "new", "witness.example/ours", *common)
    key = next(line.strip() for line in said.splitlines() if line.strip().startswith("witness.example/ours+"))
    passes("tabella witness add", TABELLA, "witness", "add", vkey, *common)
    serving = Serving(None, TABELLA, "witness", "serve", "--listen", "127.0.0.1:0", *common)
    serving.address = serving.process.stdout.readline().removeprefix("listening on ").strip()
    return key, serving


def their_witness(origin, vkey):
    config = ("--config", FOLDER / "theirs.json")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    said = passes("aics-witness init", BIN / "aics-witness", "init", *config, "--name", "witness.example/theirs", "--listen", listen)
    key = next(word for word in said.split() if word.startswith("witness.example/theirs+"))
    passes("aics-witness add-log", BIN / "aics-witness", "add-log", *config, "--origin", origin, "--vkey", vkey)
    return key, Serving(f"http://{listen}", BIN / "aics-witness", "serve", *config, "--listen", listen)


def witnesses():
    """Has old and new checkpoint cosigned by both; gives the keys and the receipt with both cosignatures."""
    vkey = VKEY.read_text().strip()
    origin = vkey.split("+")[0]
    proof = RECEIPT.with_suffix(".tlog-proof").read_bytes()
    head, _, note = proof.partition(b"\n\n")
    reader = FileSystemTileReader(RECORD)
    size = int((RECORD / "checkpoint").read_text().split("\n")[1])

    def growth(old, new):
        return consistency_proof_from_tiles(reader, old, new, size)

    def wrong_growth(old, new):
        return [flipped(hash) for hash in growth(old, new)]

    keys = []
    (our_key, ours), (their_key, theirs) = our_witness(origin, vkey), their_witness(origin, vkey)
    with ours, theirs:
        for name, key, serving in [("tabella witness", our_key, ours), ("aics-witness", their_key, theirs)]:
            # A client that tries again while the other side starts.
            with WitnessClient(serving.address, key, max_attempts=8) as client:
                client.submit(OLD.read_bytes(), growth)
                print(f"  {name}, asked by the client of aics-witness: cosigns the older checkpoint")
                for what, expected, wrong, given in [
                    ("a wrong proof", 422, note, wrong_growth),
                    ("another root", 403, other_root(note), growth),
                ]:
                    try:
                        client.submit(wrong, given)
                        sys.exit(f"{name} cosigned {what}")
                    except WitnessRejected as rejected:
                        if rejected.status != expected:
                            sys.exit(f"{name} answered {what} with {rejected.status}")
                        print(f"  {name}, {what}: refused with {expected}")
                note = merge_cosignatures(note, client.submit(note, growth))
                print(f"  {name}, asked by the client of aics-witness: cosigns the newer checkpoint")
            keys.append(key)
    return keys, head + b"\n\n" + note


def proofbundle(keys, receipt):
    entry, vkey = RECEIPT.with_suffix(".entry"), VKEY.read_text().strip()
    complete = FOLDER / "recorded.tlog-proof"
    complete.write_bytes(receipt)
    one_less = FOLDER / "one-less.tlog-proof"
    one_less.write_bytes(receipt[: receipt.rstrip(b"\n").rfind(b"\n") + 1])

    def command(proof, entry=entry):
        witnesses = [word for key in keys for word in ("--witness-vkey", key)]
        return (BIN / "proofbundle", "verify-proof", proof, "--payload-file", entry, "--log-vkey", vkey,
                "--expected-origin", vkey.split("+")[0], *witnesses, "--threshold", len(keys))

    passes("proofbundle, a receipt with a quorum of two", *command(complete))
    refuses("proofbundle, with one cosignature less", "[FAIL] witness-quorum", *command(one_less))
    refuses("proofbundle, with another entry", "[FAIL] merkle-inclusion", *command(complete, changed_file(entry)))


def main():
    records = {
        "entry": changed_record(RECORD, "entry", "tile/entries/**/*"),
        "tile": changed_record(RECORD, "tile", "tile/0/**/*"),
        "checkpoint": changed_record(RECORD, "checkpoint", "checkpoint", other_root),
    }
    sumdb(records)
    sumdb_large()
    aics_tlog(records)
    keys, receipt = witnesses()
    proofbundle(keys, receipt)


main()
