"""The parts of a report on a decomposition: its figures and tables, its definitions and sources."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mmexplore.report.content import (
    Atom,
    Bar,
    Bars,
    Content,
    Curves,
    Heat,
    Reference,
    Section,
    Series,
    Table,
)
from mmexplore.types import ATOM_WORDS

if TYPE_CHECKING:
    from mmexplore.estimators.tables.curves import BinsCurve, SizeCurve
    from mmexplore.estimators.tables.estimate import Estimate

_ATOMS: dict[str, tuple[Atom, str]] = {name: (cast(Atom, w.symbol), w.label) for name, w in ATOM_WORDS.items()}
_INFORMATIONS = {"i1": "I1, {0} alone", "i2": "I2, {1} alone", "i12": "I12, both together"}
_MODALITIES = ("modality 1", "modality 2")
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "pandas")

DEFINITIONS = {
    "I1, I2, I12": "Mutual informations of the target with modality 1, with modality 2, and with both together, in bits. "
    "One bit halves what is not known of the target.",
    "R, redundancy": "What either modality tells on its own. R = I1 + I2 − I*.",
    "U1, U2, uniqueness": "What only one modality tells. U1 = I* − I2, U2 = I* − I1.",
    "S, synergy": "What neither tells alone and both tell together. S = I12 − I*.",
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


def atoms_figure(
    estimate: Estimate,
    names: Sequence[str] = _MODALITIES,
    *,
    title: str = "The decomposition",
    informations: bool = True,
) -> Bars:
    """Bars of the atoms (and the informations) with their intervals and the band of the chosen null."""
    null = estimate.nulls[0] if estimate.nulls else None
    wanted = [(key, atom, label) for key, (atom, label) in _ATOMS.items()]
    if informations:
        wanted += [(key, "", label) for key, label in _INFORMATIONS.items()]
    bars = []
    for key, atom, label in wanted:
        interval = estimate.intervals.get(key)
        bars.append(
            Bar(
                label.format(*names),
                float(getattr(estimate.value, key)),
                atom,
                low=None if interval is None else interval.low,
                high=None if interval is None else interval.high,
                null_low=None if null is None else null.low[key],
                null_high=None if null is None else null.high[key],
                null_mean=None if null is None else null.mean[key],
                p_value=None if null is None else null.p_values.get(key),
            )
        )
    note = []
    if estimate.intervals:
        note.append(f"Whiskers: {estimate.settings.level:.0%} intervals.")
    if null is not None:
        note.append(f"Hatched: {estimate.settings.level:.0%} of the values with the {_lower(null.kind.label)}.")
    gap = estimate.plugin.gap
    note.append(
        f"Solver: every atom of the counted table is within {float(gap):.1e} bit."
        if np.isfinite(gap)
        else "Solver: this measure has no certificate."
    )
    return Bars(title, tuple(bars), "bit", note=" ".join(note))


def nulls_table(estimate: Estimate) -> Table:
    """The p-values of every null that was tried; `null_questions` says what they mean."""
    keys = (*_ATOMS, *_INFORMATIONS)
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


def sizes_figure(
    curve: SizeCurve, names: Sequence[str] = _MODALITIES, *, title: str = "Are the rows enough?"
) -> Curves:
    """Atoms against the number of rows used, with bands; the null's synergy as a faint line."""
    series = [
        Series(label.format(*names), curve.mean[key], atom, curve.low.get(key), curve.high.get(key))
        for key, (atom, label) in _ATOMS.items()
    ]
    if "synergy" in curve.null:
        series.append(Series("S by chance", curve.null["synergy"], faint=True))
    return Curves(
        title,
        np.asarray(curve.sizes, dtype=float),
        tuple(series),
        "rows used",
        log=True,
        note=f"Plug-in atoms of {curve.repeats} random subsets of each size. A line that still bends at the right has not "
        "seen enough rows.",
    )


def bins_figure(
    curve: BinsCurve, names: Sequence[str] = _MODALITIES, *, title: str = "What did the number of bins do?"
) -> Curves:
    """Atoms against the number of bins; what the shuffled target gives as a faint line."""
    bins = [point.bins for point in curve.points]
    numbers = all(isinstance(b, (int, np.integer)) for b in bins)
    x = np.array(bins if numbers else range(1, len(bins) + 1), dtype=float)
    series = [Series(label.format(*names), curve.values(key), atom) for key, (atom, label) in _ATOMS.items()]
    if any(point.null for point in curve.points):
        null = np.array([point.null.get("synergy", np.nan) for point in curve.points])
        series.append(Series("S by chance", null, faint=True))
    return Curves(
        title,
        x,
        tuple(series),
        "bins of each modality",
        x_texts=() if numbers else tuple(str(b) for b in bins),
        note="Plug-in atoms. More bins keep more of the measurement and leave fewer rows in each cell: synergy grows about with "
        "the square of the bins by chance alone.",
    )


def table_figure(
    p: np.ndarray,
    labels: tuple[Sequence[Any], Sequence[Any], Sequence[Any]],
    names: Sequence[str] = (*_MODALITIES, "target"),
    *,
    title: str = "The table",
) -> Heat:
    """p(x1, x2, y) as one map for each state of the target."""
    rows, columns, panels = (tuple(str(v) for v in each) for each in labels)
    return Heat(
        title,
        np.moveaxis(np.asarray(p, dtype=float), -1, 0),
        panels,
        rows,
        columns,
        panel_label=names[2],
        row_label=names[0],
        column_label=names[1],
    )


def decomposition_content(
    estimate: Estimate,
    about: Content,
    *,
    version: str,
    names: Sequence[str] = (*_MODALITIES, "target"),
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


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
