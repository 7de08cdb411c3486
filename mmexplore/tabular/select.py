"""Columns by name, by pattern and by common prefix.

A pattern is a name, a glob (``audio_*``; ``?`` is one character) or a regular expression between slashes, run by RE2 in
time linear in the names; several stand side by side with commas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mmexplore.errors import BadData
from mmexplore.tabular.dataset import Dataset, suggestion
from mmexplore.tabular.safe import quoted

_PREFIX = re.compile(r"^(.+?)([ _.:/|-]+)(?=\S)")
_COUNTED = re.compile(r"^(.*?[^\W\d])(?=\d+$)")
_PLAIN = re.compile(r'[^\s",/]([^",]*[^\s",])?')
_REGULAR = re.compile(r"/(?:[^/\\]|\\.)*/")
_PARTS = re.compile(r'\s*(?:"((?:[^"]|"")*)"|(/(?:[^/\\]|\\.)*/)|([^,]*))\s*(?:,|$)')


def column_groups(dataset: Dataset, names: Sequence[str] | None = None) -> Mapping[str, tuple[str, ...]]:
    """Columns that share a prefix, at least two each, under the glob that selects them, in the file's order.

    A prefix ends at a blank, one of ``_ . : / | -`` or before a closing number. Where one prefix is common to all, the next
    part of the names counts: feat_audio_1 and feat_text_1 belong to ``feat_audio_*`` and ``feat_text_*``.

    Args:
        dataset: the data.
        names: only these columns.
    """
    chosen = list(dataset.names if names is None else names)
    groups = _grouped(chosen, 0)
    common = ""
    while len(groups) == 1 and len(next(iter(groups.values()))) == len(chosen):
        longer = next(iter(groups)).rstrip("*")
        finer = _grouped(chosen, len(longer)) if longer != common else {}
        if len(finer) < 2:
            break
        common, groups = longer, finer
    return groups


def _grouped(names: Sequence[str], skip: int) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        match = _PREFIX.match(name[skip:]) or _COUNTED.match(name[skip:])
        if match:
            groups.setdefault(name[: skip + match.end()] + "*", []).append(name)
    return {glob: tuple(members) for glob, members in groups.items() if len(members) > 1}


def match_columns(dataset: Dataset, text: str) -> tuple[str, ...]:
    """Columns that a selection names, in the order of its parts; `BadData` if some part of it matches none.

    >>> from mmexplore.tabular import load
    >>> match_columns(load(b"audio_1,audio_2,age\\n1,2,3\\n4,5,6\\n"), "age, audio_*")
    ('age', 'audio_1', 'audio_2')
    """
    if text in dataset.info:
        return (text,)
    parts = split(text)
    if not parts:
        raise BadData(f"no column is named in {quoted(text)}; {suggestion('', dataset.names)}")
    columns: dict[str, None] = {}
    for part in parts:
        columns.update(dict.fromkeys(_match(dataset, part)))
    return tuple(columns)


def selection(names: Sequence[str]) -> str:
    """Names and patterns as the text of a selection; `split` brings them back.

    >>> selection(["age", "a, b", "audio_*"])
    'age, "a, b", audio_*'
    """
    return ", ".join(
        name if _PLAIN.fullmatch(name) or _REGULAR.fullmatch(name) else '"' + name.replace('"', '""') + '"'
        for name in names
    )


def split(text: str) -> list[str]:
    """The parts of a selection: names, globs, regular expressions between slashes."""
    parts: list[str] = []
    position = 0
    while position < len(text):
        match = _PARTS.match(text, position)
        if match is None or match.end() == position:
            break
        in_quotes, regular, plain = match.groups()
        part = in_quotes.replace('""', '"') if in_quotes is not None else regular or plain.strip()
        if part:
            parts.append(part)
        position = match.end()
    return parts


def common_start(names: Sequence[str]) -> str:
    """What all names begin with."""
    first, last = min(names), max(names)  # what these two begin with, all begin with
    return first[: next((k for k, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def common_name(names: Sequence[str]) -> str:
    """One column's name, or what the names of several begin with."""
    if not names:
        return "nothing"
    if len(names) == 1:
        return names[0][:40]
    common = common_start(names).rstrip(" _.:/|-0123456789")
    return common[:40] if len(common) > 1 else f"{names[0][:24]} and {len(names) - 1:,} more"


def _match(dataset: Dataset, part: str) -> list[str]:
    names = dataset.names
    if part in dataset.info:
        return [part]
    if len(part) > 2 and part[0] == part[-1] == "/":
        return _regular(dataset, part[1:-1], part)
    if "*" in part or "?" in part:
        pattern = re.escape(re.sub(r"\*+", "*", part)).replace(r"\*", ".*").replace(r"\?", ".")
        return _regular(dataset, f"^(?s:{_re2(pattern)})$", part)
    raise BadData(f"{dataset.name} has no column {quoted(part, 60)}; {suggestion(part, names)}")


def _re2(pattern: str) -> str:
    return pattern.replace(r"\ ", " ")


def _regular(dataset: Dataset, pattern: str, part: str) -> list[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        hits = pc.match_substring_regex(pa.array(dataset.names, pa.string()), pattern)
    except (pa.ArrowException, UnicodeError, ValueError) as error:
        hint = " ".join(str(error).split())[:120]
        raise BadData(
            f"{quoted(part, 60)} is no regular expression ({hint}); allowed: RE2 syntax between slashes"
        ) from None
    matching = [name for name, hit in zip(dataset.names, hits.to_pylist(), strict=True) if hit]
    if not matching:
        globs = column_groups(dataset)
        hint = f"groups: {', '.join(list(globs)[:8])}; " if globs else ""
        raise BadData(
            f"{dataset.name}: no column matches {quoted(part, 60)}; {hint}{suggestion(part.strip('*/'), dataset.names)}"
        )
    return matching
