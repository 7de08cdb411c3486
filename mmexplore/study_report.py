"""A study as figures and as a report: what the page shows and what the file holds are made here, once."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

import mmexplore
from mmexplore.advice import Advice
from mmexplore.estimators.compare import Difference, Group
from mmexplore.estimators.curves import BinsCurve, SizeCurve
from mmexplore.estimators.estimate import Estimate
from mmexplore.info.measures import REGISTRY as MEASURES
from mmexplore.report import (
    DEFINITIONS,
    REFERENCES,
    Bar,
    Bars,
    Content,
    Curves,
    Finding,
    Heat,
    Section,
    Series,
    Table,
    atoms_figure,
    bins_figure,
    library_versions,
    nulls_table,
    sizes_figure,
    table_figure,
)
from mmexplore.spec import Parameter
from mmexplore.study import Prepared, Study
from mmexplore.study_script import study_script
from mmexplore.types import ATOMS, PID

Names = tuple[str, str, str]
_ATOM_SYMBOLS = {"redundancy": "R", "unique1": "U1", "unique2": "U2", "synergy": "S"}
_SCALED = ("value", "low", "high", "null_low", "null_high", "null_mean")


def factor(unit: str) -> float:
    """From bits to the unit."""
    return math.log(2.0) if unit == "nat" else 1.0


def in_unit(figure: Bars, unit: str) -> Bars:
    """A figure in bits, in the unit."""
    k = factor(unit)
    bars = tuple(
        dataclasses.replace(bar, **{name: k * value for name in _SCALED if (value := getattr(bar, name)) is not None})
        for bar in figure.bars
    )
    return dataclasses.replace(figure, bars=bars, unit=unit)


def curves_in_unit(figure: Curves, unit: str) -> Curves:
    """Curves in bits, in the unit."""
    k = factor(unit)
    series = tuple(
        dataclasses.replace(s, **{name: k * a for name in ("y", "low", "high") if (a := getattr(s, name)) is not None})
        for s in figure.series
    )
    return dataclasses.replace(figure, series=series, y_label=unit)


def atoms(found: Estimate, names: Names, unit: str, truth: PID | None = None) -> Bars:
    """The atoms with intervals and null band; the population's beside them where they are known."""
    figure = atoms_figure(found, names[:2], title=f"What {found.n:,} rows tell of {names[2]}", informations=False)
    if truth is not None:
        pairs = zip(figure.bars, ATOMS, strict=True)
        both = [(bar, Bar("… in truth", float(getattr(truth, name)))) for bar, name in pairs]
        figure = dataclasses.replace(
            figure,
            bars=tuple(bar for pair in both for bar in pair),
            note=f"{figure.note} Grey bars: the world the rows were drawn from.",
        )
    return in_unit(figure, unit)


def sizes(curve: SizeCurve, names: Names, unit: str, truth: PID | None = None) -> Curves:
    """Atoms against the rows used; the truth as faint lines where it is known."""
    figure = sizes_figure(curve, names[:2])
    if truth is not None:
        lines = [
            Series(f"{symbol} in truth", np.full(len(curve.sizes), float(getattr(truth, name))), faint=True)
            for name, symbol in _ATOM_SYMBOLS.items()
        ]
        kept = [s for s in figure.series if not s.faint]
        figure = dataclasses.replace(figure, series=(*kept, *lines))
    return curves_in_unit(figure, unit)


def bins(curve: BinsCurve, names: Names, unit: str) -> Curves:
    """Atoms against the number of bins."""
    return curves_in_unit(bins_figure(curve, names[:2]), unit)


def table(prepared: Prepared, names: Names) -> Heat:
    """The table that was decomposed."""
    made = prepared.table
    return table_figure(made.p, (made.x1_labels, made.x2_labels, made.y_labels), names)


def groups(found: Sequence[Group], names: Names, unit: str, column: str) -> tuple[Bars, ...]:
    """The decomposition of each subgroup, as small multiples."""
    return tuple(
        dataclasses.replace(atoms(g.estimate, names, unit), title=f"{column[:40]}: {g.label} ({g.rows:,} rows)")
        for g in found
    )


