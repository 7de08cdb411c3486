"""Every pair of several modalities as numbers: computed, read from a run while it works and after it, as a matrix and as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.pids.predictive import PredictiveSettings
from mmexplore.estimators.predictive import Prediction, Reading
from mmexplore.estimators.predictive.pairs import predictive_pairs
from mmexplore.estimators.watching import Watcher
from mmexplore.labs.yourdata.headline import read_reading
from mmexplore.labs.yourdata.pair_rows import GroupedRows
from mmexplore.plot.kinds import Heat
from mmexplore.plot.tables import Cell, Table
from mmexplore.types import ATOM_SYMBOLS, ATOMS, INFORMATION_SYMBOLS, INFORMATIONS
from mmexplore.units import per_bit

SHOWN = ATOM_SYMBOLS | INFORMATION_SYMBOLS


@dataclass(frozen=True)
class Pair:
    """What one pair of modalities tells of the target, in bits.

    Attributes:
        first, second: names of modality 1 and 2.
        readings: atoms and informations by name.
        calibrated: whether the predictors' probabilities mean what they say; where not, R may be too high.
        interaction: whether there is more than adding up both, in a sentence.
    """

    first: str
    second: str
    readings: dict[str, Reading]
    calibrated: bool
    interaction: str

    @classmethod
    def of_prediction(cls, first: str, second: str, found: Prediction) -> Pair:
        """One pair as the estimator gives it."""
        calibrated = all(found.fitted[name].calibrated for name in ("x1", "x2", "joint"))
        kept = {name: found.readings[name] for name in (*ATOMS, *INFORMATIONS)}
        return cls(first, second, kept, calibrated, found.interaction.words())

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Pair:
        """What `to_dict` wrote.

        Raises:
            BadData: it is no such pair.
        """
        try:
            readings = {name: read_reading(told["readings"][name]) for name in (*ATOMS, *INFORMATIONS)}
            return cls(
                str(told["first"]),
                str(told["second"]),
                readings,
                bool(told["calibrated"]),
                str(told["interaction"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadData(f"this is no pair of modalities: {error}") from None

    @property
    def synergy(self) -> float:
        """S, in bits."""
        return self.readings["synergy"].value

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "first": self.first,
            "second": self.second,
            "readings": {name: one.to_dict() for name, one in self.readings.items()},
            "calibrated": self.calibrated,
            "interaction": self.interaction,
        }


@dataclass(frozen=True)
class Pairs:
    """Every pair of the modalities of a study.

    Attributes:
        title: what was decomposed.
        names: of the modalities, in their order.
        columns: how many columns each has, by its name.
        pairs: those with the largest S first.
        left: columns in no modality.
        n, rows: rows given and used.
        classes: of the target.
        entropy: H(Y) in bits, the ceiling of every information.
        level: of the intervals.
        said: what was done and what may mislead, in sentences.
        seconds: it took.
    """

    title: str
    names: tuple[str, ...]
    columns: dict[str, int]
    pairs: tuple[Pair, ...]
    left: tuple[str, ...]
    n: int
    rows: int
    classes: tuple[str, ...]
    entropy: float
    level: float
    said: tuple[str, ...]
    seconds: float

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Pairs:
        """What `to_dict` wrote.

        Raises:
            BadData: it is no such result.
        """
        try:
            return cls(
                title=str(result["what"]),
                names=tuple(map(str, result["modalities"])),
                columns={str(name): int(count) for name, count in result["modalities"].items()},
                pairs=tuple(Pair.of(one) for one in result["pairs"]),
                left=tuple(map(str, result["columns_in_no_modality"])),
                n=int(result["n"]),
                rows=int(result["rows"]),
                classes=tuple(map(str, result["classes"])),
                entropy=float(result["entropy"]),
                level=float(result["level"]),
                said=tuple(map(str, result["warnings"])),
                seconds=float(result["seconds"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadData(f"this is no result of all pairs: {error}") from None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "estimator": "predictive",
            "what": self.title,
            "unit": "bit",
            "modalities": dict(self.columns),
            "columns_in_no_modality": list(self.left),
            "n": self.n,
            "rows": self.rows,
            "classes": list(self.classes),
            "entropy": self.entropy,
            "level": self.level,
            "pairs": [pair.to_dict() for pair in self.pairs],
            "warnings": list(self.said),
            "seconds": self.seconds,
        }

    def arrays(self) -> dict[str, np.ndarray]:
        """Values and intervals as matrices, (m, m) each, by quantity; row: modality 1, column: modality 2, nan elsewhere."""
        place = {name: k for k, name in enumerate(self.names)}
        found: dict[str, np.ndarray] = {}
        for name in (*ATOMS, *INFORMATIONS):
            matrices = np.full((3, len(place), len(place)), np.nan)
            for pair in self.pairs:
                read = pair.readings[name]
                matrices[:, place[pair.first], place[pair.second]] = (read.value, *read.interval)
            found |= dict(zip((name, f"{name}_low", f"{name}_high"), matrices, strict=True))
        return {"names": np.array(self.names, dtype=str), **found}


def every_pair(
    made: GroupedRows, settings: PredictiveSettings, watcher: Watcher, each: Callable[[Pair], None] = lambda pair: None
) -> Pairs:
    """Fit, and hand on every pair as soon as it is there.

    Raises:
        BadData: see `mmexplore.estimators.predictive.pairs.predictive_pairs`.
    """
    start = perf_counter()
    found = predictive_pairs(
        made.parts,
        made.as_rows(),
        settings,
        watcher,
        lambda first, second, one: each(Pair.of_prediction(first, second, one)),
    )
    some = next(iter(found.pairs.values()))
    return Pairs(
        title=some.title,
        names=tuple(made.parts),
        columns={name: part.shape[1] for name, part in made.parts.items()},
        pairs=by_synergy(Pair.of_prediction(*names, one) for names, one in found.pairs.items()),
        left=made.left,
        n=some.rows.given,
        rows=some.rows.n,
        classes=some.classes,
        entropy=some.entropy,
        level=settings.level,
        said=(*made.said, *found.notes, *_hints(found.pairs)),
        seconds=perf_counter() - start,
    )


def by_synergy(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Those with the largest S first."""
    return tuple(sorted(pairs, key=lambda pair: -pair.synergy))


