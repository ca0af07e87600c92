"""Keccak-f[1600], STROBE-128, merlin, and Tabella's transcripts. Implements specs/conventions.md#transcripts."""

import copy

MASK = (1 << 64) - 1


def round_constants() -> list[int]:
    """Bits of the degree-8 LFSR of FIPS 202 §3.2.5, placed at positions 2^j − 1."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << ((1 << j) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


def rotation_path() -> list[tuple[int, int, int]]:
    """(source lane, target lane, rotation) of the steps ρ and π; lane (x, y) has index x + 5y."""
    moves, x, y = [(0, 0, 0)], 1, 0
    for t in range(24):
        moves.append((x + 5 * y, y + 5 * ((2 * x + 3 * y) % 5), (t + 1) * (t + 2) // 2 % 64))
        x, y = y, (2 * x + 3 * y) % 5
    return moves


ROUND_CONSTANTS = round_constants()
ROTATION_PATH = rotation_path()
ROW_NEIGHBOURS = [(i, i - i % 5 + (i + 1) % 5, i - i % 5 + (i + 2) % 5) for i in range(25)]


def rotate(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & MASK


def keccak_f1600(state: bytes) -> bytearray:
    lanes = [int.from_bytes(state[i : i + 8], "little") for i in range(0, 200, 8)]
    for constant in ROUND_CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        parity = [columns[x - 1] ^ rotate(columns[(x + 1) % 5], 1) for x in range(5)]
        moved = [0] * 25
        for source, target, by in ROTATION_PATH:
            moved[target] = rotate(lanes[source] ^ parity[source % 5], by)
        lanes = [moved[i] ^ (~moved[j] & moved[k] & MASK) for i, j, k in ROW_NEIGHBOURS]
        lanes[0] ^= constant
    return bytearray(b"".join(lane.to_bytes(8, "little") for lane in lanes))


class Strobe:
    """STROBE-128 as far as merlin uses it."""

    RATE = 166
    FLAG_I, FLAG_A, FLAG_C, FLAG_M, FLAG_K = 0x01, 0x02, 0x04, 0x10, 0x20

    def __init__(self):
        """The state before the first operation."""
        start = bytes([1, self.RATE + 2, 1, 0, 1, 96]) + b"STROBEv1.0.2"
        self.state = keccak_f1600(start + bytes(200 - len(start)))
        self.pos = self.pos_begin = 0

    def run_f(self) -> None:
        self.state[self.pos] ^= self.pos_begin
        self.state[self.pos + 1] ^= 0x04
        self.state[self.RATE + 1] ^= 0x80
        self.state = keccak_f1600(self.state)
        self.pos = self.pos_begin = 0

    def advance(self) -> None:
        self.pos += 1
        if self.pos == self.RATE:
            self.run_f()

    def absorb(self, data: bytes) -> None:
        for byte in data:
            self.state[self.pos] ^= byte
            self.advance()

    def squeeze(self, length: int) -> bytes:
        out = bytearray()
        for _ in range(length):
            out.append(self.state[self.pos])
            self.state[self.pos] = 0
            self.advance()
        return bytes(out)

    def begin_op(self, flags: int) -> None:
        old = self.pos_begin
        self.pos_begin = self.pos + 1
        self.absorb(bytes([old, flags]))
        if flags & (self.FLAG_C | self.FLAG_K) and self.pos != 0:
            self.run_f()

    def meta_ad(self, data: bytes, more: bool) -> None:
        if not more:
            self.begin_op(self.FLAG_M | self.FLAG_A)
        self.absorb(data)

    def ad(self, data: bytes) -> None:
        self.begin_op(self.FLAG_A)
        self.absorb(data)

    def prf(self, length: int) -> bytes:
        self.begin_op(self.FLAG_I | self.FLAG_A | self.FLAG_C)
        return self.squeeze(length)


class Merlin:
    """A merlin 1.0 transcript."""

    def __init__(self, name: bytes):
        self.strobe = Strobe()
        self.strobe.meta_ad(b"Merlin v1.0", False)
        self.append(b"dom-sep", name)

    def append(self, label: bytes, data: bytes) -> None:
        self.strobe.meta_ad(label, False)
        self.strobe.meta_ad(len(data).to_bytes(4, "little"), True)
        self.strobe.ad(data)

    def challenge(self, label: bytes, length: int) -> bytes:
        self.strobe.meta_ad(label, False)
        self.strobe.meta_ad(length.to_bytes(4, "little"), True)
        return self.strobe.prf(length)

    def clone(self):
        return copy.deepcopy(self)


Q = 2**252 + 27742317777372353535851937790883648493


def wide(data: bytes) -> int:
    assert len(data) == 64
    return int.from_bytes(data, "little") % Q


def short(data: bytes) -> int:
    assert len(data) == 16
    return int.from_bytes(data, "little")


class Transcript(Merlin):
    """transcript(name): merlin under "tabella/1/" ‖ name."""

    def __init__(self, name: str):
        super().__init__(b"tabella/1/" + name.encode())

    def absorb(self, label: str, value) -> "Transcript":
        """A byte string, an integer, or a list of point encodings."""
        if isinstance(value, int):
            value = value.to_bytes(8, "little")
        elif isinstance(value, list):
            assert all(len(point) == 32 for point in value)
            value = b"".join(value)
        self.append(label.encode(), value)
        return self

    def scalar(self, label: str) -> int:
        return wide(self.challenge(label.encode(), 64))

    def weight(self, label: str) -> int:
        return short(self.challenge(label.encode(), 16))

    def hash(self) -> bytes:
        return self.challenge(b"hash", 32)
