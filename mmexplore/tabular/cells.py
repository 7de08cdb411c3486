"""Columns of text to numbers, truth values, dates or labels. What a cell may look like is decided for its whole column.

Arrow's own casts are tried first; only a column that fails goes through its different texts, once each: numbers with a
decimal comma or grouped thousands, percentages, dates in three orders, true and false. Regular expressions run in Arrow
(RE2), in time linear in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mmexplore.tabular.absent import Words, gone
from mmexplore.tabular.limits import MAX_LABELS, MAX_TEXTS
from mmexplore.tabular.notes import Notes, Remark
from mmexplore.tabular.safe import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow

_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:inf|infinity|nan)$"
_DOT = r"^[+-]?\d{1,3}([,'’\x{00a0}\x{202f} ]\d{3})+(\.\d*)?$"
_COMMA = r"^[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?$"
_COMMA_GROUPED = r"^[+-]?\d{1,3}([.'’\x{00a0}\x{202f} ]\d{3})+(,\d*)?$"
_EITHER = r"^[+-]?\d{1,3}(,\d{3})?$"  # 1,234: a thousand or one and a bit
_DOT_GROUPED = r"^[+-]?\d{1,3}(\.\d{3})*$"
_PERCENT = r"\s*%$"
_AS_NUMBERS = "--ordinal reads them as numbers"
_DATE = r"^(\d{4}[/-]\d{1,2}[/-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})([ T]\d{1,2}:\d{2}(:\d{2})?)?$"  # a year has four digits
_YEARS = (1000, 2999)
_EXPONENT = r"^\d+[eE]\d+$"  # 1e5: a number, or a name such as that of a well
_PLAIN_EXPONENT = r"^[1-9][eE]\d{1,3}$"
_SECTION = r"^\d{1,3}\.\d{1,3}$"  # 1.9, 1.10: a chapter
_ADDRESS = r"^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)$"  # of a computer
_ORDERS = (  # how a date is written, tried in this order
    ("day.month.year", "%d.%m.%Y"),
    ("year/month/day", "%Y/%m/%d"),
    ("day/month/year", "%d/%m/%Y"),
    ("month/day/year", "%m/%d/%Y"),
    ("day-month-year", "%d-%m-%Y"),
)
_HEAD = 100
_PIECE = 1 << 19  # rows whose different texts are counted at a time
_LOOKED = 2_000
_FEW_OTHERS = 5  # words among numbers that are named
_SORTED = 200_000
_EXACT = float(2**53)  # whole numbers beyond are not exact as floats
Decimal = Literal[".", ","]


@dataclass
class _Texts:
    """A column that is not plain numbers: its different texts (trimmed, missing ones gone) and a code for each row, -1 missing."""

    name: str
    texts: pyarrow.Array
    codes: np.ndarray


def typed(
    names: tuple[str, ...],
    columns: list[pyarrow.ChunkedArray],
    notes: Notes,
    separator: str = "",
    decimal: Decimal | None = None,
    where: Callable[[int], str] = lambda row: f"row {row + 1:,}",
    words: Words | None = None,
) -> list[Any]:
    """Values of each column: a NumPy array or a pandas Categorical.

    Args:
        names, columns: columns of strings; they are dropped one by one as they are converted.
        notes: gets a sentence for everything that was not plain.
        separator: of the cells, a hint on the meaning of 1,234.
        decimal: the decimal mark, where it is known.
        where: words for a row.
        words: which words are missing values; takes down those that are met.
    """
    import pyarrow as pa

    words = words or Words()
    done: dict[int, Any] = {}
    open_: dict[int, _Texts] = {}
    plain: dict[int, pyarrow.ChunkedArray] = {}
    for at, (name, column) in enumerate(zip(names, columns, strict=True)):
        values = None if pa.types.is_dictionary(column.type) else _numbers(column)
        if values is not None and _names_like_numbers(column):
            values = None
            open_[at] = _texts(name, column, words, notes)
            if _are_names(open_[at], notes):
                words.count_labels(name, len(open_[at].texts))
                done[at] = labels(open_[at].texts, open_.pop(at).codes)
                continue
        if values is None:
            open_[at] = open_.get(at) or _texts(name, column, words, notes)
            values = _plain(open_[at])
        if values is None:
            continue
        done[at] = values
        open_.pop(at, None)
        if values.dtype.kind == "f":
            plain[at] = column
    commas = {
        at for at, column in open_.items() if _all(column, f"{_COMMA}|{_COMMA_GROUPED}") and not _all(column, _EITHER)
    }
    evidence: Decimal | None = decimal or ("," if commas else None)
    if evidence == ",":
        for at, column in plain.items():
            regrouped = _regroup(names[at], column, words, notes, sure=decimal is not None)
            done[at] = done[at] if regrouped is None else regrouped
    if evidence is None and separator == ";" and not any(_has_fraction(done[at]) for at in plain):
        evidence = ","  # where a semicolon separates, the comma is taken
    for at in list(open_):
        done[at] = _convert(open_.pop(at), evidence, notes, where, words)
    return [done[at] for at in range(len(names))]


def _numbers(column: pyarrow.ChunkedArray) -> np.ndarray | None:
    """int64 or float64 if every cell is a plain number; None also for codes such as 007 and numbers too long to be exact."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = _try(column, pa.int64())
    if whole is not None:
        zeros = pc.starts_with(column, "0")
        if pc.sum(zeros).as_py() and pc.any(pc.and_(zeros, pc.greater(pc.binary_length(column), 1))).as_py():
            return None
        if whole.null_count == 0:
            return np.asarray(whole)
    floats = _try(column, pa.float64())
    if floats is None:
        return None
    values: np.ndarray = floats.to_numpy()
    with np.errstate(invalid="ignore"):
        large = np.flatnonzero((np.abs(values) >= _EXACT) & np.isfinite(values))
    if len(large) and pc.any(pc.match_substring_regex(column.take(large), r"^[+-]?\d+$")).as_py():
        return None
    return values


