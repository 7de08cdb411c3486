"""A first guess at which columns are modality 1, modality 2 and the target, always with its reason.

In this order: what the file says itself; columns x1, x2, y or x1_*, x2_*; a target by its name (label, class, ...), else
the last column that could be one; modalities by prefix (audio_*, text_*, ...), else the first two columns that are left.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from itertools import count

from mmexplore.tabular.dataset import Dataset, Roles
from mmexplore.tabular.safe import listed, quoted
from mmexplore.tabular.select import column_groups
from mmexplore.tabular.weights import looks_like_weights

_TARGETS = (  # most telling first
    *("y", "target", "label", "labels", "class", "classes", "outcome", "response", "diagnosis", "category", "species"),
    *(
        "result",
        "status",
        "survived",
        "default",
        "churn",
        "sentiment",
        "emotion",
        "sarcasm",
        "humor",
        "disease",
        "died",
    ),
    *(
        "digit",
        "grade",
        "quality",
        "rating",
        "score",
        "type",
        "group",
        "output",
        "event",
        "truth",
        "ground_truth",
        "gt",
    ),
)
_TARGET_LIKE = re.compile(
    r"^(is|has|will)[_ .-]|(^|[_ .-])(label|class|target|outcome|y)$|^(label|class|target)[_ .-]", re.I
)
_MODALITIES = (
    *("audio", "acoustic", "speech", "sound", "voice", "text", "language", "lang", "word", "words", "img", "image"),
    *(
        "vision",
        "visual",
        "video",
        "face",
        "pixel",
        "touch",
        "force",
        "haptic",
        "depth",
        "lidar",
        "radar",
        "imu",
        "acc",
    ),
    *(
        "gyro",
        "eeg",
        "ecg",
        "emg",
        "fmri",
        "mri",
        "ct",
        "pet",
        "rna",
        "dna",
        "gene",
        "protein",
        "atac",
        "methyl",
        "lab",
    ),
    *("vitals", "clinical", "static", "tabular", "modality1", "modality2", "mod1", "mod2", "m1", "m2"),
)


_NO_PART = ("identifier", "constant", "empty", "date")  # kinds of columns that no guess gives a part


def usable_names(dataset: Dataset) -> list[str]:
    """Columns that a guess may give a part."""
    return [
        info.name
        for info in dataset.columns
        if info.kind not in _NO_PART and not looks_like_weights(dataset, info.name)
    ]


def guess_roles(dataset: Dataset) -> Roles:
    """A guess that is only a start; `why` says what it rests on. A role may stay empty."""
    if dataset.given is not None:
        return dataset.given
    folded = {name.casefold(): name for name in reversed(dataset.names)}
    if dataset.kind == "table":
        why = "the columns are called x1, x2 and y"
        return Roles((folded["x1"],), (folded["x2"],), (folded["y"],), why)
    usable = usable_names(dataset)
    named = {role: _called(role, dataset, folded) for role in ("x1", "x2", "y")}
    if named["x1"] and named["x2"] and named["y"]:
        shown = ", ".join(_shown(part) for part in named.values())
        return Roles(named["x1"], named["x2"], named["y"], f"the names of the columns say so: {shown}")
    y, why_y = (named["y"], "its name is y") if named["y"] else _target(dataset, usable, folded)
    rest = [name for name in usable if name not in y]
    if named["x1"] and named["x2"]:
        return Roles(named["x1"], named["x2"], y, f"x1 and x2 by their names; target {_shown(y)}, as {why_y}")
    x1, x2, why_x = _modalities(dataset, rest)
    target_words = f"target {_shown(y)}, as {why_y}" if y else f"no target, as {why_y}"
    left = [info for info in dataset.columns if info.kind in _NO_PART]
    out = f"; left out: {_kinds(left)}" if left else ""
    return Roles(
        x1, x2, y, f"a guess: {target_words}; {why_x}{out}. Choose others if this is not what the columns mean"
    )


def _called(role: str, dataset: Dataset, folded: dict[str, str]) -> tuple[str, ...]:
    """The column called x1, or the columns x1_..., x1....; nothing if there is none."""
    if role in folded:
        return (folded[role],)
    return tuple(n for n in dataset.names if re.match(rf"{role}[ _.:\[-]", n, re.I)) if role != "y" else ()


def _target(dataset: Dataset, usable: Sequence[str], folded: dict[str, str]) -> tuple[tuple[str, ...], str]:
    fit = set(usable)
    for word in _TARGETS:
        name = folded.get(word)
        if name in fit and name is not None:
            return (name,), "its name says so"
    like = [name for name in usable if _TARGET_LIKE.search(name)]
    if like:
        return (like[-1],), "its name says so"
    discrete = [name for name in usable if not dataset.info[name].measured and not dataset.info[name].warning]
    if usable and usable[-1] in discrete:
        return (usable[-1],), "it is the last column and has few different values"
    if discrete:
        return (discrete[-1],), "it is the last column with few different values"
    if usable:
        return (usable[-1],), "it is the last column; it is measured and will have to be binned"
    return (), "no column has different values that come again"


def _modalities(dataset: Dataset, rest: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Two groups of columns, and why."""
    if len(rest) < 2:
        first = tuple(rest)
        return first, (), f"{'one column is' if rest else 'no column is'} left for two modalities"
    if len(rest) == 2:
        return (rest[0],), (rest[1],), "the two other columns are the modalities"
    groups = dict(column_groups(dataset, rest))
    known = [glob for glob in groups if _stem(glob) in _MODALITIES]
    singles = [name for name in rest if name.casefold() in _MODALITIES]
    if len(known) + len(singles) >= 2:
        groups |= {name: (name,) for name in singles}
        chosen = sorted([*known, *singles], key=lambda glob: rest.index(groups[glob][0]))[:2]
        why = "by their names"
    elif len(groups) >= 2:
        largest = sorted(groups, key=lambda glob: -len(groups[glob]))[:2]
        chosen = sorted(largest, key=lambda glob: rest.index(groups[glob][0]))
        why = "the largest groups of columns with a common prefix"
    elif len(groups) == 1 and len(rest) > len(next(iter(groups.values()))):
        glob, members = next(iter(groups.items()))
        others = tuple(name for name in rest if name not in set(members))
        return members, others, f"modality 1 is {glob}, modality 2 the other columns"
    elif len(groups) == 1:
        half = (len(rest) + 1) // 2
        why = f"no prefix parts {next(iter(groups))}, so its first half and its second are the modalities"
        return tuple(rest[:half]), tuple(rest[half:]), why
    else:
        why = "no common prefix tells which columns belong together, so the first two are taken as modalities"
        return (rest[0],), (rest[1],), why
    more = [glob for glob in groups if glob not in chosen]
    why_these = f"modalities {chosen[0]} and {chosen[1]}, {why}"
    return groups[chosen[0]], groups[chosen[1]], why_these + (f" (in neither: {listed(more, 6)})" if more else "")


