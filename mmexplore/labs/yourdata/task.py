"""Decompose the measured columns of a study by cross-fitted predictors, and watch it.

What the recorder gets (a contract), everything in bits:

    frames: as soon as there are some, i1, i2 and i12 of linear probes, then of all predictors, union, redundancy and the other atoms.
    result(): the fields of `mmexplore.estimators.estimate_pid.PIDEstimate.to_dict`, and said: what was done to the rows.
    arrays "rows": the fields of `mmexplore.estimators.predictive.RowAtoms`, the rows of the data that they belong to (of_data), and the
        out-of-fold probabilities of either modality (x1, x2), of the best additive and of the best joint predictor (p_late, p_joint).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from mmexplore.errors import BadSpec
from mmexplore.estimators.pids.predictive import PredictiveSettings
from mmexplore.labs.yourdata.pairs import grouping
from mmexplore.labs.yourdata.study import Study, dataset_of, roles_of
from mmexplore.runs.task import Task, param, task
from mmexplore.spec import read_pairs
from mmexplore.tabular import Dataset, Roles
from mmexplore.tabular.reading import Reading
from mmexplore.tabular.scales import Scales
from mmexplore.whatif import RowWhatIf

OF_TWO = ("shift", "drop1", "drop2", "noise1", "noise2", "replace1", "replace2")  # what-ifs of one of two modalities
_WHICH = (
    *(
        "source",
        "real",
        "gate",
        "gate_noise",
        "drawn",
        "x1",
        "x2",
        "y",
        "target_as",
        "groups",
        "order",
        "weights",
        "seed",
    ),
    *(p.name for spec in (Reading, Scales) for p in spec.parameters()),
)
ROWS = (
    *_WHICH,
    *(p.name for p in RowWhatIf.parameters()),
)  # fields of a study that say which rows and columns are decomposed
PAIR_ROWS = (
    *(name for name in ROWS if name not in ("x1", "x2", *OF_TWO)),
    "modalities",
)  # the same of all its modalities


@dataclass(frozen=True)
class OfStudy(Task):
    """A run on the rows of a study."""

    data: str = param(
        "",
        label="Data",
        max_length=200_000,
        help="real=wine, or other settings of the page Your data as in its address; own?id=... for your own file.",
    )
    classes: int = PredictiveSettings.field("classes")
    level: float = PredictiveSettings.field("level")
    seed: int = PredictiveSettings.field("seed")

    def settings(self) -> PredictiveSettings:
        """The estimator's settings, without the test of S = 0."""
        return PredictiveSettings(classes=self.classes, draws=0, level=self.level, seed=self.seed)

    def seconds(self) -> float | None:
        """As `Task.seconds`; not known of a visitor's own rows, of which the task holds nothing but a name."""
        if self.own_data:
            return None
        study = self.study()
        return self.seconds_of(study, dataset_of(study))

    def seconds_of(self, study: Study, dataset: Dataset) -> float:
        """As `seconds`, of these rows."""
        roles = roles_of(study, dataset)
        return 0.5 + self.settings().seconds(
            len(dataset), (len(roles.x1), len(roles.x2), len(roles.y)), self._classes(dataset, roles)
        )

    def _classes(self, dataset: Dataset, roles: Roles) -> int:
        """Of the target, as far as one can say before it is read."""
        info = dataset.info.get(roles.y[0]) if roles.y else None
        return self.classes if info is None or info.measured else min(max(info.distinct, 2), 50)

    def study(self) -> Study:
        """The study whose rows these are, for data that come along."""
        if self.own_data:
            raise BadSpec("data are a visitor's own, which no description holds; allowed here: data that come along")
        study, problems = Study.from_query(read_pairs(self.data, "the data of the run"))
        if problems:
            raise BadSpec(f"data is {self.data[:60]!r}: {problems[0]}")
        return study

    def rows_named(self) -> str:
        """Whose rows these are, in words."""
        if self.own_data:
            return "your data"
        study = self.study()
        return study.real if study.source == "real" else study.gate


