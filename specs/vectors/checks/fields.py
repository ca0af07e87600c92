"""Reading a vector field by field, and comparing. See README.md#conventions."""

from reference.refusal import Refused, code_of
from reference.ristretto import encode_scalar
from reference.transcript import Q


class Mismatch(Exception):
    """A vector that is wrong or malformed: where, and how."""


def as_json(value):
    """A computed value as the files write it."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return value


def scalars(values: list[int]) -> list[bytes]:
    return [encode_scalar(value) for value in values]


def shorten(value) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:150] + f"… ({len(text)} characters)"


class Fields:
    """An object of a vector file. Every field must be read or expected once; `finish` complains about the others."""

    def __init__(self, data, place: str):
        if not isinstance(data, dict):
            raise Mismatch(f"{place}: must be an object")
        self.data, self.place, self.rest = data, place, set(data)

    def fail(self, name: str, message: str):
        raise Mismatch(f"{self.place}, field {name}: {message}")

    def has(self, name: str) -> bool:
        return name in self.data

    def get(self, name: str, kind: type | tuple = object):
        if name not in self.data:
            self.fail(name, "is missing")
        self.rest.discard(name)
        value = self.data[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(name, f"has the wrong type: {shorten(value)}")
        return value

    def integer(self, name: str) -> int:
        value = self.get(name, int)
        return value if 0 <= value < 1 << 64 else self.fail(name, "is not below 2^64")

    def text(self, name: str) -> str:
        return self.get(name, str)

    def flag(self, name: str) -> bool:
        return self.get(name, bool)

    def integers(self, name: str) -> list[int]:
        values = self.get(name, list)
        return values if all(type(value) is int for value in values) else self.fail(name, "must hold integers")

    def naturals(self, name: str) -> list[int]:
        values = self.integers(name)
        return values if all(0 <= v < 1 << 64 for v in values) else self.fail(name, "must hold integers below 2^64")

    def hex(self, name: str) -> bytes:
        return self.unhex(name, self.get(name, str))

    def unhex(self, name: str, text) -> bytes:
        try:
            data = bytes.fromhex(text)
        except (TypeError, ValueError):
            self.fail(name, "is not hexadecimal")
        return data if data.hex() == text else self.fail(name, "is not lower-case hexadecimal")

    def hex_or_null(self, name: str) -> bytes | None:
        return None if self.get(name) is None else self.hex(name)

    def hexes(self, name: str) -> list[bytes]:
        return [self.unhex(name, item) for item in self.get(name, list)]

    def scalar(self, name: str) -> int:
        return self.to_scalar(name, self.hex(name))

    def scalar_list(self, name: str) -> list[int]:
        return [self.to_scalar(name, item) for item in self.hexes(name)]

    def to_scalar(self, name: str, data: bytes) -> int:
        value = int.from_bytes(data, "little")
        return value if len(data) == 32 and value < Q else self.fail(name, "is not a scalar")

    def hex_map(self, name: str) -> dict[int, bytes]:
        """{int: hex}"""
        return {int(key): self.unhex(name, item) for key, item in self.get(name, dict).items()}

    def hexes_map(self, name: str) -> dict[int, list[bytes]]:
        """{int: [hex]}"""
        return {int(key): [self.unhex(name, x) for x in items] for key, items in self.get(name, dict).items()}

    def child(self, name: str) -> "Fields":
        return Fields(self.get(name, dict), f"{self.place}, {name}")

    def children(self, name: str) -> list["Fields"]:
        return [Fields(item, f"{self.place}, {name}[{i}]") for i, item in enumerate(self.get(name, list))]

    def expect(self, name: str, computed) -> None:
        written, computed = self.get(name), as_json(computed)
        if type(written) is not type(computed) or written != computed:
            self.fail(name, f"holds {shorten(written)}, but the specification gives {shorten(computed)}")

    def expect_scalar(self, name: str, computed: int) -> None:
        self.expect(name, encode_scalar(computed))

    def expect_scalars(self, name: str, computed: list[int]) -> None:
        self.expect(name, scalars(computed))

    def expect_all(self, computed: dict, scalar_names: set[str]) -> None:
        """Every value of `computed` under its own name."""
        for name, value in computed.items():
            if name in scalar_names:
                value = scalars(value) if isinstance(value, list) else encode_scalar(value)
            self.expect(name, value)

    def expect_code(self, judge) -> None:
        """The field `code` is what `judge()` refuses with, null if it accepts."""
        self.expect("code", code_of(judge))

    def finish(self) -> None:
        if self.rest:
            self.fail(sorted(self.rest)[0], "is not in the format")


class Vectors:
    """The vectors of one file, by name."""

    def __init__(self, name: str, document):
        self.name = name
        top = Fields(document, name)
        top.expect("file", name)
        top.expect("spec", "tabella/1")
        self.vectors = {}
        for data in top.get("vectors", list):
            title = str(data.get("name")) if isinstance(data, dict) else "?"
            if title in self.vectors:
                raise Mismatch(f"{name}: the name {title} occurs twice")
            self.vectors[title] = data
        top.finish()

    def vector(self, title: str) -> Fields:
        if title not in self.vectors:
            raise Mismatch(f"{self.name}: there is no vector {title}")
        return Fields(self.vectors[title], f"{self.name}, vector {title}")

    def base(self, vector: Fields) -> Fields:
        """The vector that another names as its base."""
        return self.vector(vector.text("base"))

    def check_one(self, vector: Fields, check) -> None:
        try:
            check(vector, self)
        except Refused as refusal:
            raise Mismatch(f"{vector.place}: a value that must be right was refused with {refusal.code}") from refusal
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as fault:
            raise Mismatch(f"{vector.place}: does not have the form of the format: {fault!r}") from fault
        vector.finish()

    def check(self, kinds: dict) -> int:
        """Checks all vectors; returns how many."""
        for title in self.vectors:
            vector = self.vector(title)
            vector.text("name")
            kind = vector.text("kind")
            if kind not in kinds:
                vector.fail("kind", f"{kind} is unknown")
            self.check_one(vector, kinds[kind])
        return len(self.vectors)
