"""Two views of a visitor's own with a label, out of the columns of a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mmexplore.datasets.views.own import given_views
from mmexplore.errors import BadData
from mmexplore.spec import Spec, param
from mmexplore.tabular.dataset import Dataset, Roles
from mmexplore.tabular.reading import Reading
from mmexplore.tabular.roles import guess_roles
from mmexplore.tabular.select import match_columns

OWN = "own"  # what a view calls the data of a file of one's own
PARTS = ("x1", "x2", "y")

Arrays = dict[str, np.ndarray]

_NAMES = 20_000  # characters of a selection of columns in a link


@dataclass(frozen=True)
class FileColumns(Spec):
    """A file of one's own and which of its columns are the two views and the label: parameters of every view that offers it."""

    file: str = param("", label="SHA-256 of the file", max_length=64)
    x1: str = param(
        "", label="View X", max_length=_NAMES, help="Columns: names, patterns like audio_*, or /regular expressions/."
    )
    x2: str = param(
        "", label="View Y", max_length=_NAMES, help="Columns: names, patterns like text_*, or /regular expressions/."
    )
    y: str = param(
        "", label="Label", max_length=2000, help="One column, or none: it is not trained on, only asked about."
    )
    na: str = Reading.field("na")
    not_na: str = Reading.field("not_na")


class OwnColumns(Protocol):
    """Columns as chosen, as text: names, patterns or /regular expressions/; "" leaves the choice to a guess."""

    @property
    def x1(self) -> str:
        """Of the first view."""

    @property
    def x2(self) -> str:
        """Of the second view."""

    @property
    def y(self) -> str:
        """Of the label."""


def roles_for(chosen: OwnColumns, dataset: Dataset) -> Roles:
    """Which columns are the two views and the label: as chosen, the rest guessed."""
    guess = guess_roles(dataset)
    named = {part: match_columns(dataset, text) for part in PARTS if (text := getattr(chosen, part))}
    if not named:
        return guess
    taken = {name for names in named.values() for name in names}
    parts = {part: named.get(part, tuple(n for n in getattr(guess, part) if n not in taken)) for part in PARTS}
    left = ", ".join(sorted(parts.keys() - named.keys()))
    return Roles(**parts, why=f"as chosen; {left} guessed: {guess.why}" if left else "as chosen")


def own_arrays(chosen: OwnColumns, dataset: Dataset) -> Arrays:
    """The arrays ``x1``, ``x2`` and ``y`` of a file, checked; rows with a missing value are left out.

    Raises:
        BadData: the columns overlap, hold no numbers, are constant, or there are too few rows.
    """
    if dataset.kind != "rows":
        raise BadData(
            f"{dataset.name} is a table of probabilities; allowed: one sample a row, with several columns a view"
        )
    roles = roles_for(chosen, dataset)
    both = sorted(set(roles.x1) & set(roles.x2))
    if both or set(roles.y) & {*roles.x1, *roles.x2}:
        twice = both[0] if both else next(iter(set(roles.y) & {*roles.x1, *roles.x2}))
        raise BadData(f"{twice[:60]!r} is chosen twice; allowed: a column is part of one view or the label")
    if not roles.x1 or not roles.x2:
        raise BadData("a view has no columns; choose at least one for X and one for Y")
    frame = dataset.frame[[*roles.x1, *roles.x2, *roles.y[:1]]]
    frame = frame[frame.notna().all(axis=1)]
    arrays: Arrays = {}
    for part, names in (("x1", roles.x1), ("x2", roles.x2)):
        text = [name for name in names if not dataset.info[name].numeric]
        if text:
            raise BadData(f"{text[0][:60]!r} holds no numbers; allowed in a view: columns of numbers")
        arrays[part] = frame[list(names)].to_numpy(dtype=np.float64)
    if roles.y:
        label = frame[roles.y[0]]
        arrays["y"] = (
            label.to_numpy(dtype=np.float64)
            if dataset.info[roles.y[0]].numeric
            else label.astype(str).to_numpy(dtype=str)
        )
    given_views(arrays)
    return arrays


def arrays_id(arrays: Arrays) -> str:
    """A short stable hash of the arrays: what a run on them is called."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:16]
