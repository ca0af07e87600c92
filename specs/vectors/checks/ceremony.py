"""ceremony.json: specs/ceremony.md."""

from dataclasses import dataclass, field

from reference import aead, ceremony
from reference.ceremony import Attempt, Dealing
from reference.decryption import judge_decryption
from reference.refusal import require
from reference.ristretto import BASE, decode_point, decode_scalar, encode_scalar
from reference.transcript import Q

from .decryption import check_decryption
from .fields import Fields, Vectors, scalars

STEPS = ("commit", "deal", "confirm")


@dataclass
class Room:
    """What has been said in an attempt so far."""

    attempt: Attempt
    quorum: int
    left_out: dict[str, list[int]]
    secrets: dict[tuple[int, int], int] = field(default_factory=dict)
    envelope_keys: dict[tuple[int, int], bytes] = field(default_factory=dict)
    polynomials: dict[int, list[list[int]]] = field(default_factory=dict)
    dealings: dict[int, Dealing] = field(default_factory=dict)
    commitments: dict[int, bytes] = field(default_factory=dict)
    hashes: dict[int, bytes] = field(default_factory=dict)


def read_room(vector: Fields) -> Room:
    histories, left_out = vector.child("histories"), vector.child("left_out")
    history = {step: histories.hex(step) for step in (*STEPS, "keys")}
    left = {step: left_out.integers(step) for step in STEPS}
    histories.finish()
    left_out.finish()
    numbers = [vector.integer(name) for name in ("trustees", "threshold", "slots")]
    attempt = Attempt(vector.hex("election"), vector.integer("attempt"), history, *numbers, left["commit"])
    room = Room(attempt, vector.integer("quorum"), left)
    read_envelope_keys(vector, room)
    for item in vector.children("dealers"):
        check_dealer(item, room)
    return room


def read_envelope_keys(vector: Fields, room: Room) -> None:
    published = {}
    for item in vector.children("envelope_keys"):
        pair, secret = (item.integer("owner"), item.integer("dealer")), item.scalar("secret")
        item.expect("public", bytes(BASE * secret))
        room.secrets[pair], room.envelope_keys[pair] = secret, bytes(BASE * secret)
        published.setdefault(pair[0], {})[pair[1]] = bytes(BASE * secret)
        item.finish()
    used = set()
    for owner, keys in published.items():
        ceremony.judge_envelope_keys(room.attempt.trustees, owner, used, keys)
        used |= set(keys.values())


def check_dealer(item: Fields, room: Room) -> None:
    attempt, index = room.attempt, item.integer("index")
    polynomials = [
        [item.to_scalar("polynomials", item.unhex("polynomials", a)) for a in row]
        for row in item.get("polynomials", list)
    ]
    points = ceremony.commitments(polynomials)
    commitment = attempt.commitment(index, points)
    item.expect_all({"points": points, "commitment": commitment}, set())
    proof = attempt.prove_constants(index, polynomials, item.scalar("nu"))
    item.expect_all(proof, {"w", "c", "z"})
    sealed = [check_envelope(envelope, room, index, polynomials, commitment) for envelope in item.children("envelopes")]
    if [recipient for recipient, _ in sealed] != attempt.recipients(index):
        item.fail("envelopes", "are not those of the trustees that are still in, ascending")
    encoding = b"".join([*points, proof["W"], encode_scalar(proof["z"]), *(parts for _, parts in sealed)])
    item.expect("dealing", encoding)
    item.expect("dealing_hash", attempt.dealing_hash(index, encoding))
    item.expect("pieces", ceremony.piece_lengths(len(encoding)))
    item.finish()
    dealing = attempt.split_dealing(index, encoding)
    attempt.judge_dealing(dealing, commitment)
    room.polynomials[index], room.dealings[index] = polynomials, dealing
    room.commitments[index], room.hashes[index] = commitment, attempt.dealing_hash(index, encoding)


def check_envelope(item: Fields, room: Room, dealer: int, polynomials: list, commitment: bytes) -> tuple[int, bytes]:
    """The recipient, and E ‖ envelope."""
    recipient, e = item.integer("recipient"), item.scalar("e")
    key, E = room.envelope_keys[recipient, dealer], bytes(BASE * e)
    shared = bytes(decode_point(key) * e)
    info = room.attempt.envelope_info(dealer, recipient, E, key, commitment)
    okm = ceremony.envelope_key(shared, info)
    item.expect_all({"E": E, "shared": shared, "info": info, "okm": okm}, set())
    plaintext, written = item.hex("plaintext"), item.hex("ciphertext")
    item.expect("honest", plaintext == ceremony.share_plaintext(polynomials, recipient))
    sealed = aead.seal(okm[:32], okm[32:], plaintext)
    if item.has("damaged"):
        item.expect("damaged", written != sealed)
    else:
        item.expect("ciphertext", sealed)
    item.finish()
    return recipient, E + written


def check_ceremony(vector: Fields, _: Vectors) -> None:
    room = read_room(vector)
    complaints = check_confirms(vector, room)
    at_fault = check_judgements(vector, room, complaints)
    everybody = range(1, room.attempt.trustees + 1)
    left = {trustee for step in STEPS for trustee in room.left_out[step]}
    qualified = [i for i in everybody if i not in left and i not in at_fault]
    vector.expect("qualified", qualified)
    dealings = [room.dealings[i] for i in qualified]
    keys = room.attempt.public_keys(dealings)
    failed = ceremony.attempt_failed(room.quorum, qualified, keys)
    vector.expect("failed", failed)
    if failed:
        vector.expect_all(dict.fromkeys(("keys", "shares", "secret_shares", "keys_hash", "rehearsal")), set())
        return
    check_keys(vector, room, qualified, keys)


def check_confirms(vector: Fields, room: Room) -> list[tuple[int, int, bytes]]:
    """All complaints: complainer, dealer, secret."""
    complaints = []
    for item in vector.children("confirms"):
        sender, confirmed, complained = item.integer("trustee"), item.hex_map("confirmed"), item.hex_map("complaints")
        ceremony.judge_confirm(room.attempt, sender, room.hashes, room.envelope_keys, confirmed, complained)
        complaints += [(sender, dealer, secret) for dealer, secret in sorted(complained.items())]
        item.finish()
    return sorted(complaints)


def check_judgements(vector: Fields, room: Room, complaints: list) -> set[int]:
    """Who is at fault."""
    judgements = []
    for complainer, dealer, secret in complaints:
        dealing = room.dealings[dealer]
        plaintext = room.attempt.open_envelope(dealing, complainer, decode_scalar(secret), room.commitments[dealer])
        good = room.attempt.share_is_good(dealing, complainer, plaintext)
        judgements.append(
            {
                "complainer": complainer,
                "dealer": dealer,
                "good": good,
                "at_fault": complainer if good else dealer,
                "plaintext": plaintext,
            }
        )
    vector.expect("judgements", judgements)
    return {judgement["at_fault"] for judgement in judgements}


def check_keys(vector: Fields, room: Room, qualified: list[int], keys: list[bytes]) -> None:
    attempt, dealings = room.attempt, [room.dealings[i] for i in qualified]
    publics = {i: attempt.public_shares(dealings, i) for i in qualified}
    secrets = {i: [secret_share(room, qualified, j, i) for j in range(attempt.slots)] for i in qualified}
    for i in qualified:
        if publics[i] != [bytes(BASE * x) for x in secrets[i]]:
            vector.fail("secret_shares", f"of {i} do not give X_ij")
    keys_hash = attempt.keys_hash(qualified, keys, publics)
    vector.expect_all({"keys": keys, "shares": publics, "keys_hash": keys_hash}, set())
    vector.expect("secret_shares", {i: scalars(values) for i, values in secrets.items()})
    item = vector.child("rehearsal")
    statement = attempt.rehearsal(keys_hash, item.integer("round"))
    item.expect("R", statement.groups[0].R)
    for answer in item.children("answers"):
        trustee = answer.integer("trustee")
        check_decryption(answer, statement, secrets[trustee], publics[trustee])
    item.finish()


def secret_share(room: Room, qualified: list[int], slot: int, trustee: int) -> int:
    """x_ij: its own value and those that the other dealers of Q gave."""
    return sum(ceremony.evaluate(room.polynomials[dealer][slot], trustee) for dealer in qualified) % Q


def check_bad_commit(vector: Fields, _: Vectors) -> None:
    vector.hex("election")
    vector.integer("slots")
    trustees, sender = vector.integer("trustees"), vector.integer("trustee")
    used, keys = set(vector.hexes("used")), vector.hex_map("envelope_keys")
    vector.expect_code(lambda: ceremony.judge_envelope_keys(trustees, sender, used, keys))


def check_bad_dealing(vector: Fields, _: Vectors) -> None:
    numbers = [vector.integer(name) for name in ("trustees", "threshold", "slots")]
    history = {"deal": vector.hex("history")}
    attempt = Attempt(vector.hex("election"), vector.integer("attempt"), history, *numbers, vector.integers("left_out"))
    dealing, commitment = attempt.split_dealing(vector.integer("dealer"), vector.hex("dealing")), vector.hex(
        "commitment"
    )
    vector.expect_code(lambda: attempt.judge_dealing(dealing, commitment))


def base_room(vector: Fields, vectors: Vectors) -> tuple[Fields, Room]:
    base = vectors.base(vector)
    return base, read_room(base)


def check_bad_confirm(vector: Fields, vectors: Vectors) -> None:
    _, room = base_room(vector, vectors)
    sender, confirmed, complaints = vector.integer("trustee"), vector.hex_map("confirmed"), vector.hex_map("complaints")
    vector.expect_code(
        lambda: ceremony.judge_confirm(room.attempt, sender, room.hashes, room.envelope_keys, confirmed, complaints)
    )


def check_bad_rehearsal(vector: Fields, vectors: Vectors) -> None:
    base, room = base_room(vector, vectors)
    qualified, keys_hash = base.integers("qualified"), base.hex("keys_hash")
    number, publics = base.child("rehearsal").integer("round"), base.hexes_map("shares")
    claimed, sent_round, trustee = vector.hex("keys_hash"), vector.integer("round"), vector.integer("trustee")
    decryption, proof = vector.hex("decryption"), vector.hex("proof")

    def judge() -> None:
        require(trustee in qualified, "trustee_left_out")
        require(claimed == keys_hash, "keys_mismatch")
        require(sent_round == number, "rehearsal_round")
        judge_decryption(room.attempt.rehearsal(keys_hash, number), trustee, publics[trustee], decryption, proof)

    vector.expect_code(judge)


KINDS = {
    "ceremony": check_ceremony,
    "bad_commit": check_bad_commit,
    "bad_dealing": check_bad_dealing,
    "bad_confirm": check_bad_confirm,
    "bad_rehearsal": check_bad_rehearsal,
}
