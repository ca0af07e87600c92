"""Seeded values for the instances. Not for anything secret."""

import random

from checks.fields import as_json
from reference.ristretto import encode_scalar
from reference.transcript import Q


class Source(random.Random):
    def scalar(self) -> int:
        return self.randrange(1, Q)

    def scalars(self, count: int) -> list[int]:
        return [self.scalar() for _ in range(count)]


def written(values: dict, scalar_names: set[str] = frozenset()) -> dict:
    """Computed values as a vector writes them."""

    def one(name: str, value):
        if name in scalar_names:
            value = list(map(encode_scalar, value)) if isinstance(value, list) else encode_scalar(value)
        return as_json(value)

    return {name: one(name, value) for name, value in values.items()}


def document(name: str, vectors: list[dict]) -> dict:
    return {"file": name, "spec": "tabella/1", "vectors": vectors}


def vector(name: str, kind: str, /, **fields) -> dict:
    return {"name": name, "kind": kind, **as_json(fields)}
