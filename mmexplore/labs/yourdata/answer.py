"""A study answered in full, without a page: estimate, curves, subgroups, and the report that holds them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from mmexplore import datasets
from mmexplore.errors import BadData, Unsupported
from mmexplore.estimators.estimate_pid import estimate_rows
from mmexplore.estimators.pids import REGISTRY
from mmexplore.estimators.pids.predictive import PredictiveSettings
from mmexplore.estimators.tables.curves import BinsCurve, Codes, SizeCurve, against_bins, against_n
from mmexplore.estimators.tables.differences import Difference, Group, difference, per_group
from mmexplore.estimators.tables.estimate import Estimate, estimate
from mmexplore.estimators.tables.replicates import Progress, Stop
from mmexplore.estimators.watching import Collector
from mmexplore.info.pid import pid
from mmexplore.labs.yourdata import changes
from mmexplore.labs.yourdata.advice import Advice, advise
from mmexplore.labs.yourdata.evidence import evidence_of, evidence_of_predictors
from mmexplore.labs.yourdata.first_words import first_words
from mmexplore.labs.yourdata.headline import Headline, headline_of
from mmexplore.labs.yourdata.headline_report import headline_content
from mmexplore.labs.yourdata.modalities import modalities
from mmexplore.labs.yourdata.predicted_states import predicted_states
from mmexplore.labs.yourdata.report import Names, report_of
from mmexplore.labs.yourdata.study import Prepared, Study, checked_roles, prepare
from mmexplore.labs.yourdata.without_bins import measured, without_bins
from mmexplore.labs.yourdata.without_bins_report import sections
from mmexplore.report import Content, Section
from mmexplore.tabular import Dataset, Roles
from mmexplore.tabular.select import common_name
from mmexplore.types import PID
from mmexplore.whatif import subgroups

BINS = tuple(range(2, 13))


@dataclass(frozen=True)
class Answer:
    """What a study found.

    Attributes:
        prepared: the rows as states.
        found: the estimate.
        reading: what it allows one to say.
        content: the report.
        first: what a reader has to know before the numbers.
    """

    prepared: Prepared
    found: Estimate
    reading: Advice
    content: Content
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataAnswer:
    """What a study of the data found.

    Attributes:
        headline: the answer, by predictors.
        prepared: the same rows as states; None where they make no table.
        reading: what it allows one to say.
        content: the report.
        first: what a reader has to know before the numbers.
        changed: what the study's what-ifs did, each answer by its predictors; empty without them.
    """

    headline: Headline
    prepared: Prepared | None
    reading: Advice
    content: Content
    first: tuple[str, ...] = ()
    changed: tuple[changes.Answer, ...] = ()


def data_answer(study: Study, dataset: Dataset, *, progress: Progress | None = None) -> DataAnswer:
    """Everything a report of the data holds, computed here.

    Raises:
        BadData, Unsupported: see `mmexplore.labs.yourdata.modalities.modalities`, and what predictors cannot take.
    """
    roles = checked_roles(study, dataset)
    names = names_of(study, roles)
    headline = _headline(study, dataset, progress)
    before = _headline(study.unchanged(), dataset, progress) if study.changed() else None
    changed = () if before is None else changes.answers_to(before, headline, study, dataset)[0]
    try:
        made: Prepared | None = prepare(study, dataset)
    except BadData:
        made = None
    if made is not None and made.doubt:
        headline = dataclasses.replace(headline, doubt=made.doubt, warnings=(made.doubt, *headline.warnings))
    if study.states_from == "predictions":
        made = predicted_states(headline, study, dataset.name, roles)
    reading = advise(evidence_of_predictors(headline, names, study.unit))
    first = first_words(study, dataset).sentences()
    content = headline_content(headline, study, dataset, roles, made, names, changed=changed, first=first)
    return DataAnswer(headline, made, reading, content, first, changed)


def _headline(study: Study, dataset: Dataset, progress: Progress | None) -> Headline:
    """What predictors say, with what was done to the rows."""
    rows = modalities(study, dataset)
    settings = PredictiveSettings(classes=study.bins_y, draws=study.draws, level=study.level, seed=study.seed)
    estimate = estimate_rows(rows.as_rows(), REGISTRY["predictive"], settings, Collector("cpu", progress))
    headline = headline_of(estimate, rows.rows)
    return dataclasses.replace(headline, warnings=(*rows.said, *headline.warnings))


def names_of(study: Study, roles: Roles) -> Names:
    """What modality 1, modality 2 and target are called."""
    if study.source == "real" and not (study.x1 or study.x2 or study.y):
        return datasets.real_info(study.real).names
    if study.source == "gate":
        return datasets.gate_info(study.gate).names
    target = roles.y[0][:40] if roles.y else "target"
    first, second = common_name(roles.x1), common_name(roles.x2)
    if first == second or target in (first, second):  # a sentence has to say which one it means
        first, second = f"{first} (modality 1)", f"{second} (modality 2)"
    return first, second, target


def truth_of(study: Study) -> PID | None:
    """The population's decomposition in bits, where rows were drawn from a known world and not changed."""
    if study.source != "gate" or study.changed() or study.x1 or study.x2 or study.y:
        return None
    return pid(datasets.gate(study.gate, noise=study.gate_noise), study.measure)


