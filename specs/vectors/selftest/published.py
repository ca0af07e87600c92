"""Values that others published."""

import hashlib

from reference import aead, cbor, ed25519
from reference.ristretto import BASE, one_way_map
from reference.transcript import Merlin, keccak_f1600


def sha3_256(data: bytes) -> bytes:
    """One block of SHA3-256, over our permutation."""
    block = bytearray(data + b"\x06" + bytes(135 - len(data)))
    block[135] |= 0x80
    return bytes(keccak_f1600(bytes(block) + bytes(64))[:32])


def merlin_simple() -> bytes:
    transcript = Merlin(b"test protocol")
    transcript.append(b"some label", b"some data")
    return transcript.challenge(b"challenge", 32)


SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
UNIFORM = bytes.fromhex(
    "5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c14d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6"
)
AEAD_KEY, AEAD_NONCE = bytes(range(0x80, 0xA0)), bytes.fromhex("070000004041424344454647")
AEAD_DATA = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
SUNSCREEN = (
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    b"sunscreen would be it."
)


def sealed() -> bytes:
    return aead.seal(AEAD_KEY, AEAD_NONCE, SUNSCREEN, AEAD_DATA)


def published() -> list[tuple[str, bytes, str]]:
    """(name, computed, published hex)"""
    return [
        ("FIPS 202, SHA3-256 of abc", sha3_256(b"abc"), hashlib.sha3_256(b"abc").hexdigest()),
        ("merlin, test protocol", merlin_simple(), "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615"),
        ("RFC 9496 A.1, 1·G", bytes(BASE), "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"),
        ("RFC 9496 A.1, 2·G", bytes(BASE * 2), "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"),
        ("RFC 9496 A.1, 3·G", bytes(BASE * 3), "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259"),
        (
            "RFC 9496 A.3, first",
            bytes(one_way_map(UNIFORM)),
            "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46",
        ),
        (
            "RFC 8032 7.1, test 1 key",
            ed25519.public_key(SEED),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        ),
        (
            "RFC 8032 7.1, test 1 signature",
            ed25519.sign(SEED, b""),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        ("RFC 8439 2.8.2, ciphertext", sealed()[:16], "d31a8d34648e60db7b86afbc53ef7ec2"),
        ("RFC 8439 2.8.2, tag", sealed()[-16:], "1ae10b594f09e26a7e902ecbd0600691"),
        (
            "RFC 5869 A.1",
            aead.hkdf(bytes(range(13)), b"\x0b" * 22, bytes(range(0xF0, 0xFA)), 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        ("RFC 8949 A, [1, [2, 3], [4, 5]]", cbor.encode([1, [2, 3], [4, 5]]), "8301820203820405"),
        ("RFC 8949 A, 18446744073709551615", cbor.encode(2**64 - 1), "1bffffffffffffffff"),
        ("RFC 8949 A, -1000", cbor.encode(-1000), "3903e7"),
        ("RFC 8949 A, {1: 2, 3: 4}", cbor.encode({3: 4, 1: 2}), "a201020304"),
    ]
