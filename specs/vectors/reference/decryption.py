"""A trustee's decryption with its proof. Implements specs/tally.md#decryption."""

from dataclasses import dataclass

from .refusal import require
from .ristretto import BASE, decode_point, decode_scalar, encode_scalar, sum_of
from .transcript import Q, Transcript


@dataclass
class Group:
    """Slots that share one R, and their aggregates (none in a rehearsal)."""

    slots: list[int]
    R: bytes
    C: list[bytes]


@dataclass
class Statement:
    """What is decrypted: label "share" or "rehearsal", and the row "counted"."""

    label: str
    election: bytes
    keys_hash: bytes
    counted: bytes
    groups: list[Group]

    def slots(self) -> list[int]:
        return [slot for group in self.groups for slot in group.slots]

    def transcript(self, trustee: int, decryption: list[bytes]) -> Transcript:
        """The rows up to "decryption"."""
        transcript = Transcript(self.label).absorb("election", self.election).absorb("keys", self.keys_hash)
        transcript.absorb("counted", self.counted).absorb("trustee", trustee)
        for group in self.groups:
            transcript.absorb("slots", b"".join(slot.to_bytes(8, "big") for slot in group.slots)).absorb("R", group.R)
        transcript.absorb("ciphertexts", [C for group in self.groups for C in group.C])
        return transcript.absorb("decryption", decryption)

    def weighted(self, rho: list[int], values: list) -> list[list[tuple]]:
        """For each group the pairs of ρ_j and the value of slot j."""
        pairs, result = list(zip(rho, values, strict=True)), []
        for group in self.groups:
            result.append(pairs[: len(group.slots)])
            pairs = pairs[len(group.slots) :]
        return result


def decrypt(statement: Statement, trustee: int, secrets: list[int], nonces: list[int]) -> dict:
    """All values, named as in README.md#shared; `secrets` are the x_ij of statement.slots()."""
    bases = [decode_point(group.R) for group in statement.groups]
    of_slots = [base for base, group in zip(bases, statement.groups, strict=True) for _ in group.slots]
    decryption = [bytes(R * x) for R, x in zip(of_slots, secrets, strict=True)]
    transcript = statement.transcript(trustee, decryption)
    rho = [transcript.weight("rho") for _ in decryption]
    sums = [sum(weight * x for weight, x in pairs) % Q for pairs in statement.weighted(rho, secrets)]
    W = [bytes(BASE * w) for w in nonces]
    V = bytes(sum_of(list(zip(nonces, bases, strict=True))))
    c = transcript.absorb("W", W).absorb("V", V).scalar("c")
    z = [(w + c * s) % Q for w, s in zip(nonces, sums, strict=True)]
    proof = b"".join([*W, V, *map(encode_scalar, z)])
    return {
        "trustee": trustee,
        "publics": [bytes(BASE * x) for x in secrets],
        "decryption": decryption,
        "rho": rho,
        "sums": sums,
        "W": W,
        "V": V,
        "c": c,
        "z": z,
        "proof": proof,
    }


def split(data: bytes) -> list[bytes]:
    return [data[i : i + 32] for i in range(0, len(data), 32)]


def judge_decryption(statement: Statement, trustee: int, publics: list[bytes], decryption: bytes, proof: bytes) -> None:
    """Lengths, encodings and the proof; `publics` are the X_ij of statement.slots()."""
    groups = len(statement.groups)
    require(len(decryption) == 32 * len(statement.slots()) and len(proof) == 32 * (2 * groups + 1), "share_length")
    parts, chunks = split(decryption), split(proof)
    D, W, V = list(map(decode_point, parts)), list(map(decode_point, chunks[:groups])), decode_point(chunks[groups])
    z = list(map(decode_scalar, chunks[groups + 1 :]))
    transcript = statement.transcript(trustee, parts)
    rho = [transcript.weight("rho") for _ in parts]
    c = transcript.absorb("W", chunks[:groups]).absorb("V", chunks[groups]).scalar("c")
    for of_group, commitment, pairs in zip(
        z, W, statement.weighted(rho, list(map(decode_point, publics))), strict=True
    ):
        require(BASE * of_group == commitment + sum_of([(c * weight, X) for weight, X in pairs]), "share_invalid")
    left = sum_of([(of_group, decode_point(group.R)) for of_group, group in zip(z, statement.groups, strict=True)])
    require(left == V + sum_of([(c * weight, part) for weight, part in zip(rho, D, strict=True)]), "share_invalid")
