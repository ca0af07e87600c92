"""How the trustees make the keys. Implements specs/ceremony.md."""

from dataclasses import dataclass

from . import aead
from .decryption import Group, Statement
from .refusal import Refused, require
from .ristretto import (
    BASE,
    ZERO,
    Point,
    decode_nonidentity,
    decode_point,
    decode_scalar,
    encode_scalar,
    hash_to_group,
    sum_of,
)
from .transcript import Q, Transcript

PIECE = 60_000


def evaluate(polynomial: list[int], at: int) -> int:
    return sum(coefficient * pow(at, power, Q) for power, coefficient in enumerate(polynomial)) % Q


def commitments(polynomials: list[list[int]]) -> list[bytes]:
    """All A, slot by slot."""
    return [bytes(BASE * coefficient) for polynomial in polynomials for coefficient in polynomial]


def piece_lengths(length: int) -> list[int]:
    return [PIECE] * ((length - 1) // PIECE) + [(length - 1) % PIECE + 1]


def judge_envelope_keys(trustees: int, sender: int, used: set[bytes], keys: dict[int, bytes]) -> None:
    """The checks of a *commit*."""
    require(sorted(keys) == [i for i in range(1, trustees + 1) if i != sender], "envelope_keys")
    for key in keys.values():
        decode_point(key)
    for key in keys.values():
        decode_nonidentity(key)
    fresh = list(keys.values())
    require(len(set(fresh)) == len(fresh) and not used & set(fresh), "envelope_key_reused")


@dataclass
class Attempt:
    """What all messages of one attempt share; `history` by step."""

    election: bytes
    attempt: int
    history: dict[str, bytes]
    trustees: int
    threshold: int
    slots: int
    left_after_commit: list[int]

    def start(self, name: str) -> Transcript:
        return Transcript(name).absorb("election", self.election).absorb("attempt", self.attempt)

    def recipients(self, dealer: int) -> list[int]:
        return [i for i in range(1, self.trustees + 1) if i != dealer and i not in self.left_after_commit]

    def commitment(self, dealer: int, points: list[bytes]) -> bytes:
        return self.start("commitment").absorb("dealer", dealer).absorb("points", points).hash()

    def proof_weights(self, dealer: int, points: list[bytes], W: bytes) -> tuple[list[int], int]:
        """w_1 … w_k and c."""
        transcript = (
            self.start("deal").absorb("history", self.history["deal"]).absorb("dealer", dealer).absorb("points", points)
        )
        weights = [transcript.weight("w") for _ in range(self.slots)]
        return weights, transcript.absorb("W", W).scalar("c")

    def dealing_hash(self, dealer: int, dealing: bytes) -> bytes:
        return self.start("dealing").absorb("dealer", dealer).absorb("dealing", dealing).hash()

    def envelope_info(self, dealer: int, recipient: int, E: bytes, key: bytes, commitment: bytes) -> bytes:
        transcript = self.start("envelope").absorb("history", self.history["deal"]).absorb("dealer", dealer)
        return (
            transcript.absorb("recipient", recipient)
            .absorb("E", E)
            .absorb("P", key)
            .absorb("commitment", commitment)
            .hash()
        )

    def prove_constants(self, dealer: int, polynomials: list[list[int]], nu: int) -> dict:
        W = bytes(BASE * nu)
        weights, c = self.proof_weights(dealer, commitments(polynomials), W)
        z = (nu + c * sum(w * polynomial[0] for w, polynomial in zip(weights, polynomials, strict=True))) % Q
        return {"w": weights, "W": W, "c": c, "z": z}

    def split_dealing(self, dealer: int, dealing: bytes) -> "Dealing":
        head, envelope = 32 * self.slots * self.threshold, 32 + 32 * self.slots + 16
        points = [dealing[i : i + 32] for i in range(0, head, 32)]
        at, envelopes = head + 64, {}
        for recipient in self.recipients(dealer):
            envelopes[recipient] = (dealing[at : at + 32], dealing[at + 32 : at + envelope])
            at += envelope
        assert at == len(dealing)
        return Dealing(dealer, points, dealing[head : head + 32], dealing[head + 32 : head + 64], envelopes, dealing)

    def judge_dealing(self, dealing: "Dealing", commitment: bytes) -> None:
        """The three checks of a whole dealing."""
        for point in [*dealing.points, dealing.W]:
            decode_point(point)
        for point in dealing.points:
            decode_nonidentity(point)
        z = decode_scalar(dealing.z)
        for E, _ in dealing.envelopes.values():
            decode_point(E)
        for E, _ in dealing.envelopes.values():
            decode_nonidentity(E)
        require(self.commitment(dealing.dealer, dealing.points) == commitment, "deal_commitment")
        weights, c = self.proof_weights(dealing.dealer, dealing.points, dealing.W)
        constants = [decode_point(dealing.points[j * self.threshold]) for j in range(self.slots)]
        right = decode_point(dealing.W) + sum_of([(c * w, A) for w, A in zip(weights, constants, strict=True)])
        require(BASE * z == right, "deal_proof")

    def open_envelope(self, dealing: "Dealing", recipient: int, secret: int, commitment: bytes) -> bytes | None:
        """What is in the envelope, None if it does not open."""
        E, sealed = dealing.envelopes[recipient]
        info = self.envelope_info(dealing.dealer, recipient, E, bytes(BASE * secret), commitment)
        okm = envelope_key(bytes(decode_point(E) * secret), info)
        return aead.unseal(okm[:32], okm[32:], sealed)

    def share_is_good(self, dealing: "Dealing", recipient: int, plaintext: bytes | None) -> bool:
        if plaintext is None or len(plaintext) != 32 * self.slots:
            return False
        try:
            values = [decode_scalar(plaintext[i : i + 32]) for i in range(0, len(plaintext), 32)]
        except Refused:
            return False
        return all(BASE * value == self.commitment_at(dealing, j, recipient) for j, value in enumerate(values))

    def commitment_at(self, dealing: "Dealing", slot: int, at: int) -> Point:
        """Σ at^l·A_l of the slot, counted from 0."""
        points = dealing.points[slot * self.threshold : (slot + 1) * self.threshold]
        return sum_of([(pow(at, power, Q), decode_point(A)) for power, A in enumerate(points)])

    def public_keys(self, dealings: list["Dealing"]) -> list[bytes]:
        """PK_j of the dealings of Q."""
        return [
            bytes(sum((decode_point(d.points[j * self.threshold]) for d in dealings), ZERO)) for j in range(self.slots)
        ]

    def public_shares(self, dealings: list["Dealing"], trustee: int) -> list[bytes]:
        """X_ij for one trustee i."""
        return [bytes(sum((self.commitment_at(d, j, trustee) for d in dealings), ZERO)) for j in range(self.slots)]

    def keys_hash(self, qualified: list[int], keys: list[bytes], shares: dict[int, list[bytes]]) -> bytes:
        transcript = self.start("keys").absorb("history", self.history["keys"])
        transcript.absorb("qualified", b"".join(i.to_bytes(8, "big") for i in qualified)).absorb("keys", keys)
        return transcript.absorb("shares", [X for i in qualified for X in shares[i]]).hash()

    def rehearsal_point(self, keys_hash: bytes, number: int) -> bytes:
        data = self.election + self.attempt.to_bytes(8, "big") + keys_hash + number.to_bytes(8, "big")
        return bytes(hash_to_group("rehearsal", data))

    def rehearsal(self, keys_hash: bytes, number: int) -> Statement:
        group = Group(list(range(1, self.slots + 1)), self.rehearsal_point(keys_hash, number), [])
        return Statement("rehearsal", self.election, keys_hash, number.to_bytes(8, "big"), [group])


@dataclass
class Dealing:
    dealer: int
    points: list[bytes]
    W: bytes
    z: bytes
    envelopes: dict[int, tuple[bytes, bytes]]
    encoding: bytes


def envelope_key(shared: bytes, info: bytes) -> bytes:
    """okm: 32 bytes of key, 12 of nonce."""
    return aead.hkdf(b"tabella/1/envelope", shared, info, 44)


def share_plaintext(polynomials: list[list[int]], recipient: int) -> bytes:
    return b"".join(encode_scalar(evaluate(polynomial, recipient)) for polynomial in polynomials)


def judge_confirm(
    attempt: Attempt, sender: int, hashes: dict[int, bytes], envelope_keys: dict, confirmed: dict, complaints: dict
) -> None:
    """`hashes` of the complete dealings by dealer; `envelope_keys` by (owner, dealer)."""
    others = sorted(dealer for dealer in hashes if dealer != sender)
    require(sorted([*confirmed, *complaints]) == others, "confirm_dealers")
    for dealer, dealing_hash in confirmed.items():
        require(dealing_hash == hashes[dealer], "confirm_hash")
    for dealer, secret in complaints.items():
        require(bytes(BASE * decode_scalar(secret)) == envelope_keys[sender, dealer], "complaint_key")


def attempt_failed(quorum: int, qualified: list[int], keys: list[bytes]) -> bool:
    return len(qualified) < quorum or bytes(32) in keys or len(set(keys)) < len(keys)
