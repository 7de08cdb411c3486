"""A probability table together with the words for its states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class LabelledTable:
    """p(x1, x2, y) and what its states are called.

    Attributes:
        p: read-only table, shape (n1, n2, ny), sum 1.
        x1_labels, x2_labels, y_labels: one text a state.
    """

    p: np.ndarray
    x1_labels: tuple[str, ...]
    x2_labels: tuple[str, ...]
    y_labels: tuple[str, ...]

    def __post_init__(self) -> None:
        self.p.setflags(write=False)


Event = tuple[Any, Any, Any] | tuple[Any, Any, Any, float]


def from_events(
    events: Iterable[Event],
    x1_labels: Sequence[str] | None = None,
    x2_labels: Sequence[str] | None = None,
    y_labels: Sequence[str] | None = None,
) -> LabelledTable:
    """A table from its events (x1, x2, y), equally likely unless a fourth entry gives the weight.

    Symbols may be anything sortable; states are in sorted order, named by `labels` or else by the symbols themselves.

    >>> from_events([(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]).p[0, 1]
    array([0.  , 0.25])
    """
    listed = list(events)
    symbols = [sorted({event[axis] for event in listed}) for axis in range(3)]
    index = [{symbol: i for i, symbol in enumerate(column)} for column in symbols]
    p = np.zeros([len(column) for column in symbols])
    for event in listed:
        cell = tuple(index[axis][event[axis]] for axis in range(3))
        p[cell] += event[3] if len(event) == 4 else 1.0
    given = (x1_labels, x2_labels, y_labels)
    names = [tuple(map(_text, column)) if g is None else tuple(g) for g, column in zip(given, symbols, strict=True)]
    return LabelledTable(p / p.sum(), *names)


def _text(symbol: Any) -> str:
    """A symbol in words: parts of a composite one are set side by side."""
    return " ".join(map(_text, symbol)) if isinstance(symbol, tuple) else str(symbol)
