"""ChaCha20-Poly1305 (RFC 8439) and HKDF-SHA-256 (RFC 5869)."""

import hashlib
import hmac
import struct

MASK = 2**32 - 1
ROUNDS = [
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
]


def quarter_round(s: list[int], a: int, b: int, c: int, d: int) -> None:
    for to, other, mixed, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[to] = s[to] + s[other] & MASK
        turned = s[mixed] ^ s[to]
        s[mixed] = turned << by & MASK | turned >> 32 - by


def block(key: bytes, counter: int, nonce: bytes) -> bytes:
    start = [
        *struct.unpack("<4I", b"expand 32-byte k"),
        *struct.unpack("<8I", key),
        counter,
        *struct.unpack("<3I", nonce),
    ]
    state = start[:]
    for _ in range(10):
        for places in ROUNDS:
            quarter_round(state, *places)
    return struct.pack("<16I", *(a + b & MASK for a, b in zip(state, start, strict=True)))


def stream(key: bytes, nonce: bytes, data: bytes) -> bytes:
    out = bytearray()
    for i in range(0, len(data), 64):
        out += bytes(a ^ b for a, b in zip(data[i : i + 64], block(key, 1 + i // 64, nonce), strict=False))
    return bytes(out)


def poly1305(key: bytes, data: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    accumulator = 0
    for i in range(0, len(data), 16):
        accumulator = (accumulator + int.from_bytes(data[i : i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return (accumulator + int.from_bytes(key[16:], "little") & 2**128 - 1).to_bytes(16, "little")


def tag(key: bytes, nonce: bytes, associated: bytes, ciphertext: bytes) -> bytes:
    def padded(data: bytes) -> bytes:
        return data + bytes(-len(data) % 16)

    lengths = struct.pack("<QQ", len(associated), len(ciphertext))
    return poly1305(block(key, 0, nonce)[:32], padded(associated) + padded(ciphertext) + lengths)


def seal(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes = b"") -> bytes:
    ciphertext = stream(key, nonce, plaintext)
    return ciphertext + tag(key, nonce, associated, ciphertext)


def unseal(key: bytes, nonce: bytes, sealed: bytes, associated: bytes = b"") -> bytes | None:
    """None if the tag is wrong."""
    ciphertext = sealed[:-16]
    if len(sealed) < 16 or tag(key, nonce, associated, ciphertext) != sealed[-16:]:
        return None
    return stream(key, nonce, ciphertext)


def hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    extracted = hmac.digest(salt, secret, hashlib.sha256)
    out, last, counter = b"", b"", 1
    while len(out) < length:
        last = hmac.digest(extracted, last + info + bytes([counter]), hashlib.sha256)
        out, counter = out + last, counter + 1
    return out[:length]
