"""What if the rows were other ones? Changes of measured data, before anything is counted.

They act in this order, each on the result of the one before:

1. shift: modality 2 of row i is paired with modality 1 and the target of row i + k of the file; rows without a partner go
2. keep a subgroup: rows whose column has a value, or lies in a range
3. merge classes of the target
4. drop columns
5. balance the classes: as many rows of each as the rarest has, drawn without replacement
6. subsample: n rows, drawn without replacement
7. shuffle: one of the three is dealt out among the rows at random
8. noise: Gaussian, in standard deviations of the column as given; categories are replaced by those of random rows

One seed makes them all. Every step and column draws from a stream of its own, one draw a row of the file, so that a row
gets the same noise whatever else is changed, and a before and an after can be compared row by row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.discretize import Discretizer
from mmexplore.errors import BadData, BadSpec
from mmexplore.plaintext import read_json
from mmexplore.spec import Spec, param
from mmexplore.whatif.conditioned import count, frame_of, listed, series_of
from mmexplore.whatif.noise import BALANCE, SAMPLE, SHUFFLE, noisy, stream
from mmexplore.whatif.subgroups import in_words, matches, some

if TYPE_CHECKING:
    import pandas as pd

_MOST_CLASSES = 1000
_LONG = 50_000  # characters of a list of names in a link


@dataclass(frozen=True)
class Changed:
    """Data after a change, and what was done.

    Attributes:
        x1, x2: the modalities.
        y: the target.
        rows: which row of the original target (and modality 1, unless that was shuffled) each row is, shape (m,).
        rows1, rows2, rows_y: which original row each of the three was taken from, shape (m,).
        sentences: one for every step that did something.
    """

    x1: pd.DataFrame
    x2: pd.DataFrame
    y: pd.Series
    rows: np.ndarray
    rows1: np.ndarray
    rows2: np.ndarray
    rows_y: np.ndarray
    sentences: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All that was done."""
        return ". ".join(self.sentences) + "." if self.sentences else "Nothing was changed."