def _try(column: Any, kind: pyarrow.DataType) -> Any:
    """A cast, or None. The first cells are tried alone: a cast that fails writes an error for every cell that does."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if len(column) > _HEAD:
            pc.cast(column.slice(0, _HEAD), kind)
        return pc.cast(column, kind)
    except pa.ArrowInvalid:
        return None


def _texts(name: str, column: pyarrow.ChunkedArray, words: Words, notes: Notes) -> _Texts:
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = encoded(column, name, words)
    texts = pc.utf8_trim_whitespace(coded.dictionary)
    codes = pc.fill_null(coded.indices, len(texts)).to_numpy(zero_copy_only=False)
    absent = gone(name, texts, lambda: np.bincount(codes, minlength=len(texts) + 1)[:-1], words, notes)
    if texts.equals(coded.dictionary):
        again = np.where(absent, -1, np.cumsum(~absent) - 1)
        different = texts.filter(pa.array(~absent)) if absent.any() else texts
    else:  # trimmed texts may be equal
        again_coded = pc.if_else(pa.array(absent), pa.scalar(None, pa.string()), texts).dictionary_encode()
        again, different = pc.fill_null(again_coded.indices, -1).to_numpy(zero_copy_only=False), again_coded.dictionary
    return _Texts(name, different, np.append(again, -1).astype(np.int32)[codes])


def encoded(column: pyarrow.ChunkedArray, name: str, words: Words) -> pyarrow.DictionaryArray:
    """A column as codes into its different values, which are counted first, a piece at a time, where they may be too many.

    Raises:
        BadData: they are; see `Words.count`.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = pa.types.is_dictionary(column.type)
    left = min(MAX_TEXTS - words.texts, MAX_LABELS)
    if not coded and len(column) > left:
        seen = None
        for start in range(0, len(column), _PIECE):
            new = pc.unique(column.slice(start, _PIECE))
            seen = new if seen is None else pc.unique(pa.concat_arrays([seen, new]))
            if len(seen) > left:
                words.count(name, len(seen), 0)
        del seen
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    whole = whole if coded else whole.dictionary_encode()
    words.count(name, len(whole.dictionary), whole.dictionary.nbytes)
    return whole


def _names_like_numbers(column: pyarrow.ChunkedArray) -> bool:
    """Whether the first cells hint at names that look like numbers: 1e5, or 1.9 and 1.10."""
    import pyarrow.compute as pc

    head = column.slice(0, _LOOKED)
    head = head.filter(pc.is_valid(head))
    if not len(head):
        return False
    if pc.any(pc.match_substring_regex(head, _EXPONENT)).as_py():
        return True
    if not pc.any(pc.match_substring_regex(head, r"\.\d*0$")).as_py():
        return False
    return bool(pc.all(pc.match_substring_regex(head, r"^\s*\d{1,3}(\.\d{1,3})?\s*$")).as_py())


