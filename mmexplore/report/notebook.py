"""Results as notebooks show them: a small piece of HTML that needs nothing else, without scripts; every text is taken as text.

Its styles hold inside its own frame only, formulas are not looked for in it (classes that MathJax skips), and the ids of its figure hang
on the numbers, so that several results stand in one document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import SupportsFloat, cast

import numpy as np

from mmexplore.devices import on_host
from mmexplore.display import shows
from mmexplore.estimators.estimate_pid import PIDEstimate
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.report.content import Atom, Bar, Bars, Table
from mmexplore.report.decomposition import atoms_figure
from mmexplore.report.figures import draw, twin
from mmexplore.report.page import table_html
from mmexplore.report.style import FIGURES, variables
from mmexplore.report.svg import element, number, text
from mmexplore.types import ATOM_SYMBOLS, ATOM_WORDS, ATOMS, INFORMATION_SYMBOLS, PID

_FRAME = "mmexplore-result"
_LONGEST = 1200  # characters of the line of warnings
ROUNDING = 1e-9  # of the unit: what a solver or a sum may be off
SEEN = 1e-6  # of the unit: a smaller certified gap is told, not drawn
MODALITIES = ("modality 1", "modality 2")


def _scoped(rules: str) -> str:
    """The rules for what lies inside the frame only."""

    def inside(rule: re.Match[str]) -> str:
        selectors = ",".join(f".{_FRAME} {one.strip()}" for one in rule[1].split(","))
        return f"{selectors}{{{rule[2]}}}"

    return re.sub(r"([^{}]+)\{([^{}]*)\}", inside, rules)


_STYLE = (
    f".{_FRAME}{{{variables('light')}background:var(--paper);color:var(--ink);max-width:760px;padding:12px 16px;"
    f"font:14px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;overflow-wrap:anywhere}}"
    f"@media screen and (prefers-color-scheme:dark){{.{_FRAME}{{{variables('dark')}}}}}"
    + _scoped(
        FIGURES + ".figure{display:block;width:100%;height:auto}.note{color:var(--muted);margin:.3em 0}p{margin:.3em 0}"
        "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
        "th,td{text-align:left;padding:.15em .8em .15em 0;border-bottom:1px solid var(--rule)}td.n,th.n{text-align:right}"
        ".warnings{border-left:4px solid #D55E00;padding-left:.6em}"
    )
)


@shows(PIDEstimate)
def estimate_html(estimate: PIDEstimate) -> str:
    """A decomposition of rows: its figure, its numbers with intervals, what may mislead."""
    level = getattr(estimate.settings, "level", None)
    notes = [f"{level:.0%} intervals." if level is not None and estimate.intervals else ""]
    if estimate.predictive is not None:
        notes.append("R and the informations are lower bounds; U1, U2 and S may err either way.")
    what = "" if estimate.predictive is None else f" of {estimate.predictive.title}"
    figure = Bars(
        f"Decomposition{what} by {estimate.estimator}",
        _bars(estimate.value, estimate.intervals),
        note=" ".join(filter(None, notes)),
    )
    facts = f"{estimate.n:,} rows; {estimate.dims[0]:,} and {estimate.dims[1]:,} columns; {estimate.seconds:.1f} s"
    failed = (check.words for check in estimate.checks if not check.passed)
    return _framed(figure, twin(figure), facts, (*failed, *estimate.warnings))


@shows(Estimate)
def table_estimate_html(estimate: Estimate) -> str:
    """The same of rows of labels, with what chance alone gives."""
    figure = atoms_figure(estimate, title=f"Decomposition of a table by {estimate.settings.measure}")
    facts = f"{estimate.n:,} rows; {' x '.join(f'{k:,}' for k in estimate.shape)} states. {estimate.light.sentence}"
    return _framed(figure, twin(figure), facts, estimate.warnings)


@shows(PID)
def pid_html(pid: PID) -> str:
    """One decomposition with its certificate; of a batch, the ranges."""
    gap = float(np.max(np.asarray(on_host(pid.gap), dtype=float), initial=-np.inf))
    certainty = f"every atom within {gap:.1e} {pid.unit}" if np.isfinite(gap) else "no certificate"
    if np.ndim(on_host(pid.i12)):
        numbers = {name: np.asarray(on_host(getattr(pid, name)), dtype=float) for name, _, _ in _rows()}
        return _batch(numbers, f"{pid.measure}, {pid.unit}; {certainty}")
    figure = pid_figure(pid)
    failed = () if bool(on_host(pid.converged)) else (f"The solver stopped before {pid.tolerance:g} {pid.unit}.",)
    return _framed(figure, twin(figure), f"Certificate: {certainty}", failed)


def pid_figure(pid: PID, names: Sequence[str] = MODALITIES) -> Bars:
    """Atoms and informations of one decomposition, with certified ends where they are far enough apart to be seen."""
    lower, upper = pid.lower._asdict(), pid.upper._asdict()
    ends = {name: (float(lower[name]), float(upper[name])) for name in ATOMS} if float(pid.gap) > SEEN else {}
    return Bars(f"Decomposition by {pid.measure}", _bars(pid, ends, names), pid.unit)


def _bars(value: PID, ends: Mapping[str, tuple[float, float]], names: Sequence[str] = MODALITIES) -> tuple[Bar, ...]:
    return tuple(
        Bar(label, _tidy(getattr(value, name)), atom, *ends.get(name, (None, None)))
        for name, label, atom in _rows(names)
    )


def _batch(numbers: dict[str, np.ndarray], facts: str) -> str:
    shape = " x ".join(f"{k:,}" for k in numbers["i12"].shape)
    symbols = ATOM_SYMBOLS | INFORMATION_SYMBOLS
    ranges = (
        f"{symbol} {number(_tidy(np.nanmin(numbers[name])))} to {number(_tidy(np.nanmax(numbers[name])))}"
        for name, symbol in symbols.items()
        if np.isfinite(numbers[name]).any()
    )
    return element("p", text(f"A batch of {shape} decompositions ({facts}). {'; '.join(ranges)}", _LONGEST))


def _tidy(value: SupportsFloat) -> float:
    return 0.0 if abs(float(value)) < ROUNDING else float(value)


def _rows(names: Sequence[str] = MODALITIES) -> list[tuple[str, str, Atom]]:
    """Name, label and colour of every bar."""
    alone = {"i1": f"{names[0]} alone", "i2": f"{names[1]} alone", "i12": "both together"}
    atoms = [(name, words.label.format(*names[:2]), cast(Atom, words.symbol)) for name, words in ATOM_WORDS.items()]
    return atoms + [(name, f"{symbol}, {alone[name]}", "") for name, symbol in INFORMATION_SYMBOLS.items()]


def _framed(figure: Bars, numbers: Table, facts: str, warnings: Iterable[str]) -> str:
    uid = "m" + hashlib.sha256(repr((figure, facts)).encode("utf-8", "replace")).hexdigest()[:10]
    said = " · ".join(warnings)
    parts = [
        f"<style>{_STYLE}</style>",
        element("strong", text(figure.title)),
        element("p", text(facts, _LONGEST), class_="note"),
        draw(figure, uid),
        element("p", text(figure.note, _LONGEST), class_="note") if figure.note else "",
        table_html(Table(numbers.columns, numbers.rows)),
        element("p", text(said, _LONGEST), class_="warnings") if said else "",
    ]
    return element("div", "".join(parts), class_=f"{_FRAME} tex2jax_ignore mathjax_ignore")