@dataclass(frozen=True)
class RowWhatIf(Spec):
    """The changes that measured data can be put through; the defaults leave them as they are.

    >>> import pandas as pd
    >>> x = pd.DataFrame({"a": [1, 2, 3, 4]})
    >>> RowWhatIf(shift=1).apply(x, x, pd.Series([0, 1, 0, 1])).sentence
    'Modality 2 comes from 1 row earlier in the file (3 of 4 rows have a partner).'
    """

    shift: int = param(
        0,
        label="Misalign by rows",
        low=-1_000_000,
        high=1_000_000,
        step=1,
        help="Take modality 2 from so many rows earlier in the file, as if the recordings had slipped.",
    )
    column: str = param(
        "",
        label="Subgroup: column",
        help="Keep only some rows, chosen by this column.",
        max_length=20_000,
        widget="select",
    )
    keep: str = param(
        "",
        label="Subgroup: value or range",
        help="A value as it stands in the column, or a range like 30..40, 30.. or ..40, ends included.",
    )
    merge: str = param(
        "",
        label="Merge classes",
        help='Classes of the target that count as one: lists of labels in JSON, for instance [["cat", "dog"]].',
        max_length=_LONG,
    )
    drop1: str = param(
        "", label="Drop from modality 1", help='Names of columns in JSON, for instance ["age"].', max_length=_LONG
    )
    drop2: str = param(
        "", label="Drop from modality 2", help='Names of columns in JSON, for instance ["age"].', max_length=_LONG
    )
    balance: bool = param(
        False, label="Balance the classes", help="Keep as many rows of every class as the rarest one has."
    )
    rows: int = param(
        0, label="Rows", low=0, high=100_000_000, step=1, help="Keep so many rows, drawn at random; 0 keeps all."
    )
    shuffle: str = param(
        "none",
        label="Shuffle",
        choices=("none", "x1", "x2", "y"),
        help="Deal out one modality, or the target, among the rows at random: what is left is chance.",
    )
    noise1: float = param(
        0.0,
        label="Noise in modality 1",
        low=0.0,
        high=100.0,
        step=0.1,
        unit="sd",
        help="Gaussian noise on every number of modality 1, in standard deviations of its column.",
    )
    noise2: float = param(
        0.0,
        label="Noise in modality 2",
        low=0.0,
        high=100.0,
        step=0.1,
        unit="sd",
        help="Gaussian noise on every number of modality 2, in standard deviations of its column.",
    )
    replace1: float = param(
        0.0,
        label="Wrong categories in modality 1",
        low=0.0,
        high=1.0,
        step=0.01,
        help="Chance that a category of modality 1 is replaced by that of a random row.",
    )
    replace2: float = param(
        0.0,
        label="Wrong categories in modality 2",
        low=0.0,
        high=1.0,
        step=0.01,
        help="Chance that a category of modality 2 is replaced by that of a random row.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("drop1", "drop2"):
            _names(name, getattr(self, name))
        _groups(self.merge)
        if self.keep and not self.column:
            raise BadSpec("keep names a value but column is empty; allowed: both, or neither")

    def apply(self, x1: Any, x2: Any, y: Any, seed: int = 0, *, others: Any = None) -> Changed:
        """Put data through the changes.

        Args:
            x1, x2: the modalities: frames (or arrays) of n rows.
            y: the target, n values.
            seed: of everything random.
            others: more columns that a subgroup may be chosen by.

        Raises:
            BadSpec: a column or class that is not there.
            BadData: lengths differ, or no two rows would be left.
        """
        f1, f2, target = frame_of(x1, "x1"), frame_of(x2, "x2"), series_of(y)
        more = None if others is None else frame_of(others, "others")
        lengths = {"x1": len(f1), "x2": len(f2), "y": len(target)} | ({} if more is None else {"others": len(more)})
        if len(set(lengths.values())) > 1:
            listing = ", ".join(f"{name} has {length:,}" for name, length in lengths.items())
            raise BadData(f"the data differ in length: {listing}; allowed: as many rows of each")
        n = len(target)
        said: list[str] = []
        rows, partner = self._shifted(n, said)
        if self.column:
            rows, partner = self._subgroup(f1, f2, target, more, rows, partner, said)
        target = self._merged(target, said)
        f1, f2 = self._dropped(f1, self.drop1, 1, said), self._dropped(f2, self.drop2, 2, said)
        for step in (self._balanced, self._sampled):
            chosen = step(target, rows, n, seed, said)
            rows, partner = rows[chosen], partner[chosen]
        if len(rows) < 2:
            raise BadData(f"{len(rows)} of {n:,} rows would be left; allowed: at least 2")
        taken = {"x1": rows, "x2": partner, "y": rows}
        if self.shuffle != "none":
            order = np.argsort(stream(seed, SHUFFLE).random(n)[rows], kind="stable")
            taken[self.shuffle] = taken[self.shuffle][order]
            said.append(f"{_title(self.shuffle)} is dealt out among the rows at random")
        for at, noise, replace in ((1, self.noise1, self.replace1), (2, self.noise2, self.replace2)):
            frame = noisy(f1 if at == 1 else f2, noise, replace, at, seed, said)
            f1, f2 = (frame, f2) if at == 1 else (f1, frame)
        return Changed(
            x1=f1.iloc[taken["x1"]],
            x2=f2.iloc[taken["x2"]],
            y=target.iloc[taken["y"]],
            rows=rows,
            rows1=taken["x1"],
            rows2=taken["x2"],
            rows_y=taken["y"],
            sentences=tuple(said),
        )

    def _shifted(self, n: int, said: list[str]) -> tuple[np.ndarray, np.ndarray]:
        rows = np.arange(n)
        if self.shift == 0:
            return rows, rows
        k = self.shift
        if abs(k) > n - 2:
            raise BadData(f"shift is {k:,}, but there are {n:,} rows; allowed: {-(n - 2):,} to {n - 2:,}")
        rows = rows[max(k, 0) : n + min(k, 0)]
        way = "earlier" if k > 0 else "later"
        said.append(
            f"Modality 2 comes from {count(abs(k), 'row')} {way} in the file ({len(rows):,} of {n:,} rows have a partner)"
        )
        return rows, rows - k

    def _subgroup(
        self,
        f1: pd.DataFrame,
        f2: pd.DataFrame,
        target: pd.Series,
        others: pd.DataFrame | None,
        rows: np.ndarray,
        partner: np.ndarray,
        said: list[str],
    ) -> tuple[np.ndarray, np.ndarray]:
        names = [str(target.name)] if target.name is not None else []
        source = None
        for frame, where in ((others, rows), (f1, rows), (f2, partner)):
            if frame is not None:
                names.extend(str(c) for c in frame.columns)
                at = [k for k, c in enumerate(frame.columns) if str(c) == self.column]
                if at and source is None:
                    source = (frame.iloc[:, at[0]], where)
        if source is None and target.name is not None and str(target.name) == self.column:
            source = (target, rows)
        if source is None:
            raise BadSpec(f"column is {self.column[:60]!r}; allowed: {listed(names)}")
        mask = matches(source[0].iloc[source[1]], self.keep)
        if mask.sum() < 2:
            raise BadData(
                f"{int(mask.sum())} rows have {self.column[:60]} = {self.keep[:60]!r}; allowed: at least 2. "
                f"Its values: {listed(some(source[0]))}"
            )
        said.append(
            f"Only rows with {self.column[:60]} {in_words(self.keep)} are kept ({int(mask.sum()):,} of {len(mask):,})"
        )
        return rows[mask], partner[mask]

    def _merged(self, target: pd.Series, said: list[str]) -> pd.Series:
        groups = _groups(self.merge)
        if not groups:
            return target
        texts = target.astype(object).map(str)
        known = set(texts[target.notna()])
        for group in groups:
            for label in group:
                if label not in known:
                    raise BadSpec(f"merge names {label[:60]!r}; allowed: {listed(sorted(known))}")
        new = {label: " + ".join(group) for group in groups for label in group}
        said.extend(f"Classes {' and '.join(label[:60] for label in group)} count as one" for group in groups)
        return texts.map(lambda label: new.get(label, label)).where(target.notna(), None)

    def _dropped(self, frame: pd.DataFrame, text: str, at: int, said: list[str]) -> pd.DataFrame:
        names = set(_names(f"drop{at}", text))
        if not names:
            return frame
        have = [str(c) for c in frame.columns]
        for name in sorted(names):
            if name not in have:
                raise BadSpec(f"drop{at} names {name[:60]!r}; allowed: {listed(have)}")
        left = [k for k, c in enumerate(have) if c not in names]
        if not left:
            raise BadSpec(f"drop{at} names every column of modality {at}; allowed: at least one stays")
        dropped = [c for c in have if c in names]
        said.append(f"Modality {at} loses {listed(dropped)}")
        return frame.iloc[:, left]

    def _balanced(self, target: pd.Series, rows: np.ndarray, n: int, seed: int, said: list[str]) -> np.ndarray:
        if not self.balance:
            return np.arange(len(rows))
        described = Discretizer(method="categorical").discretize(target.iloc[rows])
        if described.bins > _MOST_CLASSES:
            raise BadData(
                f"the target has {described.bins:,} classes; allowed: {_MOST_CLASSES:,}. Bin it to balance it"
            )
        ticket = stream(seed, BALANCE).random(n)[rows]
        order = np.lexsort((ticket, described.codes))
        order = order[described.missing :]  # rows without a target come first
        starts = np.concatenate([[0], np.cumsum(described.counts)[:-1]])
        rank = np.arange(len(order)) - np.repeat(starts, described.counts)
        least = int(described.counts.min())
        chosen = np.sort(order[rank < least])
        said.append(f"Every class keeps {count(least, 'row')} ({len(chosen):,} of {len(rows):,})")
        return chosen

    def _sampled(self, target: pd.Series, rows: np.ndarray, n: int, seed: int, said: list[str]) -> np.ndarray:
        if self.rows == 0 or self.rows >= len(rows):
            return np.arange(len(rows))
        order = np.argsort(stream(seed, SAMPLE).random(n)[rows], kind="stable")
        said.append(f"{self.rows:,} of {len(rows):,} rows are drawn at random")
        return np.sort(order[: self.rows])


def names_text(names: Iterable[str]) -> str:
    """Column names as `drop1` and `drop2` want them."""
    listed = list(names)
    return json.dumps(listed, ensure_ascii=False) if listed else ""


def groups_text(groups: Iterable[Sequence[Any]]) -> str:
    """Classes as `merge` wants them."""
    listed = [[str(label) for label in group] for group in groups]
    return json.dumps(listed, ensure_ascii=False) if listed else ""


def _names(field: str, text: str) -> list[str]:
    names = _json(field, text, '["age"]')
    if not all(isinstance(name, str) for name in names):
        raise BadSpec(f'{field} is {text[:60]!r}; allowed: a list of names in JSON, for instance ["age"]')
    return names


def _groups(text: str) -> list[list[str]]:
    groups = _json("merge", text, '[["cat", "dog"]]')
    right = all(isinstance(g, list) and len(g) > 1 and all(isinstance(label, str) for label in g) for g in groups)
    labels = [label for group in groups for label in group] if right else []
    if not right or len(set(labels)) < len(labels):
        raise BadSpec(
            f"merge is {text[:60]!r}; allowed: lists of two or more labels in JSON, each label once, for instance "
            f'[["cat", "dog"]]'
        )
    return groups


def _json(field: str, text: str, example: str) -> list[Any]:
    if not text:
        return []
    try:
        value = read_json(text, field)
    except BadData:
        value = None
    if not isinstance(value, list):
        raise BadSpec(f"{field} is {text[:60]!r}; allowed: a list in JSON, for instance {example}")
    return value


def _title(name: str) -> str:
    return {"x1": "Modality 1", "x2": "Modality 2", "y": "The target"}[name]
