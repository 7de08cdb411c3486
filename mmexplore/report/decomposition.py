"""The parts of a report on a decomposition: its figures and tables, its definitions and sources."""

from __future__ import annotations

import dataclasses
import math
import platform
from collections.abc import Sequence
from importlib import metadata
from typing import TYPE_CHECKING

from mmexplore.plot.decomposition import atoms_figure, bins_figure, sizes_figure
from mmexplore.plot.kinds import Heat
from mmexplore.plot.tables import Table
from mmexplore.report.content import Content, Reference, Section
from mmexplore.types import ATOMS, INFORMATION_SYMBOLS

if TYPE_CHECKING:
    from mmexplore.estimators.tables.curves import BinsCurve, SizeCurve
    from mmexplore.estimators.tables.estimate import Estimate

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "pandas")

DEFINITIONS = {
    "I1, I2, I12": "Mutual informations of the target with modality 1, with modality 2, and with both together, in bits. "
    "One bit halves what is not known of the target.",
    "R, redundancy": "What either modality tells on its own. R = I1 + I2 − I*.",
    "U1, U2, uniqueness": "What only one modality tells. U1 = I* − I2, U2 = I* − I1.",
    "S, synergy": "Information that neither carries alone and both carry together. S = I12 − I*.",
    "I*, union information": "The one number that a measure supplies. BROJA: the least I12 over all tables with the same "
    "p(x1, y) and p(x2, y).",
    "Plug-in": "The decomposition of the frequencies as they were counted. Few rows make I12 and S too large.",
    "Interval": "Where the population's value is thought to be, from rows drawn again with replacement.",
    "Null band, p-value": "What rows show in which there is nothing, by shuffling. p is the chance of as much as was seen.",
    "Certified gap": "How far the solver's answer may be from the exact one of this table. It says nothing of sampling error.",
}
REFERENCES = (
    Reference(
        "Williams & Beer 2010. Nonnegative decomposition of multivariate information.",
        "https://arxiv.org/abs/1004.2515",
    ),
    Reference(
        "Bertschinger, Rauh, Olbrich, Jost & Ay 2014. Quantifying unique information. Entropy 16(4), 2161-2183.",
        "https://arxiv.org/abs/1311.2852",
    ),
    Reference(
        "Liang, Cheng, Fan, Ling, Nie, Chen, Deng, Allen, Auerbach, Mahmood, Salakhutdinov & Morency 2023. Quantifying & modeling "
        "multimodal interactions: an information decomposition framework. NeurIPS.",
        "https://arxiv.org/abs/2302.12247",
    ),
    Reference(
        "Panzeri & Treves 1996. Analytical estimates of limited sampling biases in different information measures. "
        "Network 7(1), 87-107."
    ),
    Reference("Efron & Tibshirani 1993. An introduction to the bootstrap. Chapman & Hall."),
    Reference(
        "Phipson & Smyth 2010. Permutation p-values should never be zero. Statistical Applications in Genetics and "
        "Molecular Biology 9(1), 39.",
        "https://arxiv.org/abs/1603.05766",
    ),
)


def nulls_table(estimate: Estimate) -> Table:
    """The p-values of every null that was tried; `null_questions` says what they mean."""
    keys = (*ATOMS, *INFORMATION_SYMBOLS)
    rows = tuple((n.kind.label, n.done, *(n.p_values.get(key) for key in keys)) for n in estimate.nulls)
    return Table(
        (
            "rows in which",
            "drawn",
            "p of R",
            "p of U1",
            "p of U2",
            "p of S",
            "p of I1",
            "p of I2",
            "p of I12",
        ),
        rows,
        "Is it more than chance?",
    )


def null_questions(estimate: Estimate) -> tuple[str, ...]:
    """What each null asks."""
    return tuple(f"{n.kind.label}: {n.kind.question}" for n in estimate.nulls)


def decomposition_content(
    estimate: Estimate,
    about: Content,
    *,
    version: str,
    names: Sequence[str] = ("modality 1", "modality 2", "target"),
    sizes: SizeCurve | None = None,
    bins: BinsCurve | None = None,
    table: Heat | None = None,
) -> Content:
    """A whole report on an estimate.

    Args:
        estimate: from rows.
        about: what is known beside it: title, question, data, findings, script ... Its facts, warnings, sections and settings stay and
            those of the estimate are added.
        version: of mmexplore.
        names: of modality 1, modality 2 and target.
        sizes, bins, table: figures that are left out where None.
    """
    settings = {p.name: getattr(estimate.settings, p.name) for p in estimate.settings.parameters() if p.name != "seed"}
    facts = {"Rows counted": f"{estimate.n:,}", "States": " x ".join(f"{k:,}" for k in estimate.shape)}
    if "Solver" not in (*about.data, *about.settings):
        gap = float(estimate.plugin.gap)
        certified = f"every atom of the counted table within {gap:.1e} bit" if math.isfinite(gap) else "no certificate"
        facts["Solver"] = certified
    light = () if estimate.light.colour == "green" else (estimate.light.sentence,)
    return dataclasses.replace(
        about,
        data={**about.data, **facts},
        warnings=tuple(dict.fromkeys((*light, *estimate.warnings, *about.warnings))),
        sections=(*_sections(estimate, names, sizes, bins, table), *about.sections),
        settings={**about.settings, **settings},
        seeds={"seed": estimate.settings.seed},
        versions={"mmexplore": version, **library_versions()},
        definitions=DEFINITIONS,
        references=REFERENCES,
    )


def _sections(
    estimate: Estimate, names: Sequence[str], sizes: SizeCurve | None, bins: BinsCurve | None, table: Heat | None
) -> list[Section]:
    """The figures and tables of an estimate, under their questions."""
    sections = [Section("The decomposition", (atoms_figure(estimate, names[:2]),))]
    if estimate.nulls:
        sections.append(Section("Is it more than chance?", (nulls_table(estimate), *null_questions(estimate))))
    if sizes is not None:
        sections.append(Section("Are the rows enough?", (estimate.light.sentence, sizes_figure(sizes, names[:2]))))
    if bins is not None:
        sections.append(Section("What did the number of bins do?", (bins_figure(bins, names[:2]),)))
    if table is not None:
        sections.append(Section("The table that was counted", (table,)))
    return sections


def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that the numbers depend on."""
    versions = {"Python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions
