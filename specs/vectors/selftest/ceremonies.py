"""Instances of ceremony.json, honest and hostile."""

from reference import aead, ceremony
from reference.ceremony import Attempt
from reference.decryption import decrypt
from reference.ristretto import BASE, decode_point, decode_scalar, encode_scalar
from reference.transcript import Q

from .source import Source, document, vector, written

TRUSTEES, THRESHOLD, SLOTS = 3, 2, 3
HOSTILE_SCALARS = {"rho", "sums", "c", "z"}


class Room:
    """A ceremony of three trustees; `faults` maps (dealer, recipient) to "share" or "damaged"."""

    def __init__(self, source: Source, faults: dict, complaints: list, quorum: int = 2, left: list[int] = ()):
        self.source, self.faults, self.complaints, self.quorum = source, faults, complaints, quorum
        self.left = {"commit": [], "deal": [], "confirm": list(left)}
        history = {step: source.randbytes(32) for step in ("commit", "deal", "confirm", "keys")}
        self.attempt = Attempt(source.randbytes(32), 1, history, TRUSTEES, THRESHOLD, SLOTS, [])
        self.everybody = range(1, TRUSTEES + 1)
        self.secrets = {(i, d): source.scalar() for i in self.everybody for d in self.everybody if i != d}
        self.polynomials = {i: [source.scalars(THRESHOLD) for _ in range(SLOTS)] for i in self.everybody}
        self.dealings, self.commitments, self.hashes = {}, {}, {}
        self.dealers = [self.deal(i) for i in self.everybody]

    def deal(self, dealer: int) -> dict:
        polynomials, points = self.polynomials[dealer], ceremony.commitments(self.polynomials[dealer])
        commitment, nu = self.attempt.commitment(dealer, points), self.source.scalar()
        proof = self.attempt.prove_constants(dealer, polynomials, nu)
        envelopes = [self.envelope(dealer, recipient, commitment) for recipient in self.attempt.recipients(dealer)]
        parts = [bytes.fromhex(e["E"] + e["ciphertext"]) for e in envelopes]
        dealing = b"".join([*points, proof["W"], encode_scalar(proof["z"]), *parts])
        self.dealings[dealer] = self.attempt.split_dealing(dealer, dealing)
        self.commitments[dealer], self.hashes[dealer] = commitment, self.attempt.dealing_hash(dealer, dealing)
        values = {
            "index": dealer,
            "polynomials": [list(map(encode_scalar, p)) for p in polynomials],
            "points": points,
            "commitment": commitment,
            "nu": nu,
            **proof,
            "envelopes": envelopes,
            "dealing": dealing,
            "dealing_hash": self.hashes[dealer],
            "pieces": [len(dealing)],
        }
        return written(values, {"nu", "w", "c", "z"})

    def envelope(self, dealer: int, recipient: int, commitment: bytes) -> dict:
        e, key = self.source.scalar(), BASE * self.secrets[recipient, dealer]
        E, shared = bytes(BASE * e), bytes(key * e)
        info = self.attempt.envelope_info(dealer, recipient, E, bytes(key), commitment)
        okm = ceremony.envelope_key(shared, info)
        plaintext, fault = ceremony.share_plaintext(self.polynomials[dealer], recipient), self.faults.get(
            (dealer, recipient)
        )
        if fault == "share":
            plaintext = encode_scalar(1) + plaintext[32:]
        sealed = aead.seal(okm[:32], okm[32:], plaintext)
        values = {
            "recipient": recipient,
            "e": e,
            "E": E,
            "shared": shared,
            "info": info,
            "okm": okm,
            "plaintext": plaintext,
        }
        values |= {"ciphertext": sealed, "honest": fault != "share"}
        if fault == "damaged":
            values |= {"ciphertext": sealed[:-1] + bytes([sealed[-1] ^ 1]), "damaged": True}
        return written(values, {"e"})

    def confirms(self) -> list[dict]:
        messages = []
        for i in self.everybody:
            against = [dealer for complainer, dealer in self.complaints if complainer == i]
            confirmed = {d: self.hashes[d] for d in self.everybody if d != i and d not in against}
            complaints = {d: encode_scalar(self.secrets[i, d]) for d in against}
            if i not in self.left["confirm"]:
                messages.append({"trustee": i, "confirmed": confirmed, "complaints": complaints})
        return messages

    def judgements(self) -> list[dict]:
        result = []
        for complainer, dealer in sorted(self.complaints):
            dealing = self.dealings[dealer]
            plaintext = self.attempt.open_envelope(
                dealing, complainer, self.secrets[complainer, dealer], self.commitments[dealer]
            )
            good = self.attempt.share_is_good(dealing, complainer, plaintext)
            fault = complainer if good else dealer
            result.append(
                {"complainer": complainer, "dealer": dealer, "good": good, "at_fault": fault, "plaintext": plaintext}
            )
        return result

    def secret_shares(self, qualified: list[int], trustee: int) -> list[int]:
        return [sum(ceremony.evaluate(self.polynomials[d][j], trustee) for d in qualified) % Q for j in range(SLOTS)]

    def outcome(self, qualified: list[int]) -> dict:
        """Keys to rehearsal."""
        dealings = [self.dealings[d] for d in qualified]
        keys, shares = self.attempt.public_keys(dealings), {
            i: self.attempt.public_shares(dealings, i) for i in qualified
        }
        if ceremony.attempt_failed(self.quorum, qualified, keys):
            return {"failed": True} | dict.fromkeys(("keys", "shares", "secret_shares", "keys_hash", "rehearsal"))
        keys_hash = self.attempt.keys_hash(qualified, keys, shares)
        statement, answers = self.attempt.rehearsal(keys_hash, 1), []
        for i in qualified[:THRESHOLD]:
            secrets, nonces = self.secret_shares(qualified, i), [self.source.scalar()]
            values = decrypt(statement, i, secrets, nonces) | {"secrets": secrets, "nonces": nonces}
            answers.append(written(values, HOSTILE_SCALARS | {"secrets", "nonces"}))
        secret_shares = {i: list(map(encode_scalar, self.secret_shares(qualified, i))) for i in qualified}
        rehearsal = {"round": 1, "R": statement.groups[0].R, "answers": answers}
        return {
            "failed": False,
            "keys": keys,
            "shares": shares,
            "secret_shares": secret_shares,
            "keys_hash": keys_hash,
            "rehearsal": rehearsal,
        }

    def vector(self, name: str) -> dict:
        judgements = self.judgements()
        out = {judgement["at_fault"] for judgement in judgements} | set(self.left["confirm"])
        qualified = [i for i in self.everybody if i not in out]
        envelope_keys = [
            {"owner": i, "dealer": d, "secret": encode_scalar(p), "public": bytes(BASE * p)}
            for (i, d), p in self.secrets.items()
        ]
        return vector(
            name,
            "ceremony",
            election=self.attempt.election,
            trustees=TRUSTEES,
            threshold=THRESHOLD,
            quorum=self.quorum,
            slots=SLOTS,
            attempt=1,
            histories=self.attempt.history,
            left_out=self.left,
            dealers=self.dealers,
            envelope_keys=envelope_keys,
            confirms=self.confirms(),
            judgements=judgements,
            qualified=qualified,
            **self.outcome(qualified),
        )


