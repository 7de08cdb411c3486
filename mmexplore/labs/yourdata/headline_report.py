"""The report on an estimate by predictors, of a study of the data or by itself: what predictors find, how sure it is, which way it errs, and what the chosen bins keep of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from mmexplore.estimators.predictive.curve import LearningCurve
from mmexplore.labs.yourdata import learning
from mmexplore.labs.yourdata.advice import advise
from mmexplore.labs.yourdata.bins_kept import BinsKept, bins_kept
from mmexplore.labs.yourdata.changes import Answer, section
from mmexplore.labs.yourdata.evidence import evidence_of_predictors
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.headline_figures import COVERAGE, atoms, informations, numbers, predictors
from mmexplore.labs.yourdata.predictive_settings import PredictiveChoices
from mmexplore.labs.yourdata.report import Names, listed, shown
from mmexplore.labs.yourdata.script import data_script
from mmexplore.labs.yourdata.study import Prepared, Study
from mmexplore.labs.yourdata.task import ROWS
from mmexplore.report import Content, Finding, Reference, Section, library_versions
from mmexplore.tabular import Dataset, Roles
from mmexplore.types import ATOM_SYMBOLS
from mmexplore.version import __version__

DEFINITIONS = {
    "I1, I2, I12": "What modality 1, modality 2 and both tell of the target: the mean of log2 p(class | columns) / p(class) over rows that the "
    "predictors were not fitted on. A lower bound of the mutual information.",
    "R, redundancy": "What either modality tells on its own. R = I1 + I2 − I*.",
    "U1, U2, uniqueness": "What only one modality tells. U1 = I* − I2, U2 = I* − I1.",
    "S, synergy": "Information that neither carries alone and both carry together. S = I12 − I*; in two parts: what adding up the two predictions gains over I*, and "
    "what no such sum tells (interaction).",
    "I*, union information": "BROJA: the least that two modalities can tell together which tell as much alone; here the value of its dual problem on "
    "rows that did not choose it.",
    "Interval": f"Over rows (or groups, or blocks of time), at the level named; the predictors are taken as they are. {COVERAGE}",
    "Bound without a model": "Holds whatever the predictors miss: R ≥ I1 + I2 − H(Y), S ≤ H(Y) − max(I1, I2), U1 ≤ H(Y) − I2.",
}
REFERENCES = (
    Reference(
        "Bertschinger, Rauh, Olbrich, Jost & Ay 2014. Quantifying unique information. Entropy 16(4), 2161-2183.",
        "https://arxiv.org/abs/1311.2852",
    ),
    Reference(
        "Banerjee, Olbrich, Jost & Rauh 2018. Unique informations and deficiencies.", "https://arxiv.org/abs/1807.05103"
    ),
    Reference(
        "Liang et al. 2023. Multimodal learning without labeled multimodal data: guarantees and applications.",
        "https://arxiv.org/abs/2306.04539",
    ),
    Reference(
        "Bates, Hastie & Tibshirani 2023. Cross-validation: what does it estimate and how well does it do it?",
        "https://arxiv.org/abs/2104.00673",
    ),
)


def headline_content(
    headline: Headline,
    study: Study,
    dataset: Dataset,
    roles: Roles,
    made: Prepared | None,
    names: Names,
    curve: LearningCurve | None = None,
    changed: Sequence[Answer] = (),
    first: Sequence[str] = (),
) -> Content:
    """Everything a referee wants to see of a study of the data, in its unit.

    Args:
        headline: the answer.
        study: as it was asked.
        dataset: the data.
        roles: which columns play which part.
        made: the table of states of the same rows; None where there is none.
        names: of modality 1, modality 2 and target.
        curve: what is read against the number of rows, where it was run.
        changed: answers to the what-ifs of the study, where there are some.
        first: what a reader has to know before the numbers.
    """
    told = (*ROWS, "bins_y", "draws", "level", *(p.name for p in PredictiveChoices.parameters()))
    about = Content(
        title=title_of(names),
        data={
            "Data": dataset.name,
            "Modality 1": listed(roles.x1),
            "Modality 2": listed(roles.x2),
            "Target": listed(roles.y),
            "Roles": roles.why,
        },
        sha256=dataset.sha256,
        settings={p.label: shown(p, getattr(study, p.name)) for p in Study.parameters() if p.name in told},
        seeds={"Seed": study.seed},
        script=data_script(study, dataset),
    )
    kept = None if made is None else bins_kept(headline, made)
    content = predictive_content(headline, about, names, study.unit, kept, curve)
    read = (Section("How the file was read", tuple(f"{note}." for note in dataset.notes)),) if dataset.notes else ()
    what_if = (section(changed, names, study.unit, study.level),) if changed else ()
    return dataclasses.replace(
        content,
        warnings=(*(f"{words}." for words in first), *content.warnings),
        sections=(*content.sections, *what_if, *read),
    )


def title_of(names: Names) -> str:
    """Of a report."""
    return f"What {names[0]} and {names[1]} tell about {names[2]}"


def predictive_content(
    headline: Headline,
    about: Content,
    names: Names,
    unit: str = "bit",
    kept: BinsKept | None = None,
    curve: LearningCurve | None = None,
) -> Content:
    """A whole report on what predictors say.

    Args:
        headline: the answer.
        about: what is known beside it: title, data, settings, seeds, script. Its facts stay, and those of the answer are added.
        names: of modality 1, modality 2 and target.
        unit: of every number.
        kept: what chosen bins keep; left out where None.
        curve: what is read against the number of rows; left out where None.
    """
    reading = advise(evidence_of_predictors(headline, names, unit))
    facts = {
        "Rows": f"{headline.n:,} given, {headline.rows.n:,} used",
        "How the rows were drawn": _drawn(headline),
        "What is decomposed": headline.title,
        "Classes": _classes(headline),
    }
    return dataclasses.replace(
        about,
        question="What do these two modalities tell about the target, and can one believe it?",
        made=f"mmexplore {__version__}",
        data={**about.data, **facts},
        findings=tuple(Finding(c.sentence, c.verdict, c.reason) for c in reading.claims),
        warnings=tuple(filter(None, (headline.light()[1], headline.crowded, *reading.caveats))),
        sections=_sections(headline, names, unit, kept, curve),
        versions={"mmexplore": __version__, **library_versions()},
        definitions=DEFINITIONS if unit == "bit" else {**DEFINITIONS, "Unit": "1 nat = 1.4427 bit."},
        references=REFERENCES,
    )


def _sections(
    headline: Headline, names: Names, unit: str, kept: BinsKept | None, curve: LearningCurve | None
) -> tuple[Section, ...]:
    leans = tuple(f"{ATOM_SYMBOLS[a]}: {words}" for a, words in headline.leans.items() if a in ATOM_SYMBOLS)
    sections = [
        Section("What the data tell", (atoms(headline, names, unit), informations(headline, names, unit))),
        Section("Every number", (numbers(headline, unit), *leans)),
        Section(
            "The predictors",
            (predictors(headline, names, unit), headline.calibrated[1], headline.proven[1], *_tests(headline)),
        ),
    ]
    if curve is not None:
        sections.append(learning.section(curve, names, unit))
    if kept is not None:
        words = f"{kept.lost.words()}. The certified table speaks of the states alone, whatever they lost."
        sections.append(Section("What the chosen bins keep", (words, kept.numbers(unit))))
    if headline.warnings:
        sections.append(Section("What was done, and what may mislead", tuple(headline.warnings)))
    return tuple(sections)


def _drawn(headline: Headline) -> str:
    """What the errors take the rows for: draws of their own, of groups or blocks of a series, of unequal weight."""
    rows = headline.rows
    if rows.clusters is None:
        drawn = "every row on its own"
    else:
        drawn = f"in {len(np.unique(rows.clusters)):,} groups of rows or blocks of a series, each drawn as a whole"
    uneven = float(np.ptp(rows.weights)) > 0
    return f"{drawn}; weights from {rows.weights.min():.3g} to {rows.weights.max():.3g}" if uneven else drawn


def _tests(headline: Headline) -> Sequence[str]:
    return (headline.interaction.words, *(() if headline.synergy is None else (headline.synergy.words,)))


def _classes(headline: Headline) -> str:
    names = ", ".join(headline.classes[:20]) + (
        f" and {len(headline.classes) - 20} more" if len(headline.classes) > 20 else ""
    )
    gone = ", ".join(f"{name} ({count} rows)" for name, count in list(headline.dropped.items())[:20])
    return f"{names}; left out: {gone}" if gone else names
