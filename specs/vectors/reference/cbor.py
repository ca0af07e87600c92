"""Deterministic CBOR, and the schema of every payload. Implements specs/conventions.md#encoding, specs/entries.cddl."""

from .refusal import Refused, require

MALFORMED = "payload_malformed"
MAXIMUM_DEPTH = 16


def head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    for additional, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << 8 * size:
            return bytes([major << 5 | additional]) + value.to_bytes(size, "big")
    raise ValueError("integer above 64 bits")


def encode(value) -> bytes:
    """Negative integers are allowed here, for shapes; a decoder refuses them."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(encode(key) + encode(value[key]) for key in sorted(value))
    raise TypeError(type(value))


class Reader:
    def __init__(self, data: bytes, code: str):
        self.data, self.at, self.code = data, 0, code

    def take(self, length: int) -> bytes:
        require(length <= len(self.data) - self.at, self.code)
        self.at += length
        return self.data[self.at - length : self.at]

    def argument(self, additional: int) -> int:
        if additional < 24:
            return additional
        require(additional <= 27, self.code)
        size = 1 << additional - 24
        value = int.from_bytes(self.take(size), "big")
        require(value >= (24 if size == 1 else 1 << 4 * size), self.code)
        return value

    def item(self, depth: int = 0):
        require(depth < MAXIMUM_DEPTH, self.code)
        initial = self.take(1)[0]
        major, additional = initial >> 5, initial & 31
        if major == 7:
            require(additional in (20, 21, 22), self.code)
            return {20: False, 21: True, 22: None}[additional]
        require(major in (0, 2, 3, 4, 5), self.code)
        argument = self.argument(additional)
        if major == 0:
            return argument
        if major == 2:
            return self.take(argument)
        if major == 3:
            return self.text(argument)
        if major == 4:
            return [self.item(depth + 1) for _ in range(argument)]
        return self.map(argument, depth)

    def text(self, length: int) -> str:
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(self.code) from None

    def map(self, size: int, depth: int) -> dict:
        result, last = {}, -1
        for _ in range(size):
            key = self.item(depth + 1)
            require(type(key) is int and key > last, self.code)
            result[key] = self.item(depth + 1)
            last = key
        return result


def decode(data: bytes, code: str = MALFORMED):
    """One deterministic item and nothing after it."""
    reader = Reader(data, code)
    value = reader.item()
    require(reader.at == len(data), code)
    return value


# A schema is a function that returns whether a decoded value has its type.


def uint(value) -> bool:
    return type(value) is int


def text(value) -> bool:
    return type(value) is str


def boolean(value) -> bool:
    return type(value) is bool


def any_bytes(value) -> bool:
    return type(value) is bytes


def sized(size: int):
    return lambda value: type(value) is bytes and len(value) == size


def exactly(constant):
    return lambda value: type(value) is type(constant) and value == constant


def optional(schema):
    return lambda value: value is None or schema(value)


def array_of(schema):
    return lambda value: type(value) is list and all(map(schema, value))


def sequence(*schemas):
    return lambda value: (
        type(value) is list and len(value) == len(schemas) and all(s(v) for s, v in zip(schemas, value, strict=True))
    )


def record(*schemas):
    """A map with the keys 0, 1, …, in order of the arguments."""
    return lambda value: (
        type(value) is dict
        and list(value) == list(range(len(schemas)))
        and all(s(value[i]) for i, s in enumerate(schemas))
    )


def map_of(schema):
    return lambda value: type(value) is dict and all(map(schema, value.values()))


def either(*schemas):
    return lambda value: any(schema(value) for schema in schemas)


bytes20, bytes32, bytes64 = sized(20), sized(32), sized(64)

NAMED = record(text, text)

KIND = either(
    sequence(exactly("choice"), record(uint, uint, boolean)),
    sequence(exactly("score"), record(uint, uint, uint)),
    sequence(exactly("positional"), record(uint, array_of(uint))),
    sequence(exactly("quadratic"), record(uint)),
    sequence(exactly("ranking"), record(boolean)),
    sequence(exactly("lists"), record(array_of(record(text, text, uint)), uint, uint)),
    sequence(exactly("allocation"), record(uint, boolean)),
)

METHODS = (
    "highest",
    "condorcet",
    "schulze",
    "ranked-pairs",
    "copeland",
    "dhondt",
    "sainte-lague",
    "largest-remainder",
)

COUNTING = optional(sequence(either(*map(exactly, METHODS)), uint, optional(array_of(uint))))

CONTEST = record(text, text, array_of(NAMED), KIND, COUNTING)

BODIES = {
    "manifest": record(
        uint,
        text,
        text,
        boolean,
        text,
        bytes32,
        text,
        array_of(CONTEST),
        array_of(record(text, array_of(uint))),
        bytes32,
        bytes32,
        array_of(record(text, bytes32)),
        uint,
        uint,
        uint,
        array_of(record(text, bytes32)),
    ),
    "roll": record(bytes32, uint, uint, uint, array_of(sequence(bytes32, uint, uint)), bytes32),
    "open": record(bytes32, text, bytes32, bytes32),
    "close": record(bytes32, text, uint, bytes32),
    "final": record(bytes32, text, bytes32),
    "commit": record(bytes32, uint, bytes32, uint, bytes32, map_of(bytes32)),
    "round": record(bytes32, uint, bytes32, array_of(uint)),
    "restart": record(bytes32, uint, bytes32),
    "deal": record(bytes32, uint, bytes32, uint, uint, uint, any_bytes),
    "confirm": record(bytes32, uint, bytes32, uint, map_of(bytes32), map_of(bytes32)),
    "keys": record(bytes32, uint, bytes32, uint, bytes32),
    "rehearse": record(bytes32, bytes32, uint),
    "rehearsal": record(bytes32, bytes32, uint, uint, any_bytes, any_bytes),
    "share": record(bytes32, bytes32, bytes32, uint, any_bytes, any_bytes, text),
    "result": record(bytes32, text, bytes32, array_of(optional(array_of(uint)))),
}

PREFIX = (bytes32, optional(bytes20), bytes32, map_of(any_bytes), bytes32)

UNSIGNED = {
    "ballot": sequence(*PREFIX, any_bytes),
    "challenge": sequence(*PREFIX, array_of(uint), bytes32, bytes64),
}

SIGNED_PAYLOAD = sequence(any_bytes, bytes64)
KINDS = set(BODIES) | set(UNSIGNED)


def decode_as(schema, data: bytes):
    value = decode(data)
    require(schema(value), MALFORMED)
    return value


def decode_payload(kind: str, payload: bytes):
    """(value, signature, body); signature and body are None for ballots and challenges."""
    if kind in UNSIGNED:
        return decode_as(UNSIGNED[kind], payload), None, None
    body, signature = decode_as(SIGNED_PAYLOAD, payload)
    return decode_as(BODIES[kind], body), signature, body