def _are_names(column: _Texts, notes: Notes) -> bool:
    """Whether cells that could be numbers are names, with a note where both are possible."""
    import pyarrow.compute as pc

    shown = quoted(column.name)
    if pc.any(pc.match_substring_regex(column.texts, _EXPONENT)).as_py():
        powers = pc.filter(column.texts, pc.match_substring_regex(column.texts, r"[eE]"))
        names = _all(column, rf"{_EXPONENT}|^\d+$") and not _all(_Texts("", powers, column.codes), _PLAIN_EXPONENT)
        example = quoted(powers[0].as_py())
        taken, way = ("names", _AS_NUMBERS) if names else ("numbers", "--nominal reads them as names")
        remark = Remark(f"column {shown}: cells such as {example} are read as {taken}", way, column.name)
        if names:
            notes.remark(remark, "powers")
        else:
            notes.add(remark.whole, "powers")
        return names
    if not _all(column, rf"{_SECTION}|^\d{{1,3}}$"):
        return False
    chapters: dict[str, list[str]] = {}
    for text in column.texts.to_pylist():
        whole, _, rest = str(text).partition(".")
        if rest:
            chapters.setdefault(whole, []).append(rest)
    names = any(_counts_on(parts) for parts in chapters.values())
    if names:
        text = f"column {shown}: 1.9 and 1.10 stand there as in numbers of chapters; they are read as names"
        notes.remark(Remark(text, _AS_NUMBERS, column.name), "sections")
    return names


def _counts_on(parts: list[str]) -> bool:
    """Whether what stands behind a point counts on from 9 to 10, without a gap."""
    counted = sorted(int(part) for part in parts)
    run = counted == list(range(counted[0], counted[0] + len(counted)))
    return run and "9" in parts and "10" in parts and not any(part.startswith("0") for part in parts)


def _plain(column: _Texts) -> np.ndarray | None:
    """Numbers that only blanks or words for missing values had hidden."""
    import pyarrow as pa

    if not len(column.texts):
        return np.full(len(column.codes), np.nan)
    values = _numbers(pa.chunked_array([column.texts]))
    return None if values is None else _spread(values, column.codes)


