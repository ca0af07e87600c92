"""shape.json: specs/ballot.md#shape."""

from reference.contest import digits
from reference.shape import style_shape
from reference.vote import write_votes

from .contest import read_contests
from .fields import Fields, Vectors


def check_digits(vector: Fields, _: Vectors) -> None:
    vector.expect("weights", digits(vector.integer("sum")))


def check_shape(vector: Fields, _: Vectors) -> None:
    contests, styles, style = read_contests(vector), vector.get("styles", list), vector.integer("style")
    chosen = [contests[index] for index in styles[style]]
    shape = style_shape(chosen)
    vector.expect_all({"m": shape.m, "k": len(shape.slots), "n": len(shape.constraints)}, set())
    vector.expect("ranged", shape.ranged)
    vector.expect("largest", [{"slot": c.largest_slot(), "option": c.largest_option()} for c in chosen])
    vector.expect("encoding", shape.encoding())
    vector.expect("digest", shape.digest(style))
    for item in vector.children("assignments"):
        coordinates = item.naturals("coordinates")
        item.expect("slots", shape.values(coordinates))
        item.expect("valid", shape.allows(coordinates))
        item.finish()
    for item in vector.children("encodings"):
        coordinates, slots = write_votes(chosen, item.get("votes", list))
        item.expect("coordinates", coordinates)
        if not shape.allows(coordinates) or shape.values(coordinates) != slots:
            item.fail("coordinates", "are not those of an allowed vote")
        item.finish()


KINDS = {"digits": check_digits, "shape": check_shape}
