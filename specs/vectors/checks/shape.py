"""shape.json: specs/ballot.md#shape."""

from reference.shape import Contest, free_bits_of, style_shape

from .fields import Fields, Vectors


def read_contests(vector: Fields) -> list[Contest]:
    contests = []
    for item in vector.children("contests"):
        contests.append(Contest(item.integer("options"), item.integer("min"), item.integer("max"), item.flag("blank")))
        item.finish()
    return contests


def check_shape(vector: Fields, _: Vectors) -> None:
    contests, styles, style = read_contests(vector), vector.get("styles", list), vector.integer("style")
    chosen = [contests[index] for index in styles[style]]
    shape = style_shape(chosen)
    vector.expect("slack", [contest.slack_weights() for contest in chosen])
    vector.expect_all({"m": shape.bits, "k": len(shape.slots), "n": len(shape.constraints)}, set())
    vector.expect("encoding", shape.encoding())
    vector.expect("digest", shape.digest(style))
    for item in vector.children("assignments"):
        bits = item.integers("bits")
        item.expect("slots", shape.values(bits))
        item.expect("valid", shape.allows(bits))
        item.finish()
    for item in vector.children("encodings"):
        bits = [
            bit
            for contest, choice in zip(chosen, item.get("choices", list), strict=True)
            for bit in free_bits_of(contest, choice)
        ]
        item.expect("bits", bits)
        if not shape.allows(bits):
            item.fail("bits", "break a constraint")
        item.finish()


KINDS = {"shape": check_shape}
