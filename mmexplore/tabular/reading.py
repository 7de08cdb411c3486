"""How a file is to be read where it can be read in two ways: what its rows are, and which words and numbers are missing values.

What is said here wins over what the file looks like. `Reading()` leaves everything to the content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mmexplore.spec import Spec, param
from mmexplore.tabular.select import split

_LENGTH = 2000
SENTINELS = (  # numbers that programs and people write where nothing was measured
    *(-1.0, -7.0, -8.0, -9.0, -77.0, -88.0, -99.0, -777.0, -888.0, -999.0, -9999.0, -99999.0, -999999.0, -99.9, -999.9, -999.25),
    *(9.0, 77.0, 88.0, 99.0, 777.0, 888.0, 999.0, 9999.0, 99999.0, 999999.0, 99.9, 999.9, 99.99, 999.99, 9999.99),
    *(-32768.0, 32767.0, 65535.0, -2147483648.0, 2147483647.0, -9.0e33, 1e20, -1e20, 1e30, -1e30, 9.96921e36, -1.7e308),
)  # fmt: skip


@dataclass(frozen=True)
class Reading(Spec):
    """How a file is to be read."""

    read_as: str = param(
        "auto",
        label="A line of the file is",
        choices=("auto", "rows", "cells"),
        help="One sample, or one cell of a table with its probability or count (columns x1, x2, y and p or count). By itself: a cell, where every "
        "combination of x1, x2 and y stands there once.",
        widget="segments",
    )
    na: str = param(
        "",
        label="Also missing",
        max_length=_LENGTH,
        help="Words and numbers that stand for a missing value, with commas: -999, unknown; of one column alone: age=99.",
    )
    not_na: str = param(
        "",
        label="Not missing",
        max_length=_LENGTH,
        help="Words that look like missing values and are labels, with commas: NA; of one column alone: continent=NA.",
    )

    def words(self) -> Missing:
        """Which words and numbers are missing values."""
        return Missing(tuple(split(self.na)), tuple(split(self.not_na)))


def asked_of(view: object) -> dict[str, Any]:
    """How a view that has these parameters, or some of them, asks for its file to be read; what is left to the content is left out."""
    plain = Reading()
    return {
        p.name: value
        for p in Reading.parameters()
        if (value := getattr(view, p.name, p.default)) != getattr(plain, p.name)
    }


@dataclass(frozen=True)
class Missing:
    """Words and numbers that are missing values, or are not; each may be of one column alone (``column=word``)."""

    words: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def of(self, column: str) -> tuple[str, ...]:
        """What is missing in a column, beside the usual words."""
        return _of(self.words, column)

    def kept_in(self, column: str) -> tuple[str, ...]:
        """What is a label in a column though it looks missing."""
        return _of(self.kept, column)

    def numbers(self, column: str) -> tuple[float, ...]:
        """Those of the words for a column that are numbers."""
        return tuple(value for word in self.of(column) if (value := _number(word)) is not None)


@dataclass(frozen=True)
class Found:
    """A word or number that is, or may be, a missing value.

    Attributes:
        column: where.
        text: what stands there.
        count: how often.
        taken: whether it counts as missing.
        why: the reason for that, or what speaks for the other.
    """

    column: str
    text: str
    count: int
    taken: bool
    why: str = field(default="", compare=False)


def _of(parts: Sequence[str], column: str) -> tuple[str, ...]:
    own = [part.removeprefix(f"{column}=") for part in parts if part.startswith(f"{column}=")]
    return tuple(dict.fromkeys([*own, *(part for part in parts if part not in own)]))


def _number(word: str) -> float | None:
    try:
        return float(word.replace("\u2212", "-"))
    except ValueError:
        return None
