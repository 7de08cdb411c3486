"""What a reader has to know before the numbers: what was done to the file, and which numbers were taken for codes, where another choice
changes the answer. Both answers stand side by side: the table of states is solved again with every open choice the other way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mmexplore.errors import BadData
from mmexplore.info.pid import pid
from mmexplore.labs.yourdata.modalities import about_data
from mmexplore.labs.yourdata.study import Prepared, Study, checked_roles, prepare, scales_of
from mmexplore.tabular import Dataset
from mmexplore.tabular.notes import Remark
from mmexplore.tabular.scales import Scale, remarks
from mmexplore.tabular.select import selection
from mmexplore.types import ATOM_SYMBOLS, ATOMS

SEEN = 0.005  # bit: a smaller change of every atom is none
_MOST_ROWS = 200_000  # of more the other answer is not made unasked
_MOST_CELLS = 20_000


@dataclass(frozen=True)
class FirstWords:
    """What stands before the numbers.

    Attributes:
        notes: on the file.
        codes: on numbers that are taken for codes or measurements, where that changes the answer.
        open: the columns that could be taken otherwise.
        other: the study with all of them taken otherwise; None where there are none.
    """

    notes: tuple[Remark, ...]
    codes: tuple[Remark, ...] = ()
    open: tuple[Scale, ...] = ()
    other: Study | None = None

    def sentences(self) -> tuple[str, ...]:
        """All of it, each with the option of the command line that reads otherwise."""
        return tuple(one.whole for one in (*self.codes, *self.notes))


def first_words(study: Study, dataset: Dataset, states: Callable[[Study, Dataset], Prepared] = prepare) -> FirstWords:
    """What stands before the numbers of a study.

    Args:
        study, dataset: what is answered.
        states: makes a table of states; where it remembers them nothing is made twice.

    Raises:
        BadData: roles that overlap or are empty.
    """
    if dataset.kind == "table":
        return FirstWords(dataset.remarks())
    roles = checked_roles(study, dataset)
    notes = dataset.remarks((*roles.x1, *roles.x2, *roles.y))
    found = scales_of(study, dataset, roles)
    if study.source != "file":
        return FirstWords(notes)
    open_ = tuple(scale for scale in found.values() if scale.open)
    if not open_:
        return FirstWords(notes)
    other = otherwise(study, open_)
    if about_data(study, dataset, roles):
        return FirstWords(notes, tuple(remarks(found)), open_, other)
    told = remarks(found)
    if len(dataset) <= _MOST_ROWS:
        try:
            tables = states(study, dataset).table.p, states(other, dataset).table.p
        except BadData as error:
            told.append(Remark(f"taken the other way they give no table of states ({error})"))
        else:
            compared = compare_readings(*tables)
            told = [] if compared is None else [*told, Remark(compared)] if compared else told
    return FirstWords(notes, tuple(told), open_, other)


def otherwise(study: Study, open_: tuple[Scale, ...]) -> Study:
    """The study with columns taken the other way."""
    nominal = [scale.column for scale in open_ if not scale.nominal]
    ordinal = [scale.column for scale in open_ if scale.nominal]
    return study.replace(nominal=with_names(study.nominal, nominal), ordinal=with_names(study.ordinal, ordinal))


def compare_readings(taken: np.ndarray, other: np.ndarray) -> str | None:
    """The answer the other way, in a sentence; None where it is the same, nothing where a table is too large to be solved unasked."""
    if max(taken.size, other.size) > _MOST_CELLS:
        return ""
    first, second = pid(taken), pid(other)
    if all(abs(float(getattr(first, name)) - float(getattr(second, name))) <= SEEN for name in ATOMS):
        return None
    shown = ", ".join(f"{ATOM_SYMBOLS[name]} {_short(float(getattr(second, name)))}" for name in ATOMS)
    here = ", ".join(f"{ATOM_SYMBOLS[name]} {_short(float(getattr(first, name)))}" for name in ATOMS)
    return f"this decides the answer: {here} as taken, {shown} the other way (BROJA of the table of states, bit)"


def _short(value: float) -> str:
    return f"{round(value, 3) + 0.0:.3f}"


def with_names(text: str, names: list[str]) -> str:
    """A selection of columns, or of words, with more of them."""
    own = selection(names)
    return f"{text}, {own}" if text.strip() and own else text or own


def scale_facts(found: Mapping[str, Scale]) -> dict[str, dict[str, object]]:
    """What the numbers of every column were taken for, for programs."""
    return {
        name: {"taken_as": "nominal" if s.nominal else "ordinal", "chosen": s.chosen, "why": s.why}
        for name, s in found.items()
        if s.open or s.chosen
    }
