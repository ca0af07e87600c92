"""What is handed in as payloads: any bytes, any CBOR, and CBOR of the shapes of ballots and signed payloads."""

import schemathesis
from hypothesis import strategies as st


def head(major, number):
    for width, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 1 << (8 * size):
            return bytes([major << 5 | width]) + number.to_bytes(size, "big")
    raise ValueError(number)


def cbor(value):
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode("utf-8", "replace")
        return head(3, len(text)) + text
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    items = sorted((cbor(key), cbor(item)) for key, item in value.items())
    return head(5, len(items)) + b"".join(key + item for key, item in items)


numbers = st.integers(0, 2**64 - 1)
leaves = st.none() | st.booleans() | numbers | st.binary(max_size=200) | st.text(max_size=50)
anything = st.recursive(leaves, lambda item: st.lists(item, max_size=6) | st.dictionaries(numbers, item, max_size=6))


def exactly(length):
    # The identity is a point.
    return st.just(bytes(length)) | st.binary(min_size=length, max_size=length)


prefix = [exactly(32), st.none() | exactly(20), exactly(32), st.dictionaries(numbers, exactly(64), max_size=3), exactly(32)]
ballots = st.tuples(*prefix, st.binary(max_size=500))
challenges = st.tuples(*prefix, st.lists(numbers, max_size=4), exactly(32), exactly(64))
signed = st.tuples(st.dictionaries(numbers, anything, max_size=6).map(cbor), exactly(64))
shapes = (ballots | challenges | signed).map(list) | anything
payloads = shapes.map(cbor) | st.binary(max_size=300) | st.integers(64_990, 66_000).map(bytes)

schemathesis.openapi.media_type("application/cbor", payloads)
