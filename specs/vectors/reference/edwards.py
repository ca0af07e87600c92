"""The field of 2^255 − 19 and the twisted Edwards curve under Ed25519 and ristretto255."""

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def is_negative(value: int) -> bool:
    return value % P & 1 == 1


def absolute(value: int) -> int:
    value %= P
    return P - value if value & 1 else value


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """RFC 9496 §4.2: (True, √(u/v)), or (False, √(√−1·u/v)), the root non-negative."""
    root = u * pow(v, 3, P) * pow(u * pow(v, 7, P) % P, (P - 5) // 8, P) % P
    check = v * root * root % P
    u %= P
    correct, flipped, flipped_i = check == u, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        root = root * SQRT_M1 % P
    return correct or flipped, absolute(root)


class Edwards:
    """A curve point in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z."""

    __slots__ = ("x", "y", "z", "t")

    def __init__(self, x: int, y: int, z: int, t: int):
        self.x, self.y, self.z, self.t = x, y, z, t

    def __add__(self, other: "Edwards") -> "Edwards":
        a = (self.y - self.x) * (other.y - other.x) % P
        b = (self.y + self.x) * (other.y + other.x) % P
        c = 2 * D * self.t * other.t % P
        d = 2 * self.z * other.z % P
        e, f, g, h = b - a, d - c, d + c, b + a
        return Edwards(e * f % P, g * h % P, f * g % P, e * h % P)

    def double(self) -> "Edwards":
        a, b = self.x * self.x % P, self.y * self.y % P
        c = 2 * self.z * self.z
        h = a + b
        e = h - (self.x + self.y) ** 2
        g = a - b
        f = c + g
        return Edwards(e * f % P, g * h % P, f * g % P, e * h % P)

    def __neg__(self) -> "Edwards":
        return Edwards(-self.x % P, self.y, self.z, -self.t % P)

    def __sub__(self, other: "Edwards") -> "Edwards":
        return self + -other

    def __mul__(self, scalar: int) -> "Edwards":
        return multi_multiply([(scalar, self)])

    __rmul__ = __mul__

    def same_affine(self, other: "Edwards") -> bool:
        return (self.x * other.z - other.x * self.z) % P == 0 and (self.y * other.z - other.y * self.z) % P == 0


IDENTITY = Edwards(0, 1, 1, 0)


def multiples_of(point: Edwards) -> list[Edwards]:
    """0·P … 15·P."""
    table = [IDENTITY, point]
    for _ in range(14):
        table.append(table[-1] + point)
    return table


def multi_multiply(terms: list[tuple[int, Edwards]]) -> Edwards:
    """Σ scalar·point by interleaved windows of four bits; scalars are not negative."""
    tables = [(scalar, multiples_of(point)) for scalar, point in terms if scalar]
    result = IDENTITY
    length = max((scalar.bit_length() for scalar, _ in tables), default=0)
    for shift in range((length + 3) // 4 * 4 - 4, -1, -4):
        result = result.double().double().double().double()
        for scalar, table in tables:
            digit = scalar >> shift & 15
            if digit:
                result = result + table[digit]
    return result
