"""group.json: specs/conventions.md#group."""

from reference import range_proof, ristretto
from reference.ristretto import BASE, H, generator
from reference.transcript import short, wide

from .fields import Fields, Vectors

DECODERS = {
    "point": ristretto.decode_point,
    "nonidentity": ristretto.decode_nonidentity,
    "scalar": ristretto.decode_scalar,
}


def check_hash_to_group(vector: Fields, _: Vectors) -> None:
    label, data = vector.text("label"), vector.hex("data")
    vector.expect("digest", ristretto.group_digest(label, data))
    vector.expect("point", bytes(ristretto.hash_to_group(label, data)))


def check_generators(vector: Fields, _: Vectors) -> None:
    vector.expect("base", bytes(BASE))
    vector.expect("H", bytes(H))
    vector.expect("G_i", [bytes(generator(i)) for i in range(9)])


def check_range_generators(vector: Fields, _: Vectors) -> None:
    vector.expect("blinding", bytes(range_proof.H_TILDE))
    for letter in "GH":
        vector.expect(letter, [list(map(bytes, range_proof.generators(letter, j)[:2])) for j in range(2)])


def check_multiple(vector: Fields, _: Vectors) -> None:
    product = ristretto.decode_point(vector.hex("point")) * vector.scalar("scalar")
    vector.expect("product", bytes(product))


def check_sum(vector: Fields, _: Vectors) -> None:
    total = sum(map(ristretto.decode_point, vector.hexes("points")), ristretto.ZERO)
    vector.expect("sum", bytes(total))


def check_wide(vector: Fields, _: Vectors) -> None:
    vector.expect_scalar("scalar", wide(vector.hex("bytes")))


def check_short(vector: Fields, _: Vectors) -> None:
    vector.expect_scalar("scalar", short(vector.hex("bytes")))


def check_bad_encoding(vector: Fields, _: Vectors) -> None:
    decoder = DECODERS.get(vector.text("type")) or vector.fail("type", "is unknown")
    data = vector.hex("bytes")
    vector.expect_code(lambda: decoder(data))


KINDS = {
    "hash_to_group": check_hash_to_group,
    "generators": check_generators,
    "range_generators": check_range_generators,
    "multiple": check_multiple,
    "sum": check_sum,
    "wide": check_wide,
    "short": check_short,
    "bad_encoding": check_bad_encoding,
}