def _hints(found: Mapping[tuple[str, str], Prediction]) -> list[str]:
    off = [f"{a} × {b}" for (a, b), one in found.items() if not Pair.of_prediction(a, b, one).calibrated]
    return (
        [f"Predictors believe in more, or less, than they score; R may be too high: {', '.join(off)}."] if off else []
    )


# -- shown --------------------------------------------------------------------------------------------------------------------


def matrix(names: Sequence[str], pairs: Iterable[Pair], unit: str) -> Heat:
    """S above the diagonal, R below it, what each modality tells alone on it; empty where there is nothing yet."""
    place = {name: k for k, name in enumerate(names)}
    values = np.full((1, len(place), len(place)), np.nan)
    for pair in pairs:
        if pair.first not in place or pair.second not in place:
            continue
        i, j = place[pair.first], place[pair.second]
        of = {name: per_bit(unit) * max(0.0, one.value) for name, one in pair.readings.items()}
        values[0, min(i, j), max(i, j)] = of["synergy"]
        values[0, max(i, j), min(i, j)] = of["redundancy"]
        values[0, i, i], values[0, j, j] = of["i1"], of["i2"]
    return Heat(
        "Every pair of modalities: S above the diagonal, R below it",
        values,
        ("",),
        tuple(names),
        tuple(names),
        row_label="modality",
        column_label="modality",
        value_label=f"S above, R below, alone on the diagonal ({unit})",
        note="On the diagonal: what each modality tells on its own.",
    )


def pairs_table(pairs: Iterable[Pair], unit: str, level: float) -> Table:
    """One row a pair, the largest S first, every number with its interval."""
    rows = tuple(
        (pair.first, pair.second, *(_cell(pair.readings[name], unit) for name in SHOWN)) for pair in by_synergy(pairs)
    )
    columns = ("modality 1", "modality 2", *(f"{symbol} ({unit})" for symbol in SHOWN.values()))
    return Table(columns, rows, f"Every pair, with {level:.0%} intervals over rows")


def _cell(read: Reading, unit: str) -> Cell:
    k, (low, high) = per_bit(unit), read.interval
    value = max(0.0, read.value) if read.bound_only else read.value
    return (k * value, k * low, k * high) if np.isfinite([low, high]).all() else k * value
