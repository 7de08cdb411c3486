"""Hand-drawn tables as short text, so that a link can carry one: ``2x2x2~1,0,1,0,1,0,0,1``.

The text holds weights in the order of ``p[x1, x2, y]`` (last axis fastest); they need not sum to 1, what is decomposed is
the normalised table. Encoding and decoding are exact inverses.
"""

from __future__ import annotations

import math
import re

import numpy as np
import numpy.typing as npt

from mmexplore.errors import BadData

MAX_STATES = 12
MAX_CELLS = 600
_SHAPE = re.compile(r"^(\d{1,2})x(\d{1,2})x(\d{1,2})$")

Weights = npt.NDArray[np.float64]


def encode(weights: npt.ArrayLike) -> str:
    """Text of a weight table, shape (n1, n2, ny); `decode` gives back exactly the same numbers."""
    table = check(weights)
    numbers = ",".join(f"{w:g}" if float(f"{w:g}") == w else repr(float(w)) for w in table.ravel())
    return f"{table.shape[0]}x{table.shape[1]}x{table.shape[2]}~{numbers}"


def decode(text: str) -> Weights:
    """Weights of shape (n1, n2, ny) from text written by `encode`.

    Raises:
        BadData: the text is not of that form; the sentence says which part.
    """
    head, _, body = text.partition("~")
    match = _SHAPE.match(head)
    if match is None:
        raise BadData(
            f"the drawn table starts with {head[:20]!r}; allowed: sizes such as 2x2x2, then ~ and the weights"
        )
    shape = tuple(int(n) for n in match.groups())
    _check_sizes(shape)
    parts = body.split(",")
    if len(parts) != shape[0] * shape[1] * shape[2]:
        raise BadData(
            f"the drawn table has {len(parts)} weights; its size {head} needs {shape[0] * shape[1] * shape[2]}"
        )
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        bad = next(part for part in parts if not _is_number(part))
        raise BadData(f"the drawn table holds {bad[:20]!r}; allowed: numbers from 0 up") from None
    return check(np.array(numbers).reshape(shape))


def check(weights: npt.ArrayLike) -> Weights:
    """The weights as a float64 array of shape (n1, n2, ny), or `BadData` naming the cell at fault."""
    table = np.array(weights, dtype=np.float64)
    _check_sizes(table.shape)
    wrong = np.argwhere(~(np.isfinite(table) & (table >= 0) & (table <= 1e12)))
    if len(wrong):
        x1, x2, y = (int(i) for i in wrong[0])
        raise BadData(f"the weight at x1={x1}, x2={x2}, y={y} is {table[x1, x2, y]:g}; allowed: 0 to 1e12")
    return table


def _check_sizes(shape: tuple[int, ...]) -> None:
    if len(shape) != 3 or min(shape) < 1 or max(shape) > MAX_STATES or math.prod(shape) > MAX_CELLS:
        raise BadData(
            f"the drawn table has sizes {'x'.join(map(str, shape))}; "
            f"allowed: three sizes from 1 to {MAX_STATES}, at most {MAX_CELLS} cells"
        )


def normalised(weights: Weights) -> Weights:
    """Weights divided by their sum; `BadData` if all are 0."""
    total = float(weights.sum())
    if not total > 0:
        raise BadData("every weight is 0; give at least one cell a weight above 0")
    return weights / total


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
