"""A fitted rule: how rows of the same columns become states, for the rows it was made from and for any others.

A state is a joint symbol of parts: every category as it is, and the numbers binned. Symbols are joined two at a time and
renumbered, so that a code never outgrows the rows. Only symbols that the fitted rows show are states; any other row of
later data goes to the state ``"other"``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mmexplore.discretize import cuts
from mmexplore.discretize.columns import Column, texts_of
from mmexplore.discretize.description import Discretization, Kind, StatePart
from mmexplore.errors import BadData

MAX_STATES = 4096  # two variables of so many states and a binary target make the largest table there is
_SHOWN = 40  # characters of a column's name in a label of several parts

Coder = Callable[[list[Column]], np.ndarray]  # columns to symbols: 0 to k-1, -1 unseen, MISSING
MISSING = -2
UNSEEN = -1


@dataclass(frozen=True)
class RuleSettings:
    """What a rule is to do; the fields of `Discretizer`."""

    method: str
    bins: int
    each: bool
    directions: int
    missing: str


@dataclass(frozen=True)
class Rule:
    """How rows become states.

    Attributes:
        asked: the settings.
        columns: names of the columns it takes, in order.
        categories: which of them are categories.
        parts: the symbols that make up a state.
        labels: the states' names, in order.
        notes: what was not as asked for when it was made.
    """

    asked: RuleSettings
    columns: tuple[str, ...]
    categories: tuple[bool, ...]
    parts: tuple[StatePart, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...]
    _coders: tuple[Coder, ...]
    _joins: tuple[np.ndarray, ...]  # after each part, the joint codes that were seen, sorted
    _other: str

    def apply(self, columns: list[Column]) -> Discretization:
        """The states of other rows of the same columns."""
        names = tuple(column.name for column in columns)
        if names != self.columns:
            raise BadData(f"the columns are {_listed(names)}; allowed: those it was fitted on, {_listed(self.columns)}")
        _refuse_missing(self.asked, columns)
        notes: list[str] = []
        codes = np.zeros(len(columns[0].values), dtype=np.int64)
        unseen, lost = np.zeros(len(codes), dtype=bool), np.zeros(len(codes), dtype=bool)
        for part, coder, used in zip(self.parts, self._coders, self._joins, strict=True):
            symbols = _with_missing(coder(columns), part)
            new = symbols == UNSEEN
            if new.any():
                notes.append(
                    f"{part.name}: {_rows(new)} outside the states seen when fitted {_go(new)} to {self._other}"
                )
            unseen |= new
            lost |= symbols == MISSING
            joint = codes * len(part.labels) + np.maximum(symbols, 0)
            codes = np.minimum(np.searchsorted(used, joint), len(used) - 1)
            new = (used[codes] != joint) & ~unseen & ~lost
            if new.any():
                notes.append(f"{_rows(new)} with a combination not seen when fitted {_go(new)} to {self._other}")
            unseen |= new
        labels = self.labels
        if (unseen & ~lost).any():
            codes = np.where(unseen, len(labels), codes)
            labels = (*labels, self._other)
        return _describe(self, columns, np.where(lost, -1, codes), labels, notes)


def fit(asked: RuleSettings, columns: list[Column]) -> tuple[Rule, Discretization]:
    """The rule that `asked` makes of these rows, and their states."""
    n = len(columns[0].values)
    names = tuple(column.name for column in columns)
    notes = [f"{c.name}: infinite values count as missing ({c.infinite:,})" for c in columns if c.infinite]
    gone = np.any([column.missing for column in columns], axis=0)
    _refuse_missing(asked, columns)
    if gone.all() and asked.missing == "drop":
        raise BadData(
            f"every row has a missing value in one of {_listed(names)}; make missing a state, or drop a column"
        )
    complete = columns if asked.missing == "state" or not gone.any() else [_rows_of(c, ~gone) for c in columns]
    parts, coders = _parts(asked, complete, notes)
    codes = np.zeros(n, dtype=np.int64)
    lost = np.zeros(n, dtype=bool) if asked.missing == "state" else gone
    joins: list[np.ndarray] = []
    texts: list[list[str]] = [[]]
    for index, (part, coder) in enumerate(zip(parts, coders, strict=True)):
        symbols = _with_missing(coder(columns), part)
        joint = (codes * len(part.labels) + np.maximum(symbols, 0))[~lost]
        used, compact = np.unique(joint, return_inverse=True)
        if len(used) > MAX_STATES:
            raise BadData(_too_many(parts[: index + 1], len(used)))
        codes[~lost] = compact
        joins.append(used)
        size = len(part.labels)
        prefix = "" if len(parts) == 1 else f"{_short(part.name)} "
        texts = [[*texts[k // size], prefix + part.labels[k % size]] for k in used.tolist()]
    labels = tuple(", ".join(text) for text in texts)
    if len(set(labels)) < len(labels):  # names cut short, or commas in categories
        labels = tuple(f"{text} ({k + 1})" for k, text in enumerate(labels))
    if len(labels) == n > 10:
        notes.append("every row is a state of its own: it then tells all about anything, and this means nothing")
    other = "other" if "other" not in labels else "other (unseen)"
    rule = Rule(
        asked=asked,
        columns=names,
        categories=tuple(c.levels is not None for c in columns),
        parts=tuple(parts),
        labels=labels,
        notes=tuple(notes),
        _coders=tuple(coders),
        _joins=tuple(joins),
        _other=other,
    )
    return rule, _describe(rule, columns, np.where(lost, -1, codes), labels, notes)


def _refuse_missing(asked: RuleSettings, columns: list[Column]) -> None:
    if asked.missing == "refuse":
        for column in columns:
            count = int(column.missing.sum())
            if count:
                raise BadData(
                    f"{column.name} has {count:,} value{'s' * (count != 1)} missing or infinite; drop those rows, or make "
                    f"missing a state"
                )


def _describe(
    rule: Rule, columns: list[Column], codes: np.ndarray, labels: tuple[str, ...], notes: Sequence[str]
) -> Discretization:
    kept = codes >= 0
    missing = int((~kept).sum())
    lines = list(notes)
    if missing:
        lines.append(f"{missing:,} of {len(codes):,} rows have a missing value and are left out")
    numbers = [c for c, category in zip(columns, rule.categories, strict=True) if not category]
    k = len(labels)
    centres = np.empty((k, 0))
    if numbers:
        centres = np.stack([_mean(c.values, codes, k) for c in numbers], axis=1)
    return Discretization(
        codes=codes,
        labels=labels,
        counts=np.bincount(codes[kept] if missing else codes, minlength=k),
        method=rule.asked.method,
        asked=rule.asked.bins,
        columns=rule.columns,
        numbers=tuple(c.name for c in numbers),
        parts=rule.parts,
        centres=centres,
        missing=missing,
        notes=tuple(lines),
    )


def _mean(values: np.ndarray, codes: np.ndarray, k: int) -> np.ndarray:
    """Mean in each state of the values that are there; nan where there is none."""
    there = ~np.isnan(values) & (codes >= 0)
    if not there.all():
        values, codes = values[there], codes[there]
    largest = float(np.abs(values).max(initial=0.0)) or 1.0  # no sum overflows
    return cuts.means_by(values[None] / largest, codes, k)[:, 0] * largest


def _parts(asked: RuleSettings, columns: list[Column], notes: list[str]) -> tuple[list[StatePart], list[Coder]]:
    """The parts of a state: the numbers first, then the categories, each with the function that codes it."""
    made: list[tuple[StatePart, Coder]] = []
    numbers = [k for k, column in enumerate(columns) if column.levels is None]
    if numbers:
        blocks = [[k] for k in numbers] if asked.each and asked.method in ("quantile", "width") else [numbers]
        for block in blocks:
            made.extend(_number_parts(asked, [columns[k] for k in block], block, notes))
    for k, column in enumerate(columns):
        if column.levels is not None:
            made.append(_category_part(column, k))
    return [part for part, _ in made], [coder for _, coder in made]


def _category_part(column: Column, index: int) -> tuple[StatePart, Coder]:
    levels = column.levels or ()
    if len(levels) > MAX_STATES:
        raise BadData(
            f"{column.name} has {len(levels):,} different values; allowed: {MAX_STATES:,} states. Merge categories, leave "
            f"an identifier out, or bin a measurement"
        )
    known = {level: k for k, level in enumerate(levels)}
    labels = texts_of(levels)
    some_missing = bool(column.missing.any())
    if some_missing:
        labels = (*labels, "missing" if "missing" not in labels else "missing value")

    def code(columns: list[Column]) -> np.ndarray:
        values, seen = columns[index].values, columns[index].levels or ()
        if seen == levels:
            return np.where(values < 0, MISSING, values)
        translate = np.array([*(known.get(level, UNSEEN) for level in seen), MISSING], dtype=np.int64)
        return translate[values]  # -1 reads the last entry: missing

    part = StatePart(
        column.name, "category", (column.name,), labels, np.empty(0), np.empty(0), float("nan"), some_missing
    )
    return part, code


def _number_parts(
    asked: RuleSettings, columns: list[Column], where: list[int], notes: list[str]
) -> list[tuple[StatePart, Coder]]:
    """Parts of one block of numbers: a cut direction, several of them, or clusters."""
    names = tuple(column.name for column in columns)
    x = np.stack([column.values for column in columns])
    gone = np.isnan(x).any(axis=0)
    if gone.all():
        raise BadData(f"every row has a missing value in one of {_listed(names)}; drop a column")
    some_missing = bool(gone.any())
    x = x[:, ~gone] if some_missing else x
    scale = cuts.Scale.of(x)
    z = scale.standardise(x)
    notes.extend(f"{n} is constant and carries no weight" for n, c in zip(names, scale.constant, strict=True) if c)
    if asked.method == "principal" and asked.directions > int((~scale.constant).sum()):
        notes.append(
            f"{asked.directions} directions were asked for, of {int((~scale.constant).sum())} columns that vary"
        )
    ways, shares = cuts.directions(z, asked.directions if asked.method == "principal" else 1)
    made: list[tuple[StatePart, Coder]] = []

    def add(
        name: str, kind: Kind, labels: tuple[str, ...], edges: np.ndarray, w: np.ndarray, share: float
    ) -> StatePart:
        labels = (*labels, "missing") if some_missing else labels
        return StatePart(name, kind, names, labels, edges, w, share, some_missing)

    if asked.method == "kmeans":
        scores = np.round(ways[0] @ z, cuts.DIGITS)
        centres = cuts.cluster_centres(z, scores, asked.bins)
        codes = cuts.nearest(z, centres)
        labels = tuple(f"cluster {k + 1}" for k in range(len(centres)))
        if len(centres) < asked.bins:
            distinct = len(np.unique(np.round(z, cuts.DIGITS), axis=1).T)
            notes.append(_fewer("", asked.bins, len(centres), distinct))
        part = add("cluster", "cluster", labels, np.empty(0), ways[0], cuts.share_between(z, codes))
        return [(part, _on_rows(where, scale, lambda rows: cuts.nearest(rows, centres)))]
    for index, (way, share) in enumerate(zip(ways, shares, strict=True)):
        scores = np.round(way @ z, cuts.DIGITS)
        at = (cuts.width_cuts if asked.method == "width" else cuts.quantile_cuts)(scores, asked.bins)
        alone = len(columns) == 1
        edges = scale.own_units(0, at) if alone else at
        name = names[0] if alone else f"direction {index + 1}"
        used = len(np.unique(np.searchsorted(at, scores)))
        if used < asked.bins:
            prefix = f"{name}: " if asked.each or len(ways) > 1 else ""
            notes.append(_too_few_bins(asked, prefix, used, len(np.unique(scores))))
        days = columns[0].days and alone
        labels = _day_labels(edges) if days else cuts.interval_labels(edges)
        part = add(name, "cut", labels, edges, way, float(share))
        made.append((part, _on_rows(where, scale, _cutter(way, at))))
    return made


def _on_rows(where: list[int], scale: cuts.Scale, symbols: Callable[[np.ndarray], np.ndarray]) -> Coder:
    """Symbols of standardised columns, as a function of all columns; rows with a missing value get `MISSING`."""

    def code(columns: list[Column]) -> np.ndarray:
        rows = np.stack([columns[k].values for k in where])
        bad = np.isnan(rows).any(axis=0)
        if not bad.any():
            return symbols(scale.standardise(rows))
        result = np.full(rows.shape[1], MISSING, dtype=np.int64)
        result[~bad] = symbols(scale.standardise(rows[:, ~bad]))
        return result

    return code


def _too_few_bins(asked: RuleSettings, prefix: str, used: int, distinct: int) -> str:
    if asked.method == "width":
        return f"{prefix}{used} of {asked.bins} bins of equal width hold rows"
    return _fewer(prefix, asked.bins, used, distinct)


def _cutter(way: np.ndarray, at: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda z: np.searchsorted(at, np.round(way @ z, cuts.DIGITS)).astype(np.int64)


def _day_labels(edges: np.ndarray) -> tuple[str, ...]:
    """Bins of dates, named by the dates at their ends."""
    texts = [str(np.datetime64("1970-01-01") + np.timedelta64(int(np.floor(edge)), "D")) for edge in edges]
    if len(set(texts)) < len(texts) or not texts:
        return cuts.interval_labels(edges)
    inner = [f"{low} to {high}" for low, high in itertools.pairwise(texts)]
    return (f"until {texts[0]}", *inner, f"after {texts[-1]}")


def _with_missing(symbols: np.ndarray, part: StatePart) -> np.ndarray:
    """A missing value takes the part's own state where it has one."""
    if part.missing and (symbols == MISSING).any():
        return np.where(symbols == MISSING, len(part.labels) - 1, symbols)
    return symbols


