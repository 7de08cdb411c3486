"""Samples in the plane of each modality: where they lie, what colours them, and what can be said of those that were selected.

The plane of a modality is that of its first two principal components, or of the two directions that tell the classes apart best (linear
discriminant analysis, Fisher 1936); columns are standardised, categories are one column a value, and what is missing is put to the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import eigh

from mmexplore.estimators.predictive import Reading
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.study import Prepared
from mmexplore.plot.kinds import Cloud, Scatter
from mmexplore.plot.tables import Cell, Table
from mmexplore.tabular import Dataset
from mmexplore.types import ATOM_SYMBOLS, ATOMS
from mmexplore.units import per_bit

Array = npt.NDArray[np.float64]

DIRECTIONS = {"principal": "Principal components", "discriminant": "Directions that tell the classes apart"}
COLOURS = {"target": "Target", "right": "Who is right", "states": "States of the target"}
MOST = 1500  # samples drawn in a panel
FEWEST = 10  # samples of a selection that gets an interval
_GROUPS = 8  # colours; what comes after them is "other"
_VALUES = 30  # values of a category that become columns
_RIGHT = ("both right", "only {0} right", "only {1} right", "only together right", "none right")


@dataclass(frozen=True)
class Plane:
    """Places of samples, shape (n, 2), and what the two directions are called."""

    places: Array
    names: tuple[str, str]


def matrix(frame: pd.DataFrame, columns: Sequence[str]) -> Array:
    """Columns as standardised numbers, shape (n, d): numbers as they are, categories as one column a value, dates in seconds."""
    parts: list[Array] = []
    for name in columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == object:
            values = column.astype("category")
            for code in range(min(len(values.cat.categories), _VALUES)):
                parts.append((values.cat.codes.to_numpy() == code).astype(float))
        elif np.issubdtype(column.dtype, np.datetime64):
            parts.append(column.astype("int64").to_numpy(dtype=float))
        else:
            parts.append(column.to_numpy(dtype=float))
    x = np.stack(parts, axis=1) if parts else np.zeros((len(frame), 1))
    x[~np.isfinite(x)] = np.nan
    known = np.isfinite(x)
    mean = np.where(known.any(axis=0), np.nansum(x, axis=0) / np.maximum(known.sum(axis=0), 1), 0.0)
    x = np.where(known, x, mean) - mean
    spread = x.std(axis=0)
    return x / np.where(spread > 1e-12 * np.maximum(1.0, np.abs(mean)), spread, 1.0)


def principal(x: Array) -> Plane:
    """The first two principal components, with the share of the variance each holds."""
    if x.shape[1] < 2:
        return Plane(np.stack([x[:, 0], np.zeros(len(x))], axis=1), ("the one column", ""))
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    best = vectors[:, ::-1][:, :2]
    best = best * np.where(best[np.abs(best).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)  # the largest weight is positive
    shares = values[::-1][:2] / max(values.sum(), 1e-300)
    return Plane(x @ best, (f"component 1 ({shares[0]:.0%})", f"component 2 ({shares[1]:.0%})"))


def discriminant(x: Array, codes: npt.NDArray[np.int64]) -> Plane:
    """The two directions in which the classes differ most in units of the spread within them; with two classes the second is a principal component of the rest."""
    classes = np.unique(codes)
    within, between = np.zeros((2, x.shape[1], x.shape[1]))
    for c in classes:
        mine = x[codes == c]
        middle = mine.mean(axis=0)
        within += (mine - middle).T @ (mine - middle)
        between += len(mine) * np.outer(middle, middle)  # the mean of all is 0
    ridge = 1e-3 * np.trace(within) / x.shape[1] + 1e-9
    _, vectors = eigh(between / len(x), (within + ridge * np.eye(x.shape[1])) / len(x))
    first = vectors[:, ::-1][:, : min(2, len(classes) - 1)]
    if first.shape[1] < 2:
        score = x @ first[:, 0]
        rest = principal(x - np.outer(score, x.T @ score / (score @ score))).places[:, 0]  # uncorrelated with the score
        return Plane(np.stack([score, rest], axis=1), ("discriminant 1", "component of the rest"))
    return Plane(x @ first, ("discriminant 1", "discriminant 2"))


@dataclass(frozen=True)
class Samples:
    """All that is drawn: the rows of the answer in both planes.

    Attributes:
        rows: row of the data of every sample, shape (n,).
        planes: of modality 1 and of modality 2.
        groups: names of the colours.
        group: colour of every sample, shape (n,).
    """

    rows: npt.NDArray[np.int64]
    planes: tuple[Plane, Plane]
    groups: tuple[str, ...]
    group: npt.NDArray[np.int64]


def samples_of(
    headline: Headline,
    dataset: Dataset,
    columns: tuple[Sequence[str], Sequence[str]],
    names: Sequence[str],
    *,
    directions: str = "principal",
    colour: str = "target",
    column: str = "",
    made: Prepared | None = None,
) -> Samples:
    """The rows of the answer in the planes of both modalities.

    Args:
        headline: the answer.
        dataset: the data.
        columns: of modality 1 and of modality 2.
        names: of modality 1, modality 2 and target.
        directions: a key of `DIRECTIONS`.
        colour: a key of `COLOURS`.
        column: the column whose values are the colours instead; "" for none.
        made: the rows as states, for their colours.
    """
    rows = headline.of_data[headline.rows.index].astype(np.int64)
    frame = dataset.frame.iloc[rows]
    codes = headline.rows.codes.astype(np.int64)
    planes = []
    for own in columns:
        x = matrix(frame, own)
        planes.append(
            discriminant(x, codes) if directions == "discriminant" and len(np.unique(codes)) > 1 else principal(x)
        )
    group, groups = _colours(headline, frame, rows, names, colour, made) if not column else _of_column(frame[column])
    return Samples(rows, (planes[0], planes[1]), groups, group)


def right_of(headline: Headline, names: Sequence[str]) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Who predicts every row's class: both, one of the two, only the predictor of both together, or none."""
    codes = headline.rows.codes
    one, two = (np.asarray(p).argmax(axis=1) == codes for p in headline.posteriors)
    joint = (
        np.zeros(len(codes), dtype=bool)
        if headline.fused is None
        else np.asarray(headline.fused[1]).argmax(axis=1) == codes
    )
    kinds = np.select([one & two, one, two, joint], [0, 1, 2, 3], 4)
    return kinds.astype(np.int64), tuple(text.format(*names[:2]) for text in _RIGHT)