def change(found: Difference, names: Names, unit: str, what: str) -> Bars:
    """After minus before, with intervals."""
    called = {
        "redundancy": "R, redundancy",
        "unique1": f"U1, only {names[0]}",
        "unique2": f"U2, only {names[1]}",
        "synergy": "S, synergy",
    }
    bars = []
    for name, symbol in _ATOM_SYMBOLS.items():
        interval = found.intervals.get(name)
        ends = {} if interval is None else {"low": interval.low, "high": interval.high}
        bars.append(Bar(called[name], found.values[name], symbol, **ends))  # type: ignore[arg-type]
    how = "the same rows drawn again on both sides" if found.paired else "each side drawn again by itself"
    return in_unit(Bars("After minus before", tuple(bars), note=f"{what} Whiskers: {how}."), unit)


def numbers(found: Estimate, unit: str) -> Table:
    """Every number with its interval, predicted bias, nulls and p-values."""
    k = factor(unit)
    columns = ["", f"plug-in ({unit})"]
    if found.corrected:
        columns.append(f"corrected: {found.settings.correction}")
    columns += ["interval, low", "interval, high", "predicted bias"]
    for null in found.nulls:
        columns += [f"{null.kind.label}: mean", "p"]
    bias = dataclasses.asdict(found.bias)
    rows: list[tuple[str | float | None, ...]] = []
    for name in (*ATOMS, "i1", "i2", "i12"):
        title = _ATOM_SYMBOLS.get(name) or {"i1": "I1", "i2": "I2", "i12": "I12"}[name]
        interval = found.intervals.get(name)
        row: list[str | float | None] = [title, k * float(getattr(found.plugin, name))]
        if found.corrected:
            row.append(k * float(getattr(found.value, name)))
        row += [None, None] if interval is None else [k * interval.low, k * interval.high]
        predicted = bias.get(name)
        row.append(None if predicted is None else k * float(predicted))
        for null in found.nulls:
            row += [k * null.mean[name], null.p_values.get(name)]
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows), "Every number")


def report_of(
    study: Study,
    prepared: Prepared,
    found: Estimate,
    reading: Advice,
    names: Names,
    sha256: str,
    *,
    against_rows: SizeCurve | None = None,
    against_bins: BinsCurve | None = None,
    by_group: Sequence[Group] = (),
    truth: PID | None = None,
) -> Content:
    """Everything a referee wants to see of a study."""
    unit = study.unit
    measure = MEASURES[study.measure]
    sections = [
        Section("The decomposition", (atoms(found, names, unit, truth), numbers(found, unit), nulls_table(found)))
    ]
    if against_rows is not None and len(against_rows.sizes):
        sections.append(Section("Is n enough?", (sizes(against_rows, names, unit, truth),)))
    if against_bins is not None and against_bins.points:
        sections.append(Section("Does the binning decide?", (bins(against_bins, names, unit),)))
    if by_group:
        sections.append(Section("Subgroups", groups(by_group, names, unit, study.slice)))
    made = [f"{name}: {'; '.join(one.sentences())}" for name, one in zip(names, prepared.made, strict=False)]
    sections.append(Section("How the rows became states", (*made, *prepared.said, table(prepared, names))))
    return Content(
        title=f"What {names[0]} and {names[1]} tell about {names[2]}",
        question="What do these two modalities tell about the target, and can one believe it?",
        data={
            "Data": prepared.name,
            "Rows counted": f"{prepared.n:,}",
            "Modality 1": _listed(prepared.roles.x1),
            "Modality 2": _listed(prepared.roles.x2),
            "Target": _listed(prepared.roles.y),
            "Roles": prepared.roles.why,
            "Solver": f"plug-in within {float(found.plugin.gap):.1e} bit, replicates within {found.solver_gap_max:.1e} bit",
        },
        sha256=sha256,
        findings=tuple(Finding(c.sentence, c.verdict, c.reason) for c in reading.claims),
        warnings=(found.light.sentence, *found.warnings, *reading.caveats),
        sections=tuple(sections),
        settings={p.label: _shown(p, getattr(study, p.name)) for p in study.parameters()},
        seeds={"seed": study.seed},
        versions={"mmexplore": mmexplore.__version__, **library_versions()},
        definitions={**DEFINITIONS, f"Measure {measure.label}": f"{measure.summary} {measure.reference}."},
        references=REFERENCES,
        script=study_script(study, prepared),
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:40]) + (f" and {len(names) - 40:,} more" if len(names) > 40 else "")


def _shown(parameter: Parameter, value: object) -> str:
    text = parameter.format(value)
    return text if len(text) <= 300 else f"{text[:300]} …"
