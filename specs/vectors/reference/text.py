"""What people see: fingerprints, trackers, voter codes. Implements specs/conventions.md#text."""

from .ristretto import BASE
from .transcript import Transcript, wide

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("ILO", "110")


def to_text(data: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    symbols = "".join(ALPHABET[int(bits[i : i + 5], 2)] for i in range(0, len(bits), 5))
    return "-".join(symbols[i : i + 4] for i in range(0, len(symbols), 4))


def from_text(text: str, size: int) -> bytes | None:
    """The `size` bytes that the text shows; None if it shows none."""
    symbols = text.replace("-", "").replace(" ", "").upper().translate(READ_AS)
    if not text.isascii() or len(symbols) != (8 * size + 4) // 5 or any(s not in ALPHABET for s in symbols):
        return None
    number = 0
    for symbol in symbols:
        number = number << 5 | ALPHABET.index(symbol)
    padding = 5 * len(symbols) - 8 * size
    return None if number & (1 << padding) - 1 else (number >> padding).to_bytes(size, "big")


def election_fingerprint(election: bytes, log_key: bytes) -> bytes:
    """32 bytes, of which 20 are shown."""
    return Transcript("fingerprint").absorb("election", election).absorb("log", log_key).hash()


def credential_fingerprint(election: bytes, credential: bytes) -> bytes:
    """32 bytes, of which 10 are shown."""
    return Transcript("credential-fingerprint").absorb("election", election).absorb("credential", credential).hash()


def code_check(code: bytes) -> bytes:
    """32 bytes, of which 2 are shown."""
    return Transcript("code-check").absorb("code", code).hash()


def code_text(code: bytes) -> str:
    return to_text(code + code_check(code)[:2])


def read_code(text: str) -> bytes | None:
    data = from_text(text, 18)
    return None if data is None or code_check(data[:16])[:2] != data[16:] else data[:16]


def kappa_wide(election: bytes, code: bytes) -> bytes:
    return Transcript("credential").absorb("election", election).absorb("code", code).challenge(b"kappa", 64)


def kappa_of(election: bytes, code: bytes) -> int:
    return wide(kappa_wide(election, code))


def credential_of(kappa: int) -> bytes:
    return bytes(BASE * kappa)
