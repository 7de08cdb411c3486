"""A file as columns of known kinds: what every page and the command line work on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.limits import MANY_VALUES
from mmexplore.tabular.notes import Remark
from mmexplore.tabular.safe import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from mmexplore.tabular.reading import Found

Kind = Literal["number", "category", "text", "boolean", "date", "identifier", "constant", "empty"]

_TRUTHS = ({"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"}, {"on", "off"})
_ID = re.compile(
    r"(^|[_\W])(id|ids|uuid|guid|key|index|idx|nr|no|row|rowid|record)$|^(id|index|row|rowid|uuid)|[a-z]I[Dd]$", re.I
)
_EXAMPLES, _WIDTH = 4, 40
_ROWS_OF_EXAMPLES = 500
_WORDS = 3  # of a text that is no label
_UNIQUE = 8  # fewer rows than this may all differ by chance


@dataclass(frozen=True)
class ColumnInfo:
    """One column in short.

    Attributes:
        name: as in the frame.
        kind: number, category (labels), text (sentences, hardly two alike), boolean, date, identifier (different on every row), constant, empty.
        rows, distinct, missing: rows of the data, different values present, cells without one.
        examples: the first few different values, as text.
        numeric: whether the values are numbers.
    """

    name: str
    kind: Kind
    rows: int
    distinct: int
    missing: int
    examples: tuple[str, ...]
    numeric: bool

    @property
    def measured(self) -> bool:
        """Whether it has to be binned before it can be a state: numbers or dates with many different values."""
        return (self.numeric or self.kind == "date") and self.distinct > MANY_VALUES

    @property
    def warning(self) -> str:
        """Why an answer that uses this column would mislead, or nothing."""
        if self.kind == "text":
            return (
                f"{quoted(self.name)} is free text: predictors read its words; taken as states, it would seem to tell everything about any "
                "target, I = H(Y), and say nothing about new rows"
            )
        if self.kind == "identifier":
            return (
                f"{quoted(self.name)} is different on every row, like an identifier: taken as it is, it seems to tell "
                "everything about any target, I = H(Y), and says nothing about new rows"
            )
        if self.kind in ("constant", "empty"):
            what = f"has the one value {quoted(self.examples[0])}" if self.examples else "has no value at all"
            return (
                f"{quoted(self.name)} {what}: it carries no information, and as a target it leaves nothing to explain"
            )
        if not self.measured and self.distinct > 30 and 2 * self.distinct > self.rows:
            return (
                f"{quoted(self.name)} has {self.distinct:,} different values in {self.rows:,} rows: most of what it "
                "seems to tell is chance"
            )
        return ""


@dataclass(frozen=True)
class Roles:
    """Which columns are the two modalities and the target, and why they were taken for that."""

    x1: tuple[str, ...]
    x2: tuple[str, ...]
    y: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Dataset:
    """Columns of one length.

    Attributes:
        name: what the file is called.
        kind: ``"rows"``, one sample a row, or ``"table"``, one cell of a probability table a row.
        frame: int64, float64, bool, datetime64 or category columns; nobody writes to it.
        columns: one entry a column.
        notes: sentences on how the file was read.
        sha256: of the bytes it came from, in hexadecimal.
        lines: number of the text line each row begins on, where that is known.
        given: the roles, where the file itself says them.
        arrays: where the file holds several arrays, the columns of each by its name.
        first: those of the notes that may change an answer, each with the column it matters to (None: all).
        absent: words and numbers that count as missing, or look as if they did.
        file: the file's name as it was given, letter by letter; "" where there is none. `name` is what it is called in sentences.
    """

    name: str
    kind: Literal["rows", "table"]
    frame: DataFrame
    columns: tuple[ColumnInfo, ...]
    notes: tuple[str, ...] = ()
    sha256: str = ""
    lines: Sequence[int] | None = field(default=None, repr=False)
    given: Roles | None = None
    arrays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: tuple[Remark, ...] = ()
    absent: tuple[Found, ...] = ()
    file: str = ""

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(info.name for info in self.columns)

    @cached_property
    def info(self) -> Mapping[str, ColumnInfo]:
        """Columns by name."""
        return {info.name: info for info in self.columns}

    def column(self, name: str) -> ColumnInfo:
        """One column by name; `BadData` names those that come close."""
        if name not in self.info:
            raise BadData(f"{self.name} has no column {quoted(name, 60)}; {suggestion(name, self.names)}")
        return self.info[name]

    def remarks(self, names: Sequence[str] = ()) -> tuple[Remark, ...]:
        """What may change an answer from these columns (or from any, where none is named)."""
        used = set(names)
        return tuple(one for one in self.first if one.column is None or not used or one.column in used)

    def first_notes(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """The same as sentences, each with the option that reads otherwise."""
        return tuple(one.whole for one in self.remarks(names))

    def where(self, row: int) -> str:
        """A row in words: the line it begins on, or its number."""
        return f"row {row + 1:,}" if self.lines is None else f"line {int(self.lines[row]):,}"


def suggestion(name: str, names: Sequence[str]) -> str:
    """Columns that come close to a name, or the columns there are."""
    import difflib

    folded = {n.casefold(): n for n in reversed(names)}
    close = [folded[n] for n in difflib.get_close_matches(name.casefold()[:200], list(folded)[:5000], 3, 0.6)]
    guess = f"did you mean {' or '.join(map(quoted, close))}? " if close else ""
    return f"{guess}its columns: {listed(tuple(names))}"


def describe(name: str, values: Any) -> ColumnInfo:
    """What is in one column of a frame: a NumPy array or a Categorical."""
    rows = len(values)
    if hasattr(values, "categories"):
        used = np.bincount(values.codes[values.codes >= 0], minlength=len(values.categories))
        distinct, missing, numeric = int(np.count_nonzero(used)), int(np.count_nonzero(values.codes < 0)), False
        present = {str(value).lower() for value in values.categories[:4]}
        truth = 0 < distinct <= 2 and any(present <= pair for pair in _TRUTHS)
        kind: Kind = "boolean" if truth else "category"
        unique = distinct == rows - missing
        if not truth and 2 * distinct > rows - missing and _sentences(values.categories):
            kind, unique = "text", False
    else:
        import pandas as pd

        gone = pd.isna(values)
        missing = int(np.count_nonzero(gone))
        distinct = len(pd.unique(values)) - bool(missing)
        numeric = values.dtype.kind in "if"
        kind = {"b": "boolean", "M": "date"}.get(values.dtype.kind, "number")  # type: ignore[assignment]
        unique = kind == "number" and distinct == rows - missing and _counts_rows(name, values)
    if distinct == 0:
        kind = "empty"
    elif distinct == 1:
        kind = "constant"
    elif unique and kind != "date" and rows - missing >= _UNIQUE:
        kind = "identifier"
    return ColumnInfo(name, kind, rows, distinct, missing, _examples(values), numeric)


def _sentences(labels: Any) -> bool:
    """Whether most of a column's texts have at least `_WORDS` words."""
    words = [len(str(label).split()) for label in labels[:_ROWS_OF_EXAMPLES]]
    return len(words) >= _UNIQUE and float(np.median(words)) >= _WORDS


def _counts_rows(name: str, values: np.ndarray) -> bool:
    """Whether numbers that are all different number the rows: consecutive, or whole and called like an identifier."""
    if values.dtype.kind != "i":
        return False
    return int(values.max()) - int(values.min()) == len(values) - 1 or bool(_ID.search(name))


def _examples(values: Any) -> tuple[str, ...]:
    import pandas as pd

    head = values[:_ROWS_OF_EXAMPLES]
    examples = [value for value in pd.unique(head) if not pd.isna(value)]
    if not examples:  # the first rows are missing
        examples = list(pd.unique(values[np.flatnonzero(~pd.isna(values))[:_ROWS_OF_EXAMPLES]]))
    return tuple(_short(value) for value in examples[:_EXAMPLES])


def _short(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