def curve_over_bins(
    study: Study, dataset: Dataset, *, progress: Progress | None = None, should_stop: Stop | None = None
) -> BinsCurve:
    """Atoms against the number of bins of both modalities."""

    def codes(number: int) -> Codes:
        made = prepare(study.replace(bins1=number, bins2=number), dataset)
        if made.codes is None:
            raise Unsupported("a table of probabilities has no bins to change")
        return made.codes

    sampling = prepare(study, dataset).sampling
    return against_bins(codes, BINS, study.settings(), sampling=sampling, progress=progress, should_stop=should_stop)


def what_changed(
    study: Study,
    before: Prepared,
    after: Prepared,
    *,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> Difference | None:
    """What the what-ifs of a study did to its table of states; None of tables of probabilities, which have no rows.

    Args:
        study: with its what-ifs.
        before, after: the states without them and with them.
    """
    if before.codes is None or after.codes is None:
        return None
    return difference(
        before.codes,
        after.codes,
        study.settings(),
        paired=before.rows is not None and after.rows is not None and np.array_equal(before.rows, after.rows),
        sampling=(before.sampling, after.sampling),
        progress=progress,
        should_stop=should_stop,
    )


def by_group(
    study: Study,
    dataset: Dataset,
    made: Prepared,
    *,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> tuple[Group, ...]:
    """An estimate for each value (or range) of the column `study.slice`, in the order of the values."""
    if made.codes is None or made.rows is None:
        raise Unsupported("a table has no rows to slice")
    dataset.column(study.slice)
    labels = np.full(len(dataset), "", dtype=object)
    order: dict[str, int] = {}
    for number, group in enumerate(subgroups(dataset.frame[study.slice])):
        labels[group.rows] = group.label
        order[group.label] = number
    of_rows = labels[made.rows]
    kept = of_rows != ""
    c1, c2, cy = (codes[kept] for codes in made.codes)
    values = of_rows[kept].astype(str)
    sampling = made.sampling.of_rows(kept)
    found = per_group(
        c1, c2, cy, values, study.settings(), sampling=sampling, progress=progress, should_stop=should_stop
    )
    return tuple(sorted(found, key=lambda one: order.get(str(one.label), 0)))


def answer(study: Study, dataset: Dataset) -> Answer:
    """Everything a report holds.

    Raises:
        Unsupported: a table of probabilities, which has no rows to err by (use `mmexplore.pid`).
        BadData: see `prepare`.
    """
    made = prepare(study, dataset)
    if made.codes is None:
        raise Unsupported(
            f"{made.name} is a table of probabilities: it has no rows to estimate from; decompose it as it is"
        )
    settings = study.settings()
    found = estimate(*made.codes, settings, sampling=made.sampling)
    names = names_of(study, made.roles)
    reading = advise(evidence_of(found, names))
    sizes: SizeCurve = against_n(*made.codes, settings, sampling=made.sampling)
    binned = study.method != "categorical" and any(one.numbers for one in made.made[:2])
    first = first_words(study, dataset).sentences()
    content = report_of(
        study,
        made,
        found,
        reading,
        names,
        dataset.sha256,
        against_rows=sizes,
        against_bins=curve_over_bins(study, dataset) if binned else None,
        by_group=by_group(study, dataset, made) if study.slice else (),
        changed=what_changed(study, prepare(study.unchanged(), dataset), made) if study.changed() else None,
        truth=truth_of(study),
        more=_without_bins(study, dataset, made, found, names),
        first=first,
    )
    return Answer(made, found, reading, content, first)


def _without_bins(
    study: Study, dataset: Dataset, made: Prepared, states: Estimate, names: Names
) -> tuple[Section, ...]:
    """The part of the report on measurements as they are; nothing where the columns are none."""
    try:
        rows = measured(study, dataset)
    except (BadData, Unsupported):
        return ()
    cut = made.made[2].bins if rows.target == "scalar" else None
    return sections(without_bins(rows, study), rows, names, states, cut)
