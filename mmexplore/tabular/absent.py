"""Words and numbers that stand for a missing value: which count as missing, which are only offered, each with its reason.

Among numbers and dates every word that looks missing is ("." "-" "None" "NA" ...). Among labels the usual ones are (NA, null, ?),
unless the other labels look alike (EU, AS, NA: a continent); "None" and "-" stay labels. A number far from all others that programs
write for a missing value (-999) is offered, never taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.tabular.limits import MAX_BYTES, MAX_LABELS, MAX_TEXTS
from mmexplore.tabular.looks import LIKE_MISSING, MISSING
from mmexplore.tabular.notes import Notes, Remark
from mmexplore.tabular.reading import SENTINELS, Found, Missing
from mmexplore.tabular.safe import quoted

if TYPE_CHECKING:
    import pyarrow

_NUMBERS = (
    r"^[+\-\x{2212}]?(\d+([.,]\d*)?|[.,]\d+|\d{1,3}([.,'’\x{00a0}\x{202f} ]\d{3})+([.,]\d*)?)([eE][+-]?\d+)?\s*%?$|^[+-]?(?i:inf|infinity)$|"
    r"^(\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})([ T]\d{1,2}:\d{2}.*)?$"
)
_CODED = tuple(sorted({f"{number:g}" for number in SENTINELS if abs(number) >= 99.0}))
_CODES = ((re.compile(r"[A-Z]{2}"), ("NA",)), (re.compile(r"[a-z]{2}"), ("na",)))
_ALIKE = 0.6
_LABELS = 2_000
_FEWEST = 5  # other values of a column in which a number is suspected
_FAR = 99.0
_ADVICE = (
    "Leave out columns that only name the rows, write numbers with a decimal point, or take a random part of the rows"
)


@dataclass
class Words:
    """Which words are missing values, and those that were met."""

    missing: Missing = field(default_factory=Missing)
    found: list[Found] = field(default_factory=list)
    texts: int = 0  # different ones in all columns so far that are no plain numbers
    text_bytes: int = 0
    labels: int = 0  # those that stayed text

    def count(self, column: str, texts: int, size: int) -> None:
        """Take note of a column's different texts.

        Raises:
            BadData: they are too many together with those of the columns before.
        """
        self.texts += texts
        self.text_bytes += size
        if texts > MAX_LABELS:
            raise BadData(
                f"column {quoted(column)} holds no plain numbers and more than {MAX_LABELS:,} different texts; allowed: {MAX_LABELS:,}. {_ADVICE}"
            )
        if self.texts > MAX_TEXTS or self.text_bytes > MAX_BYTES:
            raise BadData(
                f"column {quoted(column)}: with it the columns that are no plain numbers have {self.texts:,} different texts of {self.text_bytes:,} "
                f"bytes; allowed: {MAX_TEXTS:,} of {MAX_BYTES:,}. {_ADVICE}"
            )

    def count_labels(self, column: str, labels: int) -> None:
        """Take note of a column's different labels.

        Raises:
            BadData: they are too many together with those of the columns before.
        """
        self.labels += labels
        if self.labels > MAX_LABELS:
            raise BadData(
                f"column {quoted(column)}: with it the columns of text have {self.labels:,} different labels; allowed: {MAX_LABELS:,}. {_ADVICE}"
            )


def gone(column: str, texts: pyarrow.Array, counts: Callable[[], np.ndarray], words: Words, notes: Notes) -> np.ndarray:
    """Which of the different texts of a column are missing values, shape (len(texts),)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    said, kept = words.missing.of(column), words.missing.kept_in(column)
    suspects = pa.array([*sorted(LIKE_MISSING), *_CODED])
    like = pc.is_in(pc.utf8_lower(texts), value_set=suspects).to_numpy(zero_copy_only=False)
    asked = pc.is_in(texts, value_set=pa.array(said, pa.string())).to_numpy(zero_copy_only=False)
    if not (like | asked).any():
        return np.zeros(len(texts), dtype=bool)
    rest = texts.filter(pa.array(~(like | asked)))
    numbers = len(rest) > 0 and bool(pc.all(pc.match_substring_regex(rest, _NUMBERS)).as_py())
    if numbers or bool(pc.any(pc.match_substring_regex(rest, _NUMBERS)).as_py()):  # -999 is a number like others there
        like &= ~pc.is_in(texts, value_set=pa.array(_CODED)).to_numpy(zero_copy_only=False)
    times = counts()
    absent = np.zeros(len(texts), dtype=bool)
    for at in np.flatnonzero(like | asked).tolist():
        word = str(texts[at].as_py())
        found = _judge(column, word, int(times[at]), bool(asked[at]), numbers, word in kept, rest)
        absent[at] = found.taken
        if word:
            words.found.append(found)
            _tell(found, notes, asked=bool(asked[at]) or word in kept, numbers=numbers)
    return absent


