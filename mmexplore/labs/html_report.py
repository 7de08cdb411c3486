"""`mmexplore.html_report`: a result as one HTML file to hand to others. What it says is made in `mmexplore.labs.yourdata`, as for the page.

Nothing is imported before a report is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mmexplore.estimators.estimate_pid import PIDEstimate
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.types import PID
from mmexplore.writing import write_for_reader

if TYPE_CHECKING:
    from mmexplore.estimators.predictive.curve import LearningCurve

NAMES = ("modality 1", "modality 2", "the target")


def html_report(
    result: PIDEstimate | Estimate | PID,
    path: str | Path | None = None,
    *,
    names: tuple[str, str, str] = NAMES,
    learning: LearningCurve | None = None,
) -> str:
    """A report on a result: claims with their evidence, every number with its interval, how it was made, and what may mislead.

    The file needs nothing else and runs nothing. Of predictors it says who was fitted, the bounds that hold without any model and how the
    rows were drawn; of a table its nulls or its certificate.

    Args:
        result: of `estimate_pid` with ``estimator="predictive"``, of `estimate_from_samples`, or of `pid` (one table, no batch).
        path: where to write it; None: nowhere.
        names: what modality 1, modality 2 and the target are called.
        learning: of `learning_curve`, of the same rows, to be part of a report on predictors.

    Returns:
        The report as HTML text.

    Raises:
        BadData: a batch of tables, names that are not three, or a path that cannot be written.
        Unsupported: a result of another kind, or a learning curve beside one that is not of predictors.

    >>> from mmexplore import gate, pid
    >>> "S, synergy" in html_report(pid(gate("xor")), names=("left", "right", "the sum"))
    True
    """
    from mmexplore.labs.yourdata.library_report import content_of
    from mmexplore.report import render_report

    text = render_report(content_of(result, names, learning))
    if path is not None:
        write_for_reader(path, lambda part: part.write_text(text, encoding="utf-8"))
    return text