@task
class Predictive(OfStudy):
    """Decompose the columns of a study."""

    kind = "predictive"
    program = "mmexplore.labs.yourdata.program:run"

    draws: int = PredictiveSettings.field("draws")

    def settings(self) -> PredictiveSettings:
        """The estimator's settings."""
        return super().settings().replace(draws=self.draws)

    def title(self) -> str:
        """What is run, in words."""
        changed = ", changed" if not self.own_data and self.study().changed() else ""
        return f"Decomposition of {self.rows_named()}{changed}"


@task
class PredictivePairs(OfStudy):
    """Decompose every pair of the modalities of a study; each has the test of S = 0 when it is opened."""

    kind = "predictive-pairs"
    program = "mmexplore.labs.yourdata.program:run_pairs"

    def seconds_of(self, study: Study, dataset: Dataset) -> float:
        """As `seconds`: half as long as the answer for each pair, and each modality once."""
        modalities = len(grouping(study, dataset).groups)
        return (0.5 + modalities * (modalities - 1) / 4) * super().seconds_of(study, dataset)

    def title(self) -> str:
        """What is run, in words."""
        return f"Every pair of modalities of {self.rows_named()}"


@task
class PredictiveLearning(OfStudy):
    """Decompose ever more of the rows of a study, and see whether more of them show more.

    frames: n, and atoms and informations read at that number of rows. result(): `mmexplore.estimators.predictive.curve.LearningCurve.to_dict`.
    """

    kind = "predictive-learning"
    program = "mmexplore.labs.yourdata.program:run_learning"

    def seconds_of(self, study: Study, dataset: Dataset) -> float:
        """As `seconds`: about five times as long as the answer."""
        return 5.0 * super().seconds_of(study, dataset)

    def title(self) -> str:
        """What is run, in words."""
        return f"Learning curve of {self.rows_named()}"


def rows_of(study: Study, fields: Sequence[str] = ROWS) -> str:
    """Which rows and columns a study speaks of, as a text."""
    plain, named = Study(), {"real": study.source == "real", "gate": study.source == "gate"}
    told = {
        name: Study.parameter(name).format(getattr(study, name))
        for name in fields
        if named.get(name, getattr(study, name) != getattr(plain, name))
    }
    return urlencode(told)


def task_of(study: Study, sha256: str) -> Predictive:
    """The run that a study's headline asks for; `sha256` is of the data."""
    data = _data_of(study, sha256, ROWS)
    return Predictive(data=data, classes=study.bins_y, draws=study.draws, level=study.level, seed=study.seed)


def pairs_task_of(study: Study, sha256: str) -> PredictivePairs:
    """The run that the matrix of a study asks for; `sha256` is of the data."""
    return PredictivePairs(
        data=_data_of(study, sha256, PAIR_ROWS), classes=study.bins_y, level=study.level, seed=study.seed
    )


def learning_task_of(study: Study, sha256: str) -> PredictiveLearning:
    """The run that the learning curve of a study asks for; `sha256` is of the data."""
    return PredictiveLearning(
        data=_data_of(study, sha256, ROWS), classes=study.bins_y, level=study.level, seed=study.seed
    )


def _data_of(study: Study, sha256: str, fields: Sequence[str]) -> str:
    """The rows as a text; of a visitor's own data a hash of it."""
    data = rows_of(study, fields)
    if study.source != "file":
        return data
    return f"own?id={hashlib.sha256(json.dumps([sha256, data]).encode()).hexdigest()[:16]}"


def view_of(made: Predictive | PredictivePairs | PredictiveLearning) -> Study | None:
    """The study that shows a run; None of a visitor's own data."""
    if made.own_data:
        return None
    if isinstance(made, PredictivePairs | PredictiveLearning):
        return made.study().replace(bins_y=made.classes, level=made.level, seed=made.seed)
    return made.study().replace(bins_y=made.classes, draws=made.draws, level=made.level, seed=made.seed)
