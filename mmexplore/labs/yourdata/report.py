"""A study as figures and as a report: what the page shows and what the file holds are made here, once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from mmexplore.estimators.tables.curves import BinsCurve, SizeCurve
from mmexplore.estimators.tables.differences import Difference, Group
from mmexplore.estimators.tables.estimate import Estimate, Settings
from mmexplore.labs.yourdata.advice import Advice
from mmexplore.labs.yourdata.script import study_script
from mmexplore.labs.yourdata.study import Prepared, Study
from mmexplore.plot.decomposition import atoms_figure, bins_figure, sizes_figure, table_figure
from mmexplore.plot.kinds import Bar, Bars, Curves, Heat, Series
from mmexplore.plot.tables import Table
from mmexplore.report import Content, Finding, Section, decomposition_content
from mmexplore.report.content import Block
from mmexplore.spec import Parameter
from mmexplore.tabular import csv_text
from mmexplore.types import ATOM_SYMBOLS, ATOM_WORDS, ATOMS, INFORMATION_SYMBOLS, PID
from mmexplore.units import per_bit
from mmexplore.version import __version__

Names = tuple[str, str, str]
_ESTIMATION = {p.name for p in Settings.parameters()}  # told by the report itself
_SCALED = ("value", "low", "high", "null_low", "null_high", "null_mean")


def bars_in_unit(figure: Bars, unit: str) -> Bars:
    """A figure in bits, in the unit."""
    k = per_bit(unit)
    bars = tuple(
        dataclasses.replace(bar, **{name: k * value for name in _SCALED if (value := getattr(bar, name)) is not None})
        for bar in figure.bars
    )
    return dataclasses.replace(figure, bars=bars, unit=unit)


def curves_in_unit(figure: Curves, unit: str) -> Curves:
    """Curves in bits, in the unit."""
    k = per_bit(unit)
    series = tuple(
        dataclasses.replace(s, **{name: k * a for name in ("y", "low", "high") if (a := getattr(s, name)) is not None})
        for s in figure.series
    )
    return dataclasses.replace(figure, series=series, y_label=unit)


def atoms(found: Estimate, names: Names, unit: str, truth: PID | None = None) -> Bars:
    """The atoms with intervals and null band; the population's beside them where they are known."""
    figure = atoms_figure(found, names[:2], title=f"What {found.n:,} rows say about {names[2]}", informations=False)
    if truth is not None:
        pairs = zip(figure.bars, ATOMS, strict=True)
        both = [(bar, Bar("… in truth", float(getattr(truth, name)))) for bar, name in pairs]
        figure = dataclasses.replace(
            figure,
            bars=tuple(bar for pair in both for bar in pair),
            note=f"{figure.note} Grey bars: the world the rows were drawn from.",
        )
    return bars_in_unit(figure, unit)