def _colours(
    headline: Headline,
    frame: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    names: Sequence[str],
    colour: str,
    made: Prepared | None,
) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    if colour == "right":
        return right_of(headline, names)
    if colour == "states" and made is not None and made.codes is not None and made.rows is not None:
        state = dict(zip(made.rows.tolist(), made.codes[2].tolist(), strict=True))
        labels = tuple(str(label) for label in made.table.y_labels)
        return _few(np.array([state.get(int(row), len(labels)) for row in rows]), (*labels, "not counted"))
    return _few(headline.rows.codes, headline.classes)


def _of_column(column: pd.Series) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """The values of a column, or the quarters of its numbers where there are many."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and column.nunique() > _GROUPS:
        cut = pd.qcut(column, 4, duplicates="drop")
        return _few(cut.cat.codes.to_numpy(), tuple(f"{i.left:.4g} to {i.right:.4g}" for i in cut.cat.categories))
    values = column.astype("category")
    return _few(values.cat.codes.to_numpy(), tuple(map(str, values.cat.categories)))


def _few(codes: npt.NDArray[np.integer], labels: Sequence[str]) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """At most `_GROUPS` colours: the most frequent values, and "other"."""
    codes = np.where(np.asarray(codes) < 0, len(labels), codes).astype(np.int64)
    labels = (*labels, "missing")
    counts = np.bincount(codes, minlength=len(labels))
    there = np.flatnonzero(counts)
    if len(there) > _GROUPS:
        there = np.sort(there[np.argsort(-counts[there], kind="stable")[: _GROUPS - 1]])
    place = np.full(len(labels), len(there))
    place[there] = np.arange(len(there))
    shown = [labels[k] for k in there]
    return place[codes], (*shown, "other") if (place[codes] == len(there)).any() else tuple(shown)


def scatter(
    samples: Samples, names: Sequence[str], chosen: npt.NDArray[np.int64] | None = None, *, coloured: str = ""
) -> Scatter:
    """Both planes beside each other; of more than `MOST` samples every so-many-th, and all that are selected.

    Args:
        samples: what is drawn.
        names: of the modalities and the target.
        chosen: rows of the data that stand out in both panels; None: all alike.
        coloured: what the colours are, in words.
    """
    n = len(samples.rows)
    kept = np.arange(0, n, max(1, -(-n // MOST)))
    if chosen is not None:
        kept = np.union1d(kept, np.flatnonzero(np.isin(samples.rows, chosen))[:MOST])
    clouds = tuple(
        Cloud(
            str(name),
            plane.places[kept, 0],
            plane.places[kept, 1],
            samples.group[kept],
            rows=samples.rows[kept],
            names=tuple(f"row {row + 1}" for row in samples.rows[kept]),
            axes=plane.names,
        )
        for name, plane in zip(names, samples.planes, strict=False)
    )
    drawn = f"{len(kept):,} of {n:,} rows" if len(kept) < n else f"{n:,} rows"
    return Scatter(
        "The samples, as each modality sees them",
        clouds,
        samples.groups,
        note=f"{drawn}{f', coloured by {coloured}' if coloured else ''}. Draw around points in either panel: they stand out in both.",
        source=f"{n:,} rows",
        chosen=chosen,
    )


@dataclass(frozen=True)
class Selection:
    """What is said of the samples that were selected.

    Attributes:
        inside: which of the answer's rows they are, shape (n,).
        sentence: how many, who is right about them, and which classes they have.
        read: the atoms they contribute, by name; empty for fewer than `FEWEST`.
    """

    inside: npt.NDArray[np.bool_]
    sentence: str
    read: dict[str, Reading]


def selected(headline: Headline, rows: Sequence[int], names: Sequence[str], level: float) -> Selection | None:
    """What can be said of rows of the data; None where none of them is among the rows of the answer."""
    where = headline.of_data[headline.rows.index]
    inside = np.isin(where, np.asarray(rows, dtype=np.int64))
    count = int(inside.sum())
    if not count:
        return None
    kinds, labels = right_of(headline, names)
    who = [f"{labels[k]} {c:,}" for k, c in enumerate(np.bincount(kinds[inside], minlength=len(labels))) if c]
    codes = headline.rows.codes
    shares = []
    for k in np.argsort(-np.bincount(codes[inside], minlength=len(headline.classes)), kind="stable")[:3]:
        mine = int((codes[inside] == k).sum())
        if mine:
            shares.append(
                f"{headline.classes[k][:40]} {mine:,} ({mine / count:.0%}; of all rows {(codes == k).mean():.0%})"
            )
    sentence = f"{count:,} of {len(codes):,} samples selected. Predictors on held-out rows: {', '.join(who)}. {names[2]}: {', '.join(shares)}."
    read = headline.rows.slice(inside, level) if count >= FEWEST else {}
    return Selection(inside, sentence, read)


def cells_of(made: Prepared, rows: Sequence[int], names: Sequence[str], most: int = 12) -> Table | None:
    """The cells of the joint table that selected rows fall into, those with most of them first; None without states of rows."""
    if made.codes is None or made.rows is None:
        return None
    inside = np.isin(made.rows, np.asarray(rows, dtype=np.int64))
    if not inside.any():
        return None
    codes = np.stack([c[inside] for c in made.codes], axis=1)
    cells, counts = np.unique(codes, axis=0, return_counts=True)
    whole = np.stack(made.codes, axis=1)
    labels = (made.table.x1_labels, made.table.x2_labels, made.table.y_labels)
    body: list[tuple[Cell, ...]] = []
    for k in np.argsort(-counts, kind="stable")[:most]:
        every = int((whole == cells[k]).all(axis=1).sum())
        body.append((*(str(labels[j][cells[k, j]])[:60] for j in range(3)), int(counts[k]), every))
    return Table(
        (*(str(n)[:40] for n in names[:3]), "selected", "all rows"), tuple(body), "Cells of the table of states"
    )


def rows_of(
    headline: Headline, dataset: Dataset, columns: Sequence[str], rows: Sequence[int], unit: str, most: int = 200
) -> Table:
    """The selected rows with their class, their atoms and some columns; rows are counted from 1 as in the file."""
    where = headline.of_data[headline.rows.index]
    at = np.flatnonzero(np.isin(where, np.asarray(rows, dtype=np.int64)))[:most]
    k, atoms = per_bit(unit), headline.rows.atoms._asdict()
    values = {name: dataset.frame[name].to_numpy(dtype=object) for name in columns}
    body: tuple[tuple[Cell, ...], ...] = tuple(
        (
            int(where[i]) + 1,
            headline.classes[int(headline.rows.codes[i])],
            *(k * float(atoms[name][i]) for name in ATOMS),
            *(str(column[int(where[i])])[:60] for column in values.values()),
        )
        for i in at
    )
    heads = ("row", "class", *(f"{ATOM_SYMBOLS[name]} ({unit})" for name in ATOMS), *columns)
    return Table(heads, body, "Selected rows")