def modality_groups(dataset: Dataset, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Groups of columns that may be modalities, by a name: the arrays of the file, else columns of one prefix or called like a modality.

    Args:
        dataset: the data.
        names: only these columns.
    """
    allowed = set(names)
    arrays = {key: tuple(n for n in members if n in allowed) for key, members in dataset.arrays.items()}
    arrays = {key: members for key, members in arrays.items() if members}
    if len(arrays) >= 2:
        return arrays
    found: dict[str, tuple[str, ...]] = {}
    for glob, members in column_groups(dataset, names).items():
        found[_different(glob.rstrip("* _.:/|-") or glob, found)] = members
    grouped = {name for members in found.values() for name in members}
    for name in names:
        if name not in grouped and name.casefold() in _MODALITIES:
            found[_different(name, found)] = (name,)
    return dict(sorted(found.items(), key=lambda item: names.index(item[1][0])))


def _different(name: str, taken: Container[str]) -> str:
    """A name that no other group has."""
    return next(text for k in count(1) if (text := name if k == 1 else f"{name} ({k})") not in taken)


def _stem(glob: str) -> str:
    return glob.rstrip("* _.:/|-").casefold()


def _shown(names: tuple[str, ...]) -> str:
    return quoted(names[0], 30) + (f" and {len(names) - 1:,} more" if len(names) > 1 else "")


def _kinds(infos: Sequence[object]) -> str:
    counts: dict[str, int] = {}
    for info in infos:
        kind = info.kind  # type: ignore[attr-defined]
        counts[kind] = counts.get(kind, 0) + 1
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
