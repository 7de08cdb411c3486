"""Small tables p(x1, x2, y) written by hand, for the tests of the engine."""

from __future__ import annotations

import numpy as np


def uniform(*outcomes: str) -> np.ndarray:
    """Equal probabilities on outcomes written as three digits x1 x2 y."""
    cells = [tuple(int(digit) for digit in outcome) for outcome in outcomes]
    p = np.zeros([1 + max(cell[k] for cell in cells) for k in range(3)])
    for cell in cells:
        p[cell] += 1 / len(cells)
    return p


def dice(correlation: float) -> np.ndarray:
    """Sum of two dice that show the same face with the given weight."""
    p = np.zeros((6, 6, 11))
    for i in range(6):
        for j in range(6):
            p[i, j, i + j] = correlation * (i == j) / 6 + (1 - correlation) / 36
    return p


def correlated_copy(agree: float) -> np.ndarray:
    """y = (x1, x2), two fair bits that agree with the given probability."""
    p = np.zeros((2, 2, 4))
    for i in range(2):
        for j in range(2):
            p[i, j, 2 * i + j] = (agree if i == j else 1 - agree) / 2
    return p


def redundant_error() -> np.ndarray:
    """y = x1 a fair bit, x2 equals it with probability 3/4."""
    p = np.zeros((2, 2, 2))
    for x in range(2):
        p[x, x, x] = 3 / 8
        p[x, 1 - x, x] = 1 / 8
    return p


def rdnunqxor() -> np.ndarray:
    """A shared bit, a private bit each, and a pair of bits whose parity counts: y has all four."""
    p = np.zeros((8, 8, 16))
    for shared in range(2):
        for mine in range(4):
            for yours in range(4):
                parity = (mine ^ yours) & 1
                p[4 * shared + mine, 4 * shared + yours, 8 * shared + 4 * (mine >> 1) + 2 * (yours >> 1) + parity] = (
                    1 / 32
                )
    return p


def random_table(seed: int, shape: tuple[int, ...], density: float = 1.0) -> np.ndarray:
    """Random probabilities, about `density` of the cells above zero."""
    rng = np.random.default_rng(seed)
    p = rng.random(shape) ** 2 * (rng.random(shape) < density)
    p.reshape(-1)[0] += 0.05
    return p / p.sum()


AND = uniform("000", "010", "100", "111")
OR = uniform("000", "011", "101", "111")
XOR = uniform("000", "011", "101", "110")
RDN = uniform("000", "111")
UNQ1 = uniform("000", "010", "101", "111")
COPY = uniform("000", "011", "102", "113")
SUM = uniform("000", "011", "101", "112")
RDNXOR = uniform("000", "011", "101", "110", "222", "233", "323", "332")
PWUNQ = uniform("011", "101", "022", "202")
REDUCED_OR = uniform("000", "000", "011", "101")
BOOM = uniform("001", "002", "020", "121", "202", "212")
DIFF = uniform("000", "001", "010", "101")
NOT_TWO = uniform("000", "001", "010", "100", "111")
PROB1 = uniform("000", "001", "010", "011", "100")
PROB2 = uniform("000", "010", "021", "101")
GBAND = uniform("000", "010", "100", "111", "222", "232", "322", "333")
SUBTLE = uniform("000", "011", "102")  # Williams & Beer 2010, Fig. 4A
FIG4B = uniform("000", "011", "111", "102")  # Williams & Beer 2010, Fig. 4B
DYADIC = uniform("000", "021", "102", "123", "210", "231", "312", "333")
TRIADIC = uniform("000", "111", "022", "133", "202", "313", "220", "331")
RDNERR = redundant_error()
RDNUNQXOR = rdnunqxor()
DICE = dice(0.0)

GATES = {
    "AND": AND,
    "OR": OR,
    "XOR": XOR,
    "RDN": RDN,
    "UNQ1": UNQ1,
    "COPY": COPY,
    "SUM": SUM,
    "RDNXOR": RDNXOR,
    "PWUNQ": PWUNQ,
    "REDUCED_OR": REDUCED_OR,
    "BOOM": BOOM,
    "DIFF": DIFF,
    "NOT_TWO": NOT_TWO,
    "PROB1": PROB1,
    "PROB2": PROB2,
    "GBAND": GBAND,
    "SUBTLE": SUBTLE,
    "FIG4B": FIG4B,
    "DYADIC": DYADIC,
    "TRIADIC": TRIADIC,
    "RDNERR": RDNERR,
    "DICE": DICE,
    "DICE_HALF": dice(0.5),
}
