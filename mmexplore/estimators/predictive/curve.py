"""What predictors read against the number of rows, and what it says of more rows; how it is made: `mmexplore.estimators.predictive.learning`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmexplore.estimators.predictive.change import Change
from mmexplore.estimators.predictive.rows import Reading
from mmexplore.types import ATOMS, INFORMATIONS

FLAT, SMALL = (
    0.02,
    0.05,
)  # bit, and share of I12: a doubling that surely adds less than the larger one makes no difference
NAMES = (*ATOMS, *INFORMATIONS)


@dataclass(frozen=True)
class Point:
    """What is read at one number of rows.

    Attributes:
        n: rows of a piece.
        pieces: how many were fitted; the readings are means over all of them.
        readings: atoms and informations by name.
    """

    n: int
    pieces: int
    readings: dict[str, Reading]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"n": self.n, "pieces": self.pieces, "readings": {k: r.to_dict() for k, r in self.readings.items()}}


@dataclass(frozen=True)
class LearningCurve:
    """What predictors read against the number of rows.

    Attributes:
        points: by rising number of rows; the last one is all rows used.
        gain: what the last doubling of the rows changed, by name.
        doubled: what as many columns again that tell nothing changed, by name.
        columns: of modality 1 and of modality 2.
        level: of the intervals.
    """

    points: tuple[Point, ...]
    gain: dict[str, Change]
    doubled: dict[str, Change]
    columns: tuple[int, int]
    level: float

    @property
    def verdict(self) -> str:
        """``rising``, ``flat`` or ``unclear``, of I12."""
        low, high = self.gain["i12"].interval
        if low > 0.0:
            return "rising"
        return "flat" if high < max(FLAT, SMALL * self.gain["i12"].after) else "unclear"

    def words(self, per_bit: float = 1.0, unit: str = "bit") -> str:
        """Whether more rows would show more of I12, as far as this can be described."""
        one, (half, whole) = self.gain["i12"], (point.n for point in self.points[-2:])
        low, high = (per_bit * end for end in one.interval)
        gain = per_bit * one.value
        read = f"from {half:,} to {whole:,} rows I12 changed by {gain:+.3f} {unit} ({low:+.3f} to {high:+.3f})"
        caution = "A description of these rows carried on, no certificate."
        if self.verdict == "rising":
            return f"Still rising: {read}. If that goes on, twice the rows would add about {0.5 * gain:.3f} to {gain:.3f} {unit}. {caution}"
        if self.verdict == "flat":
            return f"Flat: {read}. Twice the rows add less than {max(high, 0.0):.3f} {unit}, as far as predictors of this kind go. {caution}"
        return f"Cannot tell: {read}. Twice the rows could add up to {high:.3f} {unit}, or nothing. {caution}"

    def noise_words(self, per_bit: float = 1.0, unit: str = "bit") -> str:
        """What columns of noise cost here."""
        one, (d1, d2) = self.doubled["i12"], self.columns
        low, high = (per_bit * end for end in one.interval)
        what = f"As many columns again that tell nothing ({d1:,} and {d2:,}, the own ones with their rows shuffled)"
        if one.interval.high < 0.0:
            return (
                f"{what} lower I12 by {-per_bit * one.value:.3f} {unit} ({-high:.3f} to {-low:.3f}), although they take no information away: "
                "with so many columns for so few rows, predictors find less of what is there. That is a statement about the number of rows."
            )
        return f"{what} change I12 by {per_bit * one.value:+.3f} {unit} ({low:+.3f} to {high:+.3f}): no loss is seen at this number of rows."

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "points": [point.to_dict() for point in self.points],
            "gain": {name: one.to_dict() for name, one in self.gain.items()},
            "doubled": {name: one.to_dict() for name, one in self.doubled.items()},
            "columns": list(self.columns),
            "level": self.level,
            "verdict": self.verdict,
            "words": self.words(),
            "noise": self.noise_words(),
        }