def bad_commits() -> list[dict]:
    two, three = bytes(BASE * 2), bytes(BASE * 3)
    cases = [
        ("good", {2: two, 3: three}, [], None),
        ("own index", {1: two, 2: two, 3: three}, [], "envelope_keys"),
        ("one missing", {2: two}, [], "envelope_keys"),
        ("no point", {2: two, 3: b"\xff" * 32}, [], "point_invalid"),
        ("identity", {2: two, 3: bytes(32)}, [], "identity_point"),
        ("twice", {2: two, 3: two}, [], "envelope_key_reused"),
        ("used before", {2: two, 3: three}, [three], "envelope_key_reused"),
    ]
    return [
        vector(
            "commit: " + name,
            "bad_commit",
            election=bytes(32),
            trustees=3,
            slots=1,
            trustee=1,
            used=used,
            envelope_keys=keys,
            code=code,
        )
        for name, keys, used, code in cases
    ]


def bad_dealings(room: Room) -> list[dict]:
    attempt, dealing, commitment = room.attempt, room.dealings[1].encoding, room.commitments[1]
    head = 32 * SLOTS * THRESHOLD

    def put(at: int, part: bytes) -> bytes:
        return dealing[:at] + part + dealing[at + 32 :]

    def recommitted(data: bytes) -> bytes:
        return attempt.commitment(1, [data[i : i + 32] for i in range(0, head, 32)])

    shifted = put(0, bytes(decode_point(dealing[:32]) + BASE))
    z = encode_scalar(decode_scalar(dealing[head + 32 : head + 64]) + 1)
    cases = [
        ("good", dealing, commitment, None),
        ("A is no point", put(32, b"\xff" * 32), commitment, "point_invalid"),
        ("W is no point", put(head, b"\xff" * 32), commitment, "point_invalid"),
        ("A is the identity", put(32, bytes(32)), commitment, "identity_point"),
        ("z is no scalar", put(head + 32, Q.to_bytes(32, "little")), commitment, "scalar_invalid"),
        ("E is no point", put(head + 64, b"\xff" * 32), commitment, "point_invalid"),
        ("E is the identity", put(head + 64, bytes(32)), commitment, "identity_point"),
        ("other A", shifted, commitment, "deal_commitment"),
        ("other A, committed", shifted, recommitted(shifted), "deal_proof"),
        ("other z", put(head + 32, z), commitment, "deal_proof"),
        ("W is the identity", put(head, bytes(32)), commitment, "deal_proof"),
    ]
    return [
        vector(
            "dealing: " + name,
            "bad_dealing",
            election=attempt.election,
            attempt=1,
            history=attempt.history["deal"],
            trustees=TRUSTEES,
            threshold=THRESHOLD,
            slots=SLOTS,
            left_out=[],
            dealer=1,
            commitment=commitment,
            dealing=data,
            code=code,
        )
        for name, data, commitment, code in cases
    ]


