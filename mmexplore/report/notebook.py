"""Results as notebooks show them: a short table with a bar beside every number, without scripts; every text is taken as text.

Formulas are not looked for in it (classes that MathJax skips). `mmexplore.plot.atoms(result)` is the figure of the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mmexplore.devices import on_host
from mmexplore.display import shows
from mmexplore.estimators.estimate_pid import PIDEstimate
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.palette import ATOMS as INKS
from mmexplore.plot.document import element, text
from mmexplore.plot.kinds import Bars
from mmexplore.plot.results import atoms, certificate, tidy
from mmexplore.plot.text import number
from mmexplore.types import ATOM_SYMBOLS, INFORMATION_SYMBOLS, PID

_LONGEST = 1200  # characters of the line of warnings
_WIDTH = 150  # pixels of the longest bar


@shows(PIDEstimate)
def estimate_html(estimate: PIDEstimate) -> str:
    """A decomposition of rows: its numbers with intervals, what may mislead."""
    facts = f"{estimate.n:,} rows; {estimate.dims[0]:,} and {estimate.dims[1]:,} columns; {estimate.seconds:.1f} s"
    failed = (check.words for check in estimate.checks if not check.passed)
    return _framed(atoms(estimate), facts, (*failed, *estimate.warnings))


@shows(Estimate)
def table_estimate_html(estimate: Estimate) -> str:
    """The same of rows of labels, with what chance alone gives."""
    facts = f"{estimate.n:,} rows; {' x '.join(f'{k:,}' for k in estimate.shape)} states. {estimate.light.sentence}"
    return _framed(atoms(estimate), facts, estimate.warnings)


@shows(PID)
def pid_html(pid: PID) -> str:
    """One decomposition with its certificate; of a batch, the ranges."""
    if np.ndim(on_host(pid.i12)):
        names = (*ATOM_SYMBOLS, *INFORMATION_SYMBOLS)
        numbers = {name: np.asarray(on_host(getattr(pid, name)), dtype=float) for name in names}
        return _batch(numbers, f"{pid.measure}, {pid.unit}; {certificate(pid)}")
    failed = () if bool(on_host(pid.converged)) else (f"The solver stopped before {pid.tolerance:g} {pid.unit}.",)
    return _framed(atoms(pid), f"Certificate: {certificate(pid)}", failed)


def _batch(numbers: dict[str, np.ndarray], facts: str) -> str:
    shape = " x ".join(f"{k:,}" for k in numbers["i12"].shape)
    symbols = ATOM_SYMBOLS | INFORMATION_SYMBOLS
    ranges = (
        f"{symbol} {number(tidy(np.nanmin(numbers[name])))} to {number(tidy(np.nanmax(numbers[name])))}"
        for name, symbol in symbols.items()
        if np.isfinite(numbers[name]).any()
    )
    return element("p", text(f"A batch of {shape} decompositions ({facts}). {'; '.join(ranges)}", _LONGEST))


def _framed(figure: Bars, facts: str, warnings: Iterable[str]) -> str:
    numbers = figure.table()
    most = max((abs(bar.value) for bar in figure.bars if np.isfinite(bar.value)), default=0.0) or 1.0
    head = "".join(element("th", text(name, 40), style="text-align:left") for name in (*numbers.columns, ""))
    rows = []
    for bar, cells in zip(figure.bars, numbers.rows, strict=True):
        shown = [_cell(cell) for cell in cells]
        colour = INKS[bar.atom].fill["light"] if bar.atom else "#7a8088"
        wide = _WIDTH * min(abs(bar.value) / most, 1.0) if np.isfinite(bar.value) else 0.0
        strip = element("div", "", style=f"height:11px;width:{wide:.0f}px;background:{colour}")
        rows.append(element("tr", "".join(element("td", cell, style="text-align:left") for cell in (*shown, strip))))
    said = " · ".join(warnings)
    parts = [
        element("strong", text(figure.title)),
        element("p", text(facts, _LONGEST), style="margin:.3em 0;opacity:.75"),
        element("table", element("thead", element("tr", head)) + element("tbody", "".join(rows))),
        element("p", text(figure.note, _LONGEST), style="margin:.3em 0;opacity:.75") if figure.note else "",
        element("p", text(said, _LONGEST), style="border-left:4px solid #D55E00;padding-left:.6em") if said else "",
    ]
    return element("div", "".join(parts), class_="mmexplore-result tex2jax_ignore mathjax_ignore")


def _cell(cell: object) -> str:
    if isinstance(cell, tuple):
        return text(f"{number(cell[-2])} to {number(cell[-1])}")
    return text(number(cell)) if isinstance(cell, int | float) else "–" if cell is None else text(cell)
