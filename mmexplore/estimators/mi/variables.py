"""The two variables of a mutual information: measurements or labels, checked; and maps of columns that leave the information as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mmexplore.devices import on_host
from mmexplore.errors import BadData, BadSpec
from mmexplore.estimators.measurements import as_measurements
from mmexplore.estimators.normal_scores import NormalScores
from mmexplore.info.samples import label_codes

Kind = Literal["number", "label"]
PairKind = Literal["numbers", "mixed", "labels"]
KINDS = ("auto", "number", "label")
PAIRS: dict[str, str] = {
    "numbers": "two measurements",
    "mixed": "a measurement and a label",
    "labels": "two labels",
}

MOST_LABELS = 20  # whole numbers of integer type with at most so many values, five rows each, are labels
ROWS_PER_COORDINATE = 10
FAR = 20.0  # interquartile ranges from the median; a Gaussian reaches 4 in a million rows
REPEATED = 0.05  # share of rows


@dataclass(frozen=True)
class Variable:
    """One variable of n rows.

    Attributes:
        name: what errors and warnings call it.
        kind: measurement ("number") or "label".
        values: measurements, float64 (n, d); of a label one column of 0 and 1 per class, (n, classes).
        codes: class of each row, (n,); empty for measurements.
    """

    name: str
    kind: Kind
    values: np.ndarray
    codes: np.ndarray

    @property
    def d(self) -> int:
        """Coordinates; 1 for a label."""
        return self.values.shape[1] if self.kind == "number" else 1

    @property
    def classes(self) -> int:
        """Classes of a label; 0 for measurements."""
        return self.values.shape[1] if self.kind == "label" else 0

    def coordinate(self, k: int) -> str:
        """What column k is called."""
        return f"{self.name}[{k + 1}]" if self.values.shape[1] > 1 else self.name

    def description(self) -> str:
        """What it is, in words."""
        if self.kind == "label":
            return f"{self.name} is a label of {self.classes} classes"
        return f"{self.name} is a measurement of {self.d} coordinate{'s' if self.d != 1 else ''}"


@dataclass(frozen=True)
class VariablePair:
    """Both variables, in the same rows."""

    x: Variable
    y: Variable

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.x.values)

    @property
    def kind(self) -> PairKind:
        """Of what kinds they are."""
        labels = (self.x.kind == "label") + (self.y.kind == "label")
        return ("numbers", "mixed", "labels")[labels]

    def numbers_first(self) -> tuple[Variable, Variable]:
        """Both, the label last: the information does not mind."""
        return (self.y, self.x) if self.x.kind == "label" and self.y.kind == "number" else (self.x, self.y)


def as_pair(x: Any, y: Any, x_kind: str = "auto", y_kind: str = "auto") -> VariablePair:
    """Check two variables.

    Raises:
        BadData: not the same rows, too few, missing or infinite values, a constant column.
        BadSpec: an unknown kind.
    """
    pair = VariablePair(_variable(x, "x", x_kind), _variable(y, "y", y_kind))
    rows = len(pair.x.values), len(pair.y.values)
    if rows[0] != rows[1]:
        raise BadData(f"x and y have {rows[0]:,} and {rows[1]:,} rows; they have to be the same rows")
    if pair.n < 10:
        raise BadData(f"{pair.n} rows; allowed: at least 10, better hundreds")
    for variable in (pair.x, pair.y):
        values = variable.values
        spread = values.max(axis=0) - values.min(axis=0)
        flat = np.flatnonzero(spread <= 1e-12 * np.maximum(np.abs(values).max(axis=0), 1e-300))
        if len(flat):
            what = variable.name if variable.kind == "label" else variable.coordinate(int(flat[0]))
            raise BadData(f"{what} is constant; leave it out: it tells nothing")
    return pair


def _variable(data: Any, name: str, kind: str) -> Variable:
    if kind not in KINDS:
        raise BadSpec(f"{name}_kind is {str(kind)[:60]!r}; allowed: {', '.join(KINDS)}")
    data = on_host(data)
    if kind == "label" or (kind == "auto" and _is_label(data)):
        codes, labels = label_codes(name, data)
        if len(labels) > max(2, len(codes) // 2):
            raise BadData(
                f"{name} has {len(labels):,} different labels in {len(codes):,} rows: nearly every row is a class of its own. "
                f"Merge classes, or say {name}_kind='number' if these are measurements"
            )
        one_hot = (codes[:, None] == np.arange(len(labels))).astype(np.float64)
        return Variable(name, "label", one_hot, codes)
    numbers = as_measurements(data, name, f"(n,) or (n, d), or labels with {name}_kind='label'")
    return Variable(name, "number", numbers, np.empty(0, dtype=np.int64))


def _is_label(data: Any) -> bool:
    """Texts, truth values, categories, and a column of few different whole numbers of integer type."""
    if hasattr(getattr(data, "dtype", None), "categories"):
        return True
    try:
        array = np.asarray(data)
    except (TypeError, ValueError):
        return False
    if array.dtype.kind in "US" or array.dtype.kind == "b":
        return True
    if array.dtype == object:
        return not all(isinstance(v, int | float | np.number) or v is None for v in array.ravel()[:1000])
    if array.dtype.kind not in "iu" or array.ndim > 2 or (array.ndim == 2 and array.shape[1] != 1):
        return False
    count = len(np.unique(array))
    return count <= MOST_LABELS and 5 * count <= array.size


def standardised(values: np.ndarray) -> np.ndarray:
    """Every column with mean 0 and variance 1, (n, d)."""
    centred = values - values.mean(axis=0)
    scale = np.abs(centred).max(axis=0)
    scaled = centred / scale
    return scaled / scaled.std(axis=0)


def normal_scores(values: np.ndarray) -> np.ndarray:
    """Every column's ranks as quantiles of a Gaussian, (n, d)."""
    return NormalScores.fit(values).apply(values)