def _rows_of(column: Column, keep: np.ndarray) -> Column:
    values, levels = column.values[keep], column.levels
    if levels is not None:
        used, values = np.unique(values, return_inverse=True)
        levels = tuple(levels[k] for k in used.tolist())
    return Column(column.name, values, levels, column.infinite, column.days)


def _fewer(prefix: str, asked: int, got: int, distinct: int) -> str:
    made = f"{prefix}{asked} bins were asked for and {got} {'is' if got == 1 else 'are'} used"
    if distinct <= got:
        return f"{made}: there {'is' if distinct == 1 else 'are'} only {distinct} distinct value{'s' * (distinct != 1)}"
    return f"{made}: so many rows are equal that bins were merged"


def _too_many(parts: Sequence[StatePart], states: int) -> str:
    sizes = " x ".join(f"{len(part.labels):,}" for part in parts[-6:])
    return (
        f"the columns up to {_short(parts[-1].name)} make {states:,} joint states ({'... x ' * (len(parts) > 6)}{sizes}); "
        f"allowed: {MAX_STATES:,}. Use fewer columns or bins, or one direction, or make truth values numbers (0 and 1)"
    )


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_short(name) for name in names[:8]) + (f" and {len(names) - 8:,} more" if len(names) > 8 else "")


def _rows(mask: np.ndarray) -> str:
    count = int(mask.sum())
    return f"{count:,} row{'s' * (count != 1)}"


def _go(mask: np.ndarray) -> str:
    return "goes" if int(mask.sum()) == 1 else "go"