def _spread(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """One value a row; missing where the code is -1."""
    if not (codes < 0).any():
        return values[codes]
    if values.dtype.kind == "i":
        values = values.astype(np.float64)
    gone = np.array(np.nan if values.dtype.kind == "f" else np.datetime64("NaT"), dtype=values.dtype)
    return np.append(values, gone)[codes]


def _all(column: _Texts, pattern: str) -> bool:
    import pyarrow.compute as pc

    return bool(len(column.texts)) and bool(pc.all(pc.match_substring_regex(column.texts, pattern)).as_py())


def _has_fraction(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool((finite != np.floor(finite)).any())


def _regroup(name: str, column: pyarrow.ChunkedArray, words: Words, notes: Notes, *, sure: bool) -> np.ndarray | None:
    """In a file of decimal commas, a column whose dots all group thousands: 1.234 is 1234."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring(column, ".")).as_py():
        return None
    texts = _texts(name, column, words, notes)
    if not _all(texts, _DOT_GROUPED):
        return None
    numbers = _cast(pc.replace_substring(texts.texts, ".", ""))
    if numbers is None:
        return None
    if not sure:
        notes.add(
            f"column {quoted(name)}: its dots are read as thousands (1.234 = 1234), as the file has decimal commas",
            "dots",
        )
    return _spread(numbers, texts.codes)


def _cast(texts: pyarrow.Array) -> np.ndarray | None:
    import pyarrow as pa

    return _numbers(pa.chunked_array([texts]))


def _convert(column: _Texts, decimal: Decimal | None, notes: Notes, where: Callable[[int], str], words: Words) -> Any:
    """Numbers written otherwise, dates, truth values; else labels."""
    values = _written_numbers(column, decimal, notes)
    if values is None:
        values = _dates(column, notes)
    if values is not None:
        return values
    lowered = {str(text).lower() for text in column.texts[:5].to_pylist()}
    if lowered <= {"true", "false"} and (column.codes >= 0).all():
        return np.array([str(text).lower() == "true" for text in column.texts.to_pylist()])[column.codes]
    words.count_labels(column.name, len(column.texts))
    _tell_mixed(column, notes, where)
    return labels(column.texts, column.codes)


def labels(texts: pyarrow.Array, codes: np.ndarray) -> Any:
    """A Categorical of texts, its categories sorted unless there are so many that they can be no states."""
    import pandas as pd
    import pyarrow.compute as pc

    order = np.arange(len(texts)) if len(texts) > _SORTED else pc.array_sort_indices(texts).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(len(order)), -1
    categories = pd.Index(texts.take(order).to_pandas(), dtype="str")
    return pd.Categorical.from_codes(rank[codes], categories=categories)


def _written_numbers(column: _Texts, decimal: Decimal | None, notes: Notes) -> np.ndarray | None:
    import pyarrow.compute as pc

    texts = pc.replace_substring(column.texts, "\u2212", "-")
    percent = bool(pc.all(pc.match_substring_regex(texts, _PERCENT)).as_py())
    if percent:
        texts = pc.replace_substring_regex(texts, _PERCENT, "")
    bare = _Texts(column.name, texts, column.codes)
    comma, dot = _all(bare, f"{_COMMA}|{_COMMA_GROUPED}"), _all(bare, f"{_PLAIN}|{_DOT}")
    if (not comma and not dot) or _all(bare, _ADDRESS):
        return None
    shown = quoted(column.name)
    if comma and dot and _all(bare, _EITHER) and pc.any(pc.match_substring(texts, ",")).as_py():
        comma = decimal == ","
        meaning = "as a decimal comma (1,234 = 1.234)" if comma else "as thousands (1,234 = 1234)"
        notes.add(f"column {shown}: its commas may mean either; they are read {meaning}", "either")
    elif comma and not dot:
        notes.add(f"column {shown} has a decimal comma", "comma")
    if comma:
        ungrouped = pc.replace_substring(pc.replace_substring_regex(texts, r"[.'’\x{00a0}\x{202f} ]", ""), ",", ".")
    else:
        ungrouped = pc.replace_substring_regex(texts, r"[,'’\x{00a0}\x{202f} ]", "")
        if not _all(bare, _PLAIN):
            notes.add(f"column {shown} has its thousands grouped; they are read as one number", "grouped")
    values = _cast(ungrouped)
    if values is None:  # a code such as 007, or more digits than a number keeps
        long = pc.any(pc.greater(pc.binary_length(texts), 15)).as_py()
        why = "whole numbers of so many digits that they would not stay exact" if long else "codes with zeros in front"
        notes.remark(Remark(f"column {shown} has {why}; they are kept as text", _AS_NUMBERS, column.name), "codes")
        return None
    if percent:
        notes.add(f"column {shown} is in percent: 25% is read as 0.25", "percent")
        values = values / 100.0
    return _spread(values, column.codes)


def _dates(column: _Texts, notes: Notes) -> np.ndarray | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        times = _try(column.texts, kind)
        if times is not None:
            return _spread(times.to_numpy(zero_copy_only=False), column.codes)
    if not _all(column, _DATE):
        return None
    clock = pc.match_substring(column.texts, ":")
    texts = column.texts
    if pc.any(clock).as_py():
        texts = pc.if_else(clock, texts, pc.binary_join_element_wise(texts, "00:00", " "))
        texts = pc.replace_substring_regex(texts, r"[ T](\d{1,2}:\d{2})$", r" \1:00")
    tail = " %H:%M:%S" if pc.any(clock).as_py() else ""
    fits = {}
    for words, order in _ORDERS:
        times = pc.strptime(texts, format=order + tail, unit="s", error_is_null=True)
        if (
            times.null_count == 0
            and pc.min(pc.year(times)).as_py() >= _YEARS[0]
            and pc.max(pc.year(times)).as_py() <= _YEARS[1]
        ):
            fits[words] = times
    if not fits:
        return None
    words, times = next(iter(fits.items()))
    also = f"; {list(fits)[1]} would be possible too" if len(fits) > 1 else ""
    notes.add(f"column {quoted(column.name)} holds dates, read as {words}{also}", "dates")
    return _spread(times.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False), column.codes)


def _tell_mixed(column: _Texts, notes: Notes, where: Callable[[int], str]) -> None:
    """Numbers among which some cells are text: say which."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(column.texts) < 2:
        return
    pattern = f"{_PLAIN}|{_COMMA}"
    number = pc.match_substring_regex(column.texts, pattern).to_numpy(zero_copy_only=False)
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(number))
    numbers, total = int(counts[number].sum()), int(counts.sum())
    if not total / 2 <= numbers < total:
        return
    first = int(np.flatnonzero((column.codes >= 0) & ~number[column.codes])[0])
    others = column.texts.filter(pa.array(~number)).to_pylist() if int((~number).sum()) <= _FEW_OTHERS else []
    words = ", ".join(str(text) for text in others)
    text = (
        f"column {quoted(column.name)} mixes numbers and text: {total - numbers:,} of {total:,} cells are no numbers, the "
        f"first {quoted(column.texts[column.codes[first]].as_py())} ({where(first)}); all are read as labels"
    )
    if others:
        notes.remark(Remark(text, f"--na '{words}' counts them as missing", column.name), "mixed")
    else:
        notes.remark(Remark(f"{text}. For numbers, correct those cells or leave them blank", "", column.name), "mixed")