MARGINS = ("standard", "normal")
MARGINS_HELP = (
    "What is done to each column first: mean 0 and variance 1, or ranks mapped to a Gaussian. Either leaves the information as it "
    "is; ranks help where tails are heavy."
)


def prepared(variable: Variable, margins: str) -> np.ndarray:
    """Columns of a variable after `margins`, (n, d); a label's 0 and 1 are left."""
    if variable.kind == "label":
        return variable.values
    return normal_scores(variable.values) if margins == "normal" else standardised(variable.values)


def pair_warnings(pair: VariablePair, ranks: bool) -> list[str]:
    """What may mislead any estimator, in sentences; `ranks`: whether it sees ranks only."""
    warnings = []
    numbers = [v for v in (pair.x, pair.y) if v.kind == "number"]
    p = sum(v.d for v in numbers)
    if pair.n < ROWS_PER_COORDINATE * p:
        warnings.append(
            f"Few rows: {pair.n:,} for {p} coordinates, {pair.n / p:.1f} each; below 10 nothing here is reliable."
        )
    for v in numbers:
        if not ranks:
            low, middle, high = np.quantile(v.values, (0.25, 0.5, 0.75), axis=0)
            reach = np.abs(v.values - middle).max(axis=0) / np.maximum(high - low, 1e-300)
            worst = int(np.argmax(np.where(high > low, reach, 0)))
            if high[worst] > low[worst] and reach[worst] > FAR:
                warnings.append(
                    f"Heavy tails: {v.coordinate(worst)} reaches {reach[worst]:,.0f} interquartile ranges from its median, so a few "
                    "rows rule the answer. The information does not change if columns are ranked first: margins='normal', or the "
                    "estimator 'copula'."
                )
        if v.d == 1:
            count = len(np.unique(v.values))
            if count <= MOST_LABELS and 5 * count <= pair.n:
                warnings.append(
                    f"Looks like a label: {v.name} has only {count} different values. If their order and distances mean nothing, say "
                    f"{v.name}_kind='label'."
                )
    for v in (pair.x, pair.y):
        if v.kind == "label":
            least = int(np.bincount(v.codes).min())
            if least < ROWS_PER_COORDINATE:
                warnings.append(f"Rare class: the rarest class of {v.name} has {least} row{'s' if least != 1 else ''}.")
    return warnings


def repeated_share(values: np.ndarray) -> float:
    """Share of rows that occur more than once."""
    _, counts = np.unique(values, axis=0, return_counts=True)
    return float(counts[counts > 1].sum() / len(values))
