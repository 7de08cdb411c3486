"""A table of numbers and words: every figure has one, and a report has some of its own."""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.errors import BadData

Number = float | None
Cell = str | float | int | tuple[float, ...] | None


@dataclass(frozen=True)
class Table:
    """A table; cells are texts, numbers, or (low, high), or (value, low, high); None for nothing.

    Attributes:
        columns: headers.
        rows: one tuple a row, as long as `columns`.
        caption: what it shows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        for k, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise BadData(
                    f"row {k + 1} of {self.caption[:60]!r} has {len(row)} cells; allowed: {len(self.columns)}"
                )


def interval(low: Number, high: Number) -> tuple[float, float] | None:
    """An interval as a cell; None where it is not known."""
    return None if low is None or high is None else (float(low), float(high))
