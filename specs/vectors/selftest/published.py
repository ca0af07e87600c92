"""Values that others published."""

import hashlib

from reference import aead, cbor, ed25519, range_proof
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


VALUES = [
    bytes.fromhex("90b0c2fe57934dff9f5396e135e7d72b82b3c5393e1843178918eb2cf28a5f3c"),
    bytes.fromhex("74256a3e2a7fe948210c4095195ae4db3e3498c6c5fddc2afb226c0f1e97e468"),
]
RANGE_PROOF = bytes.fromhex(
    "ec36d90690c31ce9cd3b7c755970ebfcfa2714093b15768b6b12c50fb74dee13c6deddfc11d632cdd46caabefb222a19e71b"
    "2dfd8f733641118fe36259afba120a019d2698fa20916bd0c48207353e6fa0ad81ed8048284628c793e48ac4e33eecbf2cc2"
    "50e7e604e50cf02744d5aed9a8823520608e0a80a42cef3da67315622b723f695a73b3ba3371b47a56bc0f1bb65a3c999ef9"
    "45bc1cd59d39921d2c0ca914607361592d1e42decdcc80ef05abc6680b163936d9f31e0b3a22c842000cdc4978020d2c5770"
    "4b54efdbaa9bef53ff653b6393554d27c6d5aab50948e70fa2bad4abecf48efea51327ba6d03b24df7d703cfbb286414471f"
    "ac6ea5e62d67684da7fbaf48b9ad0eeb28cf42a41c741b476136390e9a48e01c1f7220154149502b49ce7b09e3dce1a60270"
    "78efc7318288cd07f20aad0ded14b8c5b46b5f79ce60275d247aa33d0f66f501ec1e153b6c0d52380925e27d6ab503056976"
    "e444ba07707f7d86918fd8cd4540b51ae60b5d281d590c66f153bd65a13b531e940ef6218b80e2b8555cb8b26c63ae8ac676"
    "604699e38ad9db3d7f7441a0b4ecb8382840bceb7fc5185978bb9cc6cec3069963f20bfe37dca1f32c3e20ca95fce60b020e"
    "3bc3d8d356a378fd5e3e9f158aab3ad6c1f096ac1c60349bed2cc7ac0a7a4a5ca77e846d28941b794137c722093f5dabc12e"
    "a3a95aa1819c21550e497d381a5f2a04b87d83701677a9eba9a07398178e000cbbb3bcf3c8b4d5d38569ff782447595d846d"
    "a95195de9a765a634c7d57ddc1738972e6c05340abf685228303f4eb9ce78966840e727a746483d31ee2012f9c88e1fc831a"
    "1f5746889dea240f"
)


def range_proof_holds() -> bytes:
    """A proof of two values of 16 bits."""
    return bytes([range_proof.verify(Merlin(b"Deserialize-And-Verify Test"), VALUES, RANGE_PROOF)])


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
        ("bulletproofs 1.0, range proof", range_proof_holds(), "01"),
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
