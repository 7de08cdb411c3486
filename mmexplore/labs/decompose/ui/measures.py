"""Same data, every measure: side by side, sorted so that disagreement is visible, with one line on why."""

from __future__ import annotations

from html import escape

import streamlit as st

from mmexplore.info.compare import compare
from mmexplore.info.measures import REGISTRY
from mmexplore.labs.decompose.scene import Scene
from mmexplore.types import ATOMS, PID
from mmexplore.ui.failures import plain
from mmexplore.ui.words import ATOM_WORDS, atom_title, number

_STYLE = """<style>
.mm-measures{width:100%;border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
.mm-measures th,.mm-measures td{padding:.35rem .6rem;border-bottom:1px solid rgba(128,128,128,.25);text-align:right;vertical-align:top}
.mm-measures th:first-child,.mm-measures td:first-child,.mm-measures td:last-child,.mm-measures th:last-child{text-align:left}
.mm-measures tr.chosen td{background:rgba(128,128,128,.12)}
.mm-measures .off{font-weight:600}
.mm-measures .neg{text-decoration:underline dotted}
.mm-measures small{opacity:.75}
</style>"""


def every_measure(scene: Scene) -> None:
    """The table of all measures for the scene's table, and a sentence on where they differ most."""
    results = [r.to(scene.unit) for r in compare(scene.table())]  # type: ignore[arg-type]
    st.markdown(_finding(results, scene.names()))
    head = "".join(f"<th scope='col'>{ATOM_WORDS[a].symbol}</th>" for a in ATOMS)
    rows = "".join(_row(result, results, result.measure == scene.measure) for result in results)
    st.html(
        f"{_STYLE}<table class='mm-measures'><caption style='text-align:left'>Atoms in {scene.unit}, sorted by redundancy; "
        "bold: far from the median of the measures; dotted: negative, and meant so.</caption>"
        f"<thead><tr><th scope='col'>Measure</th>{head}<th scope='col'>Accuracy</th><th scope='col'>Why it differs</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _finding(results: list[PID], names: tuple[str, str, str]) -> str:
    """Where the measures agree, or by how much they disagree and on what."""
    spread = {atom: [float(getattr(r, atom)) for r in results] for atom in ATOMS}
    atom = max(ATOMS, key=lambda a: max(spread[a]) - min(spread[a]))
    low, high = min(spread[atom]), max(spread[atom])
    unit = results[0].unit
    if high - low < 1e-6:
        return f"On this table all {len(results)} measures agree."
    least, most = (
        REGISTRY[r.measure].label for r in (results[spread[atom].index(low)], results[spread[atom].index(high)])
    )
    return (
        f"The measures disagree most on **{plain(_lower(atom_title(atom, names)))}**: "
        f"{number(low, 3)} {unit} by {least}, {number(high, 3)} {unit} by {most}. The mutual informations, and R − S, are the same for all."
    )


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _row(result: PID, results: list[PID], chosen: bool) -> str:
    entry = REGISTRY[result.measure]
    cells = []
    for atom in ATOMS:
        value = float(getattr(result, atom))
        others = sorted(float(getattr(r, atom)) for r in results)
        median = others[len(others) // 2]
        classes = [
            *(["off"] if abs(value - median) > 0.05 * max(float(result.i12), 1e-9) else []),
            *(["neg"] if value < -1e-9 else []),
        ]
        cells.append(f"<td class='{' '.join(classes)}'>{number(value)}</td>")
    quality = {"exact": "closed form", "certified": "certified", "none": "iterated"}[result.certificate]
    if not result.converged:
        quality = "not converged"
    return (
        f"<tr class='{'chosen' if chosen else ''}'><td><b>{escape(entry.label)}</b><br><small>{escape(entry.reference)}</small></td>"
        f"{''.join(cells)}<td><small>{quality}</small></td><td>{escape(entry.summary)}</td></tr>"
    )
