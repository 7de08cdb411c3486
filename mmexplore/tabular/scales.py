"""Numbers that are codes: whether the numbers of a column are labels (nominal: a clinic, a postcode, a class) or measurements (ordinal).

One rule for every verb. A column of at most `FEW_STATES` different numbers is taken as labels, value by value, which loses nothing; of
at most `MANY_VALUES` where its name or its steps say that it is a code; more are a measurement. Where the few-valued columns of a
modality would make more joint states than a tenth of the rows they are taken as numbers (codes: than `MOST_JOINT`). What the user says wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.spec import Spec, param
from mmexplore.tabular.dataset import ColumnInfo, Dataset
from mmexplore.tabular.limits import MANY_VALUES
from mmexplore.tabular.notes import Remark
from mmexplore.tabular.safe import listed, quoted
from mmexplore.tabular.select import match_columns

if TYPE_CHECKING:
    from pandas import DataFrame, Series

FEW_STATES = 12  # different numbers that are states as they are
MOST_JOINT = 600  # joint states of the few-valued columns of a modality
_ROWS_A_STATE = 10
_NAMES = 20_000
_CODES = frozenset(
    [
        "class",
        "classes",
        "clinic",
        "clinics",
        "site",
        "center",
        "centre",
        "hospital",
        "ward",
        "zip",
        "zipcode",
        "postcode",
        "postal",
        "plz",
        "code",
        "codes",
        "id",
        "type",
        "kind",
        "group",
        "cluster",
        "category",
        "cat",
        "region",
        "district",
        "country",
        "state",
        "county",
        "city",
        "town",
        "batch",
        "lot",
        "sex",
        "gender",
        "race",
        "ethnicity",
        "religion",
        "species",
        "subject",
        "patient",
        "participant",
        "person",
        "user",
        "session",
        "sensor",
        "channel",
        "device",
        "machine",
        "operator",
        "rater",
        "color",
        "colour",
        "brand",
        "model",
        "product",
        "store",
        "shop",
        "department",
        "dept",
        "job",
        "occupation",
        "section",
        "arm",
        "treatment",
        "condition",
        "stimulus",
        "emotion",
        "digit",
        "label",
        "family",
        "genre",
        "language",
        "party",
        "status",
        "marital",
        "team",
        "school",
        "teacher",
        "mode",
        "method",
        "lab",
        "fold",
        "chromosome",
        "chrom",
        "station",
        "line",
        "route",
        "gate",
        "sector",
        "industry",
        "icd",
        "soc",
        "naics",
        "sic",
        "isic",
        "nationality",
        "cohort",
        "strain",
        "allele",
        "haplotype",
        "block",
        "plate",
    ]
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True)
class Scales(Spec):
    """Which columns hold labels and which measurements, where their numbers may be either."""

    nominal: str = param(
        "",
        label="Labels (nominal)",
        max_length=_NAMES,
        help="Columns whose numbers are codes: names, patterns like code_*, or /regular expressions/. Every value is then a label of its own.",
    )
    ordinal: str = param(
        "",
        label="Numbers (ordinal)",
        max_length=_NAMES,
        help="Columns whose numbers are measurements, however few they are: names, patterns or /regular expressions/. They are binned like any number.",
    )


@dataclass(frozen=True)
class Scale:
    """What the values of a column are taken for.

    Attributes:
        column: its name.
        nominal: whether they are labels; else they are numbers or dates.
        chosen: whether the user said so.
        open: whether the other reading is possible too.
        why: the reason.
    """

    column: str
    nominal: bool
    chosen: bool
    open: bool
    why: str

    @property
    def other(self) -> str:
        """How to have the other reading."""
        return f"--{'ordinal' if self.nominal else 'nominal'} {self.column}"

    def remark(self) -> Remark:
        """What was decided, why, and the way to the other reading."""
        taken = "labels (nominal)" if self.nominal else "numbers (ordinal)"
        return Remark(
            f"column {quoted(self.column)} is taken as {taken}: {self.why}",
            self.other if self.open else "",
            self.column,
        )


def scales(dataset: Dataset, parts: Sequence[Sequence[str]], nominal: str = "", ordinal: str = "") -> dict[str, Scale]:
    """What the columns of every part (modality or target) are taken for, by name.

    Raises:
        BadData: a column that is not there or is said to be both, or text that is to be numbers.
    """
    labels = set(match_columns(dataset, nominal)) if nominal.strip() else set()
    numbers = set(match_columns(dataset, ordinal)) if ordinal.strip() else set()
    if both := sorted(labels & numbers):
        raise BadData(f"{quoted(both[0], 60)} is said to be nominal and ordinal; allowed: one of them")
    found: dict[str, Scale] = {}
    for names in parts:
        made = [_scale(dataset, name, name in labels, name in numbers) for name in names]
        found |= {scale.column: scale for scale in _bounded(dataset, made)}
    return found


def _scale(dataset: Dataset, name: str, nominal: bool, ordinal: bool) -> Scale:
    info = dataset.column(name)
    if nominal or ordinal:
        if ordinal and not info.numeric and info.kind not in ("date", "boolean", "empty"):
            _as_numbers(dataset.frame[name], name)  # refuses what is none
        return Scale(name, nominal, True, False, "as chosen")
    if not info.numeric and info.kind != "date":
        return Scale(name, True, False, False, "it holds labels")
    few = info.distinct <= FEW_STATES
    if info.distinct > MANY_VALUES:
        return Scale(name, False, False, False, f"{info.distinct:,} different values are a measurement")
    reason = _code(info, dataset.frame[name]) if info.numeric and info.distinct > 2 else ""
    possible = info.distinct > 2
    if few or reason:
        why = reason or f"{info.distinct} different values are few enough to be states as they are"
        return Scale(name, True, False, possible, why)
    return Scale(name, False, False, True, f"{info.distinct} different values, and nothing says that they are codes")


def _code(info: ColumnInfo, values: Series[Any]) -> str:
    """What says that numbers are codes: the name, or whole numbers of equally many digits with uneven steps; nothing else."""
    distinct = np.unique(values.dropna().to_numpy(dtype=np.float64))
    if not (distinct == np.floor(distinct)).all():
        return ""
    words = {word.casefold() for word in _WORDS.findall(info.name)}
    if named := sorted(words & _CODES):
        return f"whole numbers, and its name says {quoted(named[0])}"
    steps = np.unique(np.diff(distinct))
    digits = {len(str(int(value))) for value in distinct}
    if distinct[0] >= 100 and len(digits) == 1 and len(steps) > 2 and len(distinct) >= 4:
        return "whole numbers of equally many digits with uneven steps, like codes"
    return ""


def _bounded(dataset: Dataset, made: list[Scale]) -> list[Scale]:
    """Few-valued numbers stay numbers where they would make too many joint states for the rows; what a name or steps call codes only beyond `MOST_JOINT`."""
    guessed = [s for s in made if s.nominal and not s.chosen and _counts(dataset.info[s.column])]
    rows = max(MANY_VALUES, min(MOST_JOINT, len(dataset) // _ROWS_A_STATE))
    gone: dict[str, str] = {}
    for most, codes in ((rows, False), (MOST_JOINT, True)):
        states = prod(max(1, dataset.info[s.column].distinct) for s in guessed if s.column not in gone)
        if states > most:
            words = f"its modality's {len(guessed)} columns of few values would make up to {states:,} joint states of {len(dataset):,} rows as labels"
            gone |= {
                s.column: words
                for s in guessed
                if s.column not in gone and (codes or ("codes" not in s.why and "name says" not in s.why))
            }
    return [Scale(s.column, False, False, True, gone[s.column]) if s.column in gone else s for s in made]


def _counts(info: ColumnInfo) -> bool:
    return info.numeric or info.kind == "date"


def scaled(frame: DataFrame, found: Mapping[str, Scale]) -> DataFrame:
    """A frame with the numbers of nominal columns as labels in order, and the labels of ordinal ones as numbers."""
    import pandas as pd

    changed: dict[str, Any] = {}
    for name in map(str, frame.columns):
        scale, column = found.get(name), frame[name]
        if scale is None:
            continue
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        dates = pd.api.types.is_datetime64_any_dtype(column)
        if scale.nominal and (numeric or dates):
            codes, values = column.factorize(sort=True)
            texts = pd.Index([str(value) for value in values], dtype="str")
            changed[name] = pd.Series(pd.Categorical.from_codes(codes, categories=texts), index=column.index, name=name)
        elif scale.chosen and not scale.nominal and not numeric and not dates:
            changed[name] = _as_numbers(column, name)
    return frame.assign(**changed) if changed else frame


def _as_numbers(column: Series[Any], name: str) -> Series[Any]:
    """Labels as numbers: 007 is 7."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return column.astype(np.float64)
    values = pd.to_numeric(column.astype(object), errors="coerce")
    wrong = values.isna() & column.notna()
    if wrong.any():
        first = column[wrong].iloc[0]
        raise BadData(
            f"column {quoted(name)} is to be ordinal and holds {quoted(str(first))}; allowed: numbers alone ({int(wrong.sum()):,} cells are none)"
        )
    return values.astype(np.float64)


def sentences(found: Mapping[str, Scale], most: int = 4) -> list[str]:
    """The decisions that could be otherwise, each with the option for it."""
    return [one.whole for one in remarks(found, most)]


def remarks(found: Mapping[str, Scale], most: int = 4) -> list[Remark]:
    """The decisions that could be otherwise, alike ones together."""
    groups: dict[tuple[bool, str], list[Scale]] = {}
    for scale in found.values():
        if scale.open:
            groups.setdefault((scale.nominal, scale.why), []).append(scale)
    told = []
    for (nominal, why), alike in groups.items():
        if len(alike) == 1:
            told.append(alike[0].remark())
            continue
        names = listed([quoted(scale.column, 30) for scale in alike], most)
        taken, other = ("labels (nominal)", "ordinal") if nominal else ("numbers (ordinal)", "nominal")
        told.append(Remark(f"columns {names} are taken as {taken}: {why}", f"--{other} NAMES"))
    return told
