"""Three and more modalities: named groups of columns, read from a text or suggested by the data, and what is in none of them.

    audio: audio_*, pitch
    video: /^video_[0-9]+$/; text: words

One group a line, or separated by semicolons. A name and a colon stand before names, patterns and regular expressions as
`mmexplore.tabular.select` reads them; without a name a group is called what its columns have in common. Names that hold any of
``: ; ,`` or quotes stand in double quotes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mmexplore.errors import BadData
from mmexplore.estimators.predictive.pairs import MOST
from mmexplore.labs.yourdata.study import Study, roles_of
from mmexplore.tabular import Dataset, match_columns, modality_groups
from mmexplore.tabular.roles import usable_names
from mmexplore.tabular.safe import clean_name, listed, quoted
from mmexplore.tabular.select import common_name, common_start, selection

LONGEST = 60  # characters of a group's name
OFFERED = 3  # groups from which on all pairs are offered without being asked for
_WHOLE = re.compile(r'"(?:[^"]|"")*"|/(?:[^/\\\n]|\\.)*/')  # separators inside these separate nothing
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_SPECIAL = re.compile(r'[":;,\n]|^\s|\s$|^/|^$')


@dataclass(frozen=True)
class Group:
    """One modality.

    Attributes:
        name: of the group.
        columns: in the order of the text.
        text: the selection of these columns, as the fields x1 and x2 of a study take it.
    """

    name: str
    columns: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Grouping:
    """Every column in one of several modalities, the target, or listed as left out.

    Attributes:
        groups: the modalities, 2 to 8.
        target: name of its column.
        left: columns in no group that are neither target nor say how the rows were drawn.
        why: what the groups rest on.
    """

    groups: tuple[Group, ...]
    target: str
    left: tuple[str, ...]
    why: str

    @property
    def names(self) -> tuple[str, ...]:
        """Of the groups."""
        return tuple(group.name for group in self.groups)

    def text(self) -> str:
        """The groups as `read_groups` reads them."""
        return "\n".join(f"{_name_text(group.name)}: {group.text}" for group in self.groups)

    def left_words(self) -> str:
        """The columns in no group, in a sentence; empty where there are none."""
        return left_words(self.left, "in no modality")


def grouping(study: Study, dataset: Dataset) -> Grouping:
    """The modalities of a study: as written, or as the data suggest.

    Raises:
        BadData: no single target; a column that is not there, in two groups or the target; fewer than 2 or more than 8 groups.
    """
    target = target_of(study, dataset)
    if study.modalities.strip():
        groups, why = read_groups(study.modalities, dataset), "as written"
    else:
        groups, why = suggested(study, dataset, target)
    _check(groups, target)
    return Grouping(groups, target, unassigned(study, dataset, target, [n for g in groups for n in g.columns]), why)


def target_of(study: Study, dataset: Dataset) -> str:
    """The one column that is the target.

    Raises:
        BadData: none, or several.
    """
    y = roles_of(study.replace(x1="", x2=""), dataset).y
    if len(y) != 1:
        raise BadData(f"the target has {len(y)} columns; choose one column as the target")
    return y[0]


def offers_pairs(study: Study, dataset: Dataset) -> bool:
    """Whether all pairs are offered: groups are written, or the data suggest three or more."""
    if dataset.kind == "table":
        return False
    if study.modalities.strip():
        return True
    try:
        return len(suggested(study, dataset, target_of(study, dataset))[0]) >= OFFERED
    except BadData:
        return False


def suggested(study: Study, dataset: Dataset, target: str) -> tuple[tuple[Group, ...], str]:
    """Groups by arrays or names of columns, the two modalities of the guess where these say nothing; and why."""
    apart = {target, study.groups, study.order}
    found = modality_groups(dataset, [name for name in usable_names(dataset) if name not in apart])
    why = "the arrays of the file" if len(dataset.arrays) > 1 else "groups by the names of the columns"
    if len(found) < 2:
        guess = roles_of(study.replace(x1="", x2="", y=selection([target])), dataset)
        found = {}
        for names in (guess.x1, guess.x2):
            if names:
                called = common_name(names)
                found[called if called not in found else f"{called} (2)"] = names
        why = guess.why
    if len(found) > MOST:
        kept = set(sorted(found, key=lambda name: -len(found[name]))[:MOST])
        why = f"{why}, the {MOST} largest of {len(found)}"
        found = {name: members for name, members in found.items() if name in kept}
    return tuple(Group(name, members, selection_of(dataset, members)) for name, members in found.items()), why


def selection_of(dataset: Dataset, columns: Sequence[str]) -> str:
    """The shortest text that selects exactly these columns: a pattern where one does, else their names."""
    start = common_start(columns)
    if len(columns) > 1 and start:
        for pattern in (f"{start}*", f"/^{re.escape(start)}[0-9]+$/"):
            text = selection([pattern])
            try:
                if set(match_columns(dataset, text)) == set(columns):
                    return text
            except BadData:
                continue
    return selection(columns)


def unassigned(study: Study, dataset: Dataset, target: str, used: Sequence[str]) -> tuple[str, ...]:
    """Columns that are neither used nor target nor say how the rows were drawn."""
    apart = {target, study.groups, study.order, study.weights, *used}
    return tuple(name for name in dataset.names if name not in apart)


def left_words(left: Sequence[str], where: str) -> str:
    """``12 columns in no modality: ...``, or nothing."""
    if not left:
        return ""
    return f"{len(left):,} column{'' if len(left) == 1 else 's'} {where}: {listed([name[:40] for name in left], 12)}"


# -- the text -----------------------------------------------------------------------------------------------------------------


def read_groups(text: str, dataset: Dataset) -> tuple[Group, ...]:
    """Groups as written.

    Raises:
        BadData: a column or pattern that is not there, a group without columns, a name that is too long or comes twice.
    """
    groups: list[Group] = []
    for place, entry in enumerate(entries(text), 1):
        if place > 10 * MOST:
            raise BadData(f"modalities has more than {10 * MOST} entries; allowed: 2 to {MOST}")
        group = _read(entry, dataset)
        if len(group.name) > LONGEST:
            raise BadData(
                f"the name {quoted(group.name)} of a modality has {len(group.name):,} characters; allowed: {LONGEST}"
            )
        if any(group.name == other.name for other in groups):
            raise BadData(f"two modalities are called {quoted(group.name)}; allowed: a name of its own for each")
        groups.append(group)
    return tuple(groups)


def entries(text: str) -> list[str]:
    """The text of every group: parts between line ends and semicolons that stand neither in quotes nor in a regular expression.

    >>> entries('a: a_1, "b;c"; /x;y/')
    ['a: a_1, "b;c"', '/x;y/']
    """
    found, start, position, begins = [], 0, 0, True
    while position < len(text):
        character = text[position]
        if character in ";\n":
            found.append(text[start:position])
            start = position + 1
        whole = _WHOLE.match(text, position) if begins and character in '"/' else None
        begins = character in ";\n,:" or (begins and character.isspace())
        position = whole.end() if whole else position + 1
    return [entry.strip() for entry in (*found, text[start:]) if entry.strip()]


def _read(entry: str, dataset: Dataset) -> Group:
    name, rest = _parted(entry)
    if name and rest and not rest[0].isspace():  # a:1 may be a column, too
        try:
            columns = match_columns(dataset, entry)
        except BadData:
            pass
        else:
            return Group(_own_name(columns), columns, entry)
    rest = rest.strip()
    if not rest:
        raise BadData(f"the modality {quoted(name)} names no columns; allowed: columns or patterns after the colon")
    try:
        columns = match_columns(dataset, rest)
    except BadData as error:
        raise BadData(f"modality {quoted(name or rest, LONGEST)}: {error}") from None
    return Group(name or _own_name(columns), columns, rest)


def _parted(entry: str) -> tuple[str, str]:
    """The name before the first colon, and what follows it; no name where there is none."""
    match = _QUOTED.match(entry)
    if match is not None:
        tail = entry[match.end() :].lstrip()
        name = clean_name(match[1].replace('""', '"'))
        return (name, tail[1:]) if tail.startswith(":") else ("", entry)
    head, colon, rest = entry.partition(":")
    if not colon or entry.startswith("/") or '"' in head or "," in head:
        return "", entry
    name = " ".join(head.split())
    return (name, rest) if name else ("", rest)


def _own_name(columns: tuple[str, ...]) -> str:
    """What the columns have in common; one letter is enough where a separator or a number follows it."""
    start = common_start(columns) if len(columns) > 1 else ""
    stem = start.rstrip(" _.:/|-0123456789")
    return (stem if stem and len(start) > len(stem) else common_name(columns))[:LONGEST]


def _name_text(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if _SPECIAL.search(name) else name


def _check(groups: tuple[Group, ...], target: str) -> None:
    """Two to eight groups, no column twice, no target.

    Raises:
        BadData: something else.
    """
    if len(groups) < 2:
        seen = f": {quoted(groups[0].name)}" if groups else ""
        raise BadData(
            f"there {'is 1 modality' if groups else 'are 0 modalities'}{seen}; allowed: 2 to {MOST}, one a line or separated by semicolons"
        )
    if len(groups) > MOST:
        raise BadData(f"there are {len(groups)} modalities; allowed: 2 to {MOST}, which make 28 pairs. Join some")
    for group in groups:
        if target in group.columns:
            raise BadData(
                f"{quoted(target, 60)} is the target and part of the modality {quoted(group.name)}; it can be only one of them"
            )
    twice = [name for name, n in Counter(n for group in groups for n in group.columns).items() if n > 1]
    if twice:
        where = [quoted(group.name) for group in groups if twice[0] in group.columns]
        raise BadData(f"{quoted(twice[0], 60)} is part of the modalities {' and '.join(where)}; it can be part of one")