def bad_confirms(room: Room) -> list[dict]:
    hashes, secret = room.hashes, encode_scalar(room.secrets[1, 3])
    cases = [
        ("good", {2: hashes[2]}, {3: secret}, None),
        ("one missing", {2: hashes[2]}, {}, "confirm_dealers"),
        ("both", {2: hashes[2], 3: hashes[3]}, {3: secret}, "confirm_dealers"),
        ("itself", hashes, {}, "confirm_dealers"),
        ("other hash", {2: hashes[3], 3: hashes[3]}, {}, "confirm_hash"),
        ("no scalar", {2: hashes[2]}, {3: b"\xff" * 32}, "scalar_invalid"),
        ("other secret", {2: hashes[2]}, {3: encode_scalar(room.secrets[1, 2])}, "complaint_key"),
    ]
    return [
        vector(
            "confirm: " + name,
            "bad_confirm",
            base="honest",
            trustee=1,
            confirmed=confirmed,
            complaints=complaints,
            code=code,
        )
        for name, confirmed, complaints, code in cases
    ]


def bad_rehearsals(room: Room, honest: dict) -> list[dict]:
    """Answers of trustee 3, who did not answer in the vector."""
    keys_hash = bytes.fromhex(honest["keys_hash"])
    statement, secrets = room.attempt.rehearsal(keys_hash, 1), room.secret_shares([1, 2, 3], 3)
    right = decrypt(statement, 3, secrets, [room.source.scalar()])
    wrong = decrypt(statement, 3, [secrets[0] + 1, *secrets[1:]], [room.source.scalar()])
    other_round = decrypt(room.attempt.rehearsal(keys_hash, 2), 3, secrets, [room.source.scalar()])
    cases = [
        ("good", {}, right, None),
        ("not a member", {"trustee": 4}, right, "trustee_left_out"),
        ("of another member", {"trustee": 2}, right, "share_invalid"),
        ("other keys", {"keys_hash": bytes(32)}, right, "keys_mismatch"),
        ("other round", {"round": 2}, right, "rehearsal_round"),
        ("proof of another round", {}, other_round, "share_invalid"),
        ("other secret", {}, wrong, "share_invalid"),
        ("too short", {}, right | {"decryption": right["decryption"][1:]}, "share_length"),
        ("no point", {}, right | {"decryption": [b"\xff" * 32, *right["decryption"][1:]]}, "point_invalid"),
        ("no scalar", {}, right | {"proof": right["proof"][:64] + b"\xff" * 32}, "scalar_invalid"),
    ]
    return [
        vector(
            "rehearsal: " + name,
            "bad_rehearsal",
            **{
                "base": "honest",
                "keys_hash": keys_hash,
                "round": 1,
                "trustee": 3,
                "decryption": b"".join(values["decryption"]),
                "proof": values["proof"],
                "code": code,
                **changed,
            },
        )
        for name, changed, values, code in cases
    ]


def ceremonies(source: Source) -> dict:
    room = Room(source, {}, [])
    honest = room.vector("honest")
    return document(
        "ceremony.json",
        [
            honest,
            Room(source, {(2, 3): "share"}, [(3, 2)]).vector("complaint upheld: wrong share"),
            Room(source, {(1, 3): "damaged"}, [(3, 1)]).vector("complaint upheld: damaged envelope"),
            Room(source, {}, [(3, 2)]).vector("complaint rejected"),
            Room(source, {}, [(3, 2)], quorum=3).vector("failed: too few"),
            Room(source, {}, [], left=[2]).vector("one did not confirm"),
            *bad_commits(),
            *bad_dealings(room),
            *bad_confirms(room),
            *bad_rehearsals(room, honest),
        ],
    )
