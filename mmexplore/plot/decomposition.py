"""The figures of a decomposition: its atoms with intervals and chance, the atoms against rows and bins, the table itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mmexplore.plot.kinds import Atom, Bar, Bars, Curves, Heat, Series
from mmexplore.types import ATOM_WORDS

if TYPE_CHECKING:
    from mmexplore.estimators.tables.curves import BinsCurve, SizeCurve
    from mmexplore.estimators.tables.estimate import Estimate

_ATOMS: dict[str, tuple[Atom, str]] = {name: (cast(Atom, w.symbol), w.label) for name, w in ATOM_WORDS.items()}
_INFORMATIONS = {"i1": "I1, {0} alone", "i2": "I2, {1} alone", "i12": "I12, both together"}
_MODALITIES = ("modality 1", "modality 2")


def atoms_figure(
    estimate: Estimate,
    names: Sequence[str] = _MODALITIES,
    *,
    title: str = "The decomposition",
    informations: bool = True,
) -> Bars:
    """Bars of the atoms (and the informations) with their intervals and the band of the chosen null."""
    null = estimate.nulls[0] if estimate.nulls else None
    wanted = [(key, atom, label) for key, (atom, label) in _ATOMS.items()]
    if informations:
        wanted += [(key, "", label) for key, label in _INFORMATIONS.items()]
    bars = []
    for key, atom, label in wanted:
        interval = estimate.intervals.get(key)
        bars.append(
            Bar(
                label.format(*names),
                float(getattr(estimate.value, key)),
                atom,
                low=None if interval is None else interval.low,
                high=None if interval is None else interval.high,
                null_low=None if null is None else null.low[key],
                null_high=None if null is None else null.high[key],
                null_mean=None if null is None else null.mean[key],
                p_value=None if null is None else null.p_values.get(key),
                words=ATOM_WORDS[key].sentence if key in ATOM_WORDS else "",
            )
        )
    note = []
    if estimate.intervals:
        note.append(f"Whiskers: {estimate.settings.level:.0%} intervals.")
    if null is not None:
        note.append(f"Hatched: {estimate.settings.level:.0%} of the values with the {_lower(null.kind.label)}.")
    return Bars(
        title,
        tuple(bars),
        "bit",
        note=" ".join(note),
        source=f"{estimate.n:,} rows, {estimate.settings.measure}, seed {estimate.settings.seed}",
    )


def sizes_figure(
    curve: SizeCurve, names: Sequence[str] = _MODALITIES, *, title: str = "Are the rows enough?"
) -> Curves:
    """Atoms against the number of rows used, with bands; the null's synergy as a faint line."""
    series = [
        Series(label.format(*names), curve.mean[key], atom, curve.low.get(key), curve.high.get(key))
        for key, (atom, label) in _ATOMS.items()
    ]
    if "synergy" in curve.null:
        series.append(Series("S by chance", curve.null["synergy"], faint=True))
    return Curves(
        title,
        np.asarray(curve.sizes, dtype=float),
        tuple(series),
        "rows used",
        log=True,
        note=f"Plug-in atoms of {curve.repeats} random subsets of each size. A line that still bends at the right has not "
        "seen enough rows.",
    )


def bins_figure(
    curve: BinsCurve, names: Sequence[str] = _MODALITIES, *, title: str = "What did the number of bins do?"
) -> Curves:
    """Atoms against the number of bins; what the shuffled target gives as a faint line."""
    bins = [point.bins for point in curve.points]
    numbers = all(isinstance(b, (int, np.integer)) for b in bins)
    x = np.array(bins if numbers else range(1, len(bins) + 1), dtype=float)
    series = [Series(label.format(*names), curve.values(key), atom) for key, (atom, label) in _ATOMS.items()]
    if any(point.null for point in curve.points):
        null = np.array([point.null.get("synergy", np.nan) for point in curve.points])
        series.append(Series("S by chance", null, faint=True))
    return Curves(
        title,
        x,
        tuple(series),
        "bins of each modality",
        x_texts=() if numbers else tuple(str(b) for b in bins),
        note="Plug-in atoms. More bins keep more of the measurement and leave fewer rows in each cell: synergy grows about with "
        "the square of the bins by chance alone.",
    )


def table_figure(
    p: np.ndarray,
    labels: tuple[Sequence[Any], Sequence[Any], Sequence[Any]],
    names: Sequence[str] = (*_MODALITIES, "target"),
    *,
    title: str = "The table",
) -> Heat:
    """p(x1, x2, y) as one map for each state of the target."""
    rows, columns, panels = (tuple(str(v) for v in each) for each in labels)
    return Heat(
        title,
        np.moveaxis(np.asarray(p, dtype=float), -1, 0),
        panels,
        rows,
        columns,
        panel_label=names[2],
        row_label=names[0],
        column_label=names[1],
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
