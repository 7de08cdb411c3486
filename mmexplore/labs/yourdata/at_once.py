"""What-ifs that change which rows count, or which classes count as one: answered at once, by the predictors of the unchanged rows."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.predictive import RowAtoms
from mmexplore.estimators.predictive.change import Change, changes
from mmexplore.estimators.predictive.reread import PREDICTORS, reread
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.study import Study, change
from mmexplore.tabular import Dataset
from mmexplore.whatif import RowWhatIf

OF_ROWS = ("column", "keep", "merge", "balance", "rows")  # what-ifs that leave every row's columns as they are


@dataclass(frozen=True)
class AtOnce:
    """The answer of the predictors that are there.

    Attributes:
        rows: every row that counts, with its weight.
        changes: of atoms and informations against the unchanged answer.
        means: what this answer is, in a sentence.
    """

    rows: RowAtoms
    changes: dict[str, Change]
    means: str


def only_rows(study: Study) -> bool:
    """Whether a study's what-ifs change rows or classes and no column."""
    asked, plain = study.what_if(), RowWhatIf()
    changed = [p.name for p in RowWhatIf.parameters() if getattr(asked, p.name) != getattr(plain, p.name)]
    return bool(changed) and set(changed) <= set(OF_ROWS)


def at_once(before: Headline, study: Study, dataset: Dataset) -> AtOnce | None:
    """The answer to a changed study from that to the unchanged one; None where columns change, or the run kept too little for it.

    Balanced classes are every row at the weight that makes the classes equal, not the fewer rows that a fit anew takes.

    Raises:
        BadData: too few rows or classes are left.
    """
    if not only_rows(study) or before.fused is None:
        return None
    weighed = study.balance and not study.rows
    changed, _ = change(study.replace(balance=False) if weighed else study, dataset)
    chosen = np.isin(before.places, changed.rows).astype(np.float64)
    merged, lost = _merged(before.classes, study.merge)
    if weighed:
        mass = np.bincount(merged[before.rows.codes], before.rows.weights * chosen, int(merged.max()) + 1)
        chosen /= np.maximum(mass, np.finfo(np.float64).tiny)[merged[before.rows.codes]]
        chosen *= mass.sum()
    said = dict(zip(PREDICTORS, (*before.posteriors, *before.fused), strict=True))
    rows = reread(before.rows, said, chosen, merged, study.seed)
    found = changes(before.rows, rows, before.level, places=(before.places, before.of_data[rows.index]), refitted=False)
    return AtOnce(rows, found, _means(rows, lost))


def _merged(classes: tuple[str, ...], merge: str) -> tuple[np.ndarray, list[str]]:
    """The new class of every class, and which of those named the predictors do not know."""
    groups: list[list[str]] = json.loads(merge) if merge else []
    of = {label: k for k, group in enumerate(groups) for label in group}
    names = [("group", of[name]) if name in of else ("class", k) for k, name in enumerate(classes)]
    numbers = {name: k for k, name in enumerate(dict.fromkeys(names))}
    if len(numbers) < 2:
        raise BadData("all classes count as one, of which nothing can tell; allowed: at least 2 that differ")
    return np.array([numbers[name] for name in names]), [label for label in of if label not in classes]


def _means(rows: RowAtoms, lost: list[str]) -> str:
    shares = np.bincount(rows.codes, rows.weights) / rows.weights.sum()
    listed = ", ".join(f"{share:.2f}" for share in shares[:6]) + (", …" if len(shares) > 6 else "")
    without = f" Of {', '.join(lost[:5])} they know nothing: too few rows." if lost else ""
    return (
        f"The same predictors, fitted on all rows, read on the {rows.n:,} rows that count here with the shares of their classes ({listed}): what the "
        f"choice of rows does by itself.{without} Fitted anew, predictors learn from these rows alone, and fewer rows show them less."
    )
