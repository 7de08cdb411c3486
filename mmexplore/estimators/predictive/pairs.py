"""Three and more modalities: the decomposition of every pair of them about the same label.

Rows, folds and draws do not hang on the modalities, so what is predicted from one alone (I1 or I2 of its pairs) is fitted once and is the
same number in all of them; each pair then says what it says when it is estimated by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from mmexplore.errors import BadData
from mmexplore.estimators.pids.predictive import PredictiveSettings
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.predictive.answer import Start, design_notes, repeated_measurements
from mmexplore.estimators.predictive.estimate import Modality, of_pair, problem_of
from mmexplore.estimators.predictive.result import Prediction
from mmexplore.estimators.watching import Watcher

MOST = 8  # modalities: 28 pairs

Each = Callable[[str, str, Prediction], None]


@dataclass(frozen=True)
class PairsPrediction:
    """Every pair of several modalities.

    Attributes:
        pairs: by the names of the two, in the order given.
        notes: what was done to target, rows and columns, in sentences.
    """

    pairs: dict[tuple[str, str], Prediction]
    notes: tuple[str, ...]


def predictive_pairs(
    parts: Mapping[str, Any], rows: Rows, settings: PredictiveSettings, watcher: Watcher, each: Each
) -> PairsPrediction:
    """Decompose every pair.

    Args:
        parts: columns of every modality by its name, 2 to 8 of them, (n, d) each: arrays or DataFrames, with text and gaps.
        rows: target and sampling of these n rows; its x1 and x2 are not looked at.
        settings: as of two modalities.
        watcher: told the progress; may raise.
        each: called with every pair when it is there; may raise.

    Raises:
        BadData: fewer than 2 or more than 8 modalities, another number of rows, or a target that cannot be decomposed.
    """
    if not 2 <= len(parts) <= MOST:
        raise BadData(f"there are {len(parts)} modalities; allowed: 2 to {MOST}")
    for name, x in parts.items():
        if len(x) != rows.n:
            raise BadData(f"{name} has {len(x):,} rows, the target {rows.n:,}; they have to be the same rows")
    start = Start.of(rows, settings)
    columns = {name: start.columns(x, name, settings) for name, x in parts.items()}
    asked = start.asked(rows.n, ((), ()), settings)
    problem = problem_of(start.used, asked, watcher.progress, len(parts))
    fitted = {name: Modality(part.values, problem, name[:40]) for name, part in columns.items()}
    found: dict[tuple[str, str], Prediction] = {}
    for first, second in combinations(parts, 2):
        asked = start.asked(rows.n, (columns[first].names, columns[second].names), settings)
        made = of_pair(fitted[first], fitted[second], start.used, asked, problem, lambda numbers: None)
        found[first, second] = made
        each(first, second, made)
    notes = [*start.notes, *start.used.notes, *(note for part in columns.values() for note in part.notes)]
    notes += repeated_measurements(list(columns.values()), start.groups)
    notes += [note for note in design_notes(made, start.design) if note]
    return PairsPrediction(found, tuple(notes))