def sizes(curve: SizeCurve, names: Names, unit: str, truth: PID | None = None) -> Curves:
    """Atoms against the rows used; the truth as faint lines where it is known."""
    figure = sizes_figure(curve, names[:2])
    if truth is not None:
        lines = [
            Series(f"{symbol} in truth", np.full(len(curve.sizes), float(getattr(truth, name))), faint=True)
            for name, symbol in ATOM_SYMBOLS.items()
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


def before_after(found: Difference, names: Names, unit: str) -> Bars:
    """Both answers side by side."""
    called = _called(names)
    bars = []
    for name, symbol in ATOM_SYMBOLS.items():
        bars.append(Bar(called[name], float(getattr(found.after, name)), symbol))  # type: ignore[arg-type]
        bars.append(Bar("… before", float(getattr(found.before, name))))
    rows = (
        f"{found.n_before:,} rows"
        if found.n_before == found.n_after
        else f"{found.n_before:,} rows before, {found.n_after:,} after"
    )
    return bars_in_unit(Bars("Before and after", tuple(bars), note=f"Plug-in of {rows}. Grey bars: before."), unit)


def change(found: Difference, names: Names, unit: str, after: Prepared) -> Bars:
    """After minus before, with intervals, and what was done to the rows."""
    called = _called(names)
    bars = []
    for name, symbol in ATOM_SYMBOLS.items():
        interval = found.intervals.get(name)
        ends = {} if interval is None else {"low": interval.low, "high": interval.high}
        bars.append(Bar(called[name], found.values[name], symbol, **ends))  # type: ignore[arg-type]
    how = "the same rows drawn again on both sides" if found.paired else "each side drawn again by itself"
    note = " ".join(f"{said}." for said in (*after.done, f"Whiskers: {how}"))
    return bars_in_unit(Bars("After minus before", tuple(bars), note=note), unit)


def _called(names: Names) -> dict[str, str]:
    return {atom: words.label.format(*names) for atom, words in ATOM_WORDS.items()}


def numbers(found: Estimate, unit: str) -> Table:
    """Every number with its interval, predicted bias, nulls and p-values."""
    k = per_bit(unit)
    columns = ["", f"plug-in ({unit})"]
    if found.corrected:
        columns.append(f"corrected: {found.settings.correction}")
    columns += ["interval, low", "interval, high", "predicted bias"]
    for null in found.nulls:
        columns += [f"{null.kind.label}: mean", f"{null.kind.label}: p"]
    bias = dataclasses.asdict(found.bias)
    rows: list[tuple[str | float | None, ...]] = []
    for name in (*ATOMS, "i1", "i2", "i12"):
        title = ATOM_SYMBOLS.get(name) or INFORMATION_SYMBOLS[name]
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


def numbers_csv(found: Estimate, unit: str) -> str:
    """`numbers` as CSV text; no cell is a formula to a spreadsheet."""
    made = numbers(found, unit)
    return csv_text((made.columns, *made.rows))


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
    changed: Difference | None = None,
    truth: PID | None = None,
    more: Sequence[Section] = (),
    first: Sequence[str] = (),
) -> Content:
    """Everything a referee wants to see of a study, in its unit."""
    made = [f"{name}: {'; '.join(one.sentences())}" for name, one in zip(names, prepared.made, strict=False)]
    added = [Section("Every number", (numbers(found, "bit"),))]
    if truth is not None:
        rows = tuple((symbol, float(getattr(truth, name))) for name, symbol in ATOM_SYMBOLS.items())
        added.append(Section("In truth", (Table(("", "bit"), rows, "The world the rows were drawn from"),)))
    if changed is not None:
        figures = (before_after(changed, names, "bit"), change(changed, names, "bit", prepared))
        added.append(Section("What the what-ifs change", (*figures, *changed.warnings)))
    if by_group:
        added.append(Section(f"Subgroups by {study.slice}", groups(by_group, names, "bit", study.slice)))
    added += more
    added.append(Section("How the rows became states", (*made, *prepared.said)))
    about = Content(
        title=f"What {names[0]} and {names[1]} tell about {names[2]}",
        question="What do these two modalities tell about the target, and can one believe it?",
        findings=tuple(Finding(c.sentence, c.verdict, c.reason) for c in reading.claims),
        warnings=(*(f"{words}." for words in first), *reading.caveats),
        sections=tuple(added),
        settings={p.label: shown(p, getattr(study, p.name)) for p in study.parameters() if p.name not in _ESTIMATION},
        data={
            "Data": prepared.name,
            "Modality 1": listed(prepared.roles.x1),
            "Modality 2": listed(prepared.roles.x2),
            "Target": listed(prepared.roles.y),
            "Roles": prepared.roles.why,
            "Solver": f"plug-in within {float(found.plugin.gap):.1e} bit, replicates within {found.solver_gap_max:.1e} bit",
        },
        sha256=sha256,
        script=study_script(study, prepared, measured=bool(more)),
    )
    content = decomposition_content(
        found,
        about,
        version=__version__,
        names=names,
        sizes=against_rows,
        bins=against_bins,
        table=table(prepared, names),
    )
    return content if study.unit == "bit" else _content_in_unit(content, study.unit)


def _content_in_unit(content: Content, unit: str) -> Content:
    """A report in bits, in the unit."""

    def turned(block: Block) -> Block:
        if isinstance(block, Bars):
            return bars_in_unit(block, unit)
        if isinstance(block, Curves):
            return curves_in_unit(block, unit)
        if isinstance(block, Table) and any("bit" in c for c in block.columns):
            return _table_in_unit(block, unit)
        return block

    sections = tuple(Section(s.title, tuple(turned(block) for block in s.blocks)) for s in content.sections)
    return dataclasses.replace(
        content, sections=sections, definitions={**content.definitions, "Unit": "1 nat = 1.4427 bit."}
    )


def _table_in_unit(made: Table, unit: str) -> Table:
    """Every number but p-values."""
    k = per_bit(unit)
    kept = {n for n, column in enumerate(made.columns) if column.endswith(": p") or column.startswith("p of")}
    rows = tuple(
        tuple(k * cell if isinstance(cell, float) and n not in kept else cell for n, cell in enumerate(row))
        for row in made.rows
    )
    return Table(tuple(c.replace("bit", unit) for c in made.columns), rows, made.caption)


def listed(names: Sequence[str]) -> str:
    """Column names as a report lists them."""
    return ", ".join(names[:40]) + (f" and {len(names) - 40:,} more" if len(names) > 40 else "")


def shown(parameter: Parameter, value: object) -> str:
    """A setting as a report tells it."""
    text = parameter.format(value)
    return text if len(text) <= 300 else f"{text[:300]} …"