def _judge(column: str, word: str, count: int, asked: bool, numbers: bool, kept: bool, rest: pyarrow.Array) -> Found:
    if not word:
        return Found(column, word, count, True)
    if asked:
        return Found(column, word, count, True, "as chosen")
    if numbers:
        return Found(column, word, count, True, "everything else in the column is numbers or dates")
    if kept:
        return Found(column, word, count, False, "as chosen")
    if word not in MISSING:
        return Found(column, word, count, False, "the column holds labels")
    if alike := _alike(word, rest):
        return Found(column, word, count, False, f"the other labels look alike ({alike})")
    return Found(column, word, count, True, "a usual word for a missing value")


def _alike(word: str, rest: pyarrow.Array) -> str:
    """Other labels of a column of codes to which a word belongs."""
    for pattern, members in _CODES:
        if word in members:
            labels = [str(text) for text in rest[:_LABELS].to_pylist()]
            like = [text for text in labels if pattern.fullmatch(text)]
            if len(like) >= 2 and len(like) >= _ALIKE * len(labels):
                return ", ".join(like[:4])
    return ""


def _tell(found: Found, notes: Notes, *, asked: bool, numbers: bool) -> None:
    what = f"column {quoted(found.column)}: {quoted(found.text, 20)} ({found.count:,} cells)"
    if found.taken:
        usual = found.text in MISSING
        way = "" if asked or numbers else f"--not-na {found.text} reads it as a label"
        notes.remark(
            Remark(f"{what} counts as missing: {found.why}", way, found.column),
            f"absent {found.column if not (usual and numbers) else ''}",
        )
    else:
        way = "" if asked else f"--na {found.text} counts it as missing"
        notes.remark(
            Remark(f"{what} is read as a label, not as a missing value: {found.why}", way, found.column),
            f"label {found.column}",
        )


def without_numbers(column: str, values: Any, words: Words, notes: Notes) -> Any:
    """A column without the numbers that were said to be missing; those that only look so are offered."""
    if getattr(values, "categories", None) is not None:
        return _without_labels(column, values, words, notes)
    if values.dtype.kind not in "if":
        return values
    for number in words.missing.numbers(column):
        with np.errstate(invalid="ignore"):
            there = values == number
        count = int(there.sum())
        if count:
            values = np.where(there, np.nan, values.astype(np.float64))
            found = Found(column, f"{number:.10g}", count, True, "as chosen")
            words.found.append(found)
            _tell(found, notes, asked=True, numbers=True)
    for number, count, low, high in _sentinels(values):
        words.found.append(Found(column, f"{number:.10g}", count, False, "it lies far from all other values"))
        text = (
            f"column {quoted(column)}: {number:.10g} stands {count:,} times, far from all other values ({low:.6g} to {high:.6g}), as if for a "
            "missing value, and is read as a number"
        )
        notes.remark(Remark(text, f"--na={number:.10g} counts it as missing", column), "sentinel")
    return values


def _without_labels(column: str, values: Any, words: Words, notes: Notes) -> Any:
    """Labels of data that were no text: those that were said to be missing go."""
    said = [text for text in words.missing.of(column) if text in values.categories]
    for text in said:
        count = int((values == text).sum())
        if count:
            found = Found(column, text, count, True, "as chosen")
            words.found.append(found)
            _tell(found, notes, asked=True, numbers=False)
    return values.remove_categories(said) if said else values


def _sentinels(values: np.ndarray) -> list[tuple[float, int, float, float]]:
    """Numbers that stand for missing values elsewhere and lie far from the others here: with their count, and the ends of the others."""
    there = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    suspects: list[tuple[float, int]] = []
    for _ in range(4):
        if len(there) <= _FEWEST:
            return []
        ends = [end for end in (float(there.min()), float(there.max())) if end in SENTINELS]
        far = next((end for end in ends if _far(end, there)), None)
        if far is None:
            break
        rest = there[there != far]
        suspects.append((far, len(there) - len(rest)))
        there = rest
    return [(number, count, float(there.min()), float(there.max())) for number, count in suspects]


def _far(end: float, values: np.ndarray) -> bool:
    """Whether the lowest or highest value lies far from all others, of which there are enough."""
    others = values[values != end]
    if len(others) < _FEWEST:
        return False
    low, high = float(others.min()), float(others.max())
    second = next((other for other in (low, high) if other in SENTINELS and other * end > 0), None)
    if second is not None:  # -999 beside -99
        inner = others[others != second]
        if len(inner) >= _FEWEST:
            low, high = float(inner.min()), float(inner.max())
    gap, spread = max(low - end, end - high), high - low
    if spread == 0.0:
        return False
    few = len(np.unique(others[:1000])) < 3
    negative = end <= -_FAR and low >= 0.0
    return gap >= 3 * spread if few else gap > spread or negative
