"""A pinned study (A) beside the present one (B): the exact answers of the tables, and the estimates with their intervals."""

from __future__ import annotations

import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.estimators.tables.estimate import Estimate
from mmexplore.estimators.tables.price import estimate_seconds
from mmexplore.info.pid import pid
from mmexplore.jobs import Elsewhere
from mmexplore.labs.yourdata import answer as study_answer
from mmexplore.labs.yourdata.study import Prepared, Study
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.answer import names_of
from mmexplore.labs.yourdata.ui.data import dataset_for
from mmexplore.labs.yourdata.ui.prepared import estimate_key, prepared
from mmexplore.tabular import Dataset
from mmexplore.types import ATOM_SYMBOLS
from mmexplore.ui.failures import plain
from mmexplore.ui.pins import comparison
from mmexplore.ui.words import number
from mmexplore.ui.work import computed
from mmexplore.units import as_unit, in_unit

_MOST = 8  # settings that are named


def beside_pinned(made: Prepared, found: Estimate | None) -> None:
    """Where a study is pinned: both answers, and what is set differently.

    Args:
        made: the rows of the present study as states.
        found: its estimate; None where there is none, or none yet.
    """
    pinned = STATE.pinned
    if pinned is None:
        return
    dataset = dataset_for(pinned)
    if dataset is None:
        st.info(
            f"The pinned study (A) is of a file that is not loaded (SHA-256 {plain(pinned.file[:12])}…). Drop the same file on the left "
            "and come back (Undo) to see it beside the present one.",
            icon=":material/upload_file:",
        )
        return
    try:
        before = prepared(pinned, dataset)
        exact = pid(before.table.p, pinned.measure)
    except MmexploreError as error:
        st.warning(f"The pinned study (A) has no answer: {plain(str(error))}", icon=":material/warning:")
        return
    unit = as_unit(STATE.view.unit)
    names = names_of(made)
    same = study_answer.names_of(pinned, before.roles) == names
    comparison(
        f"{plain(before.name[:80])}, the table as it is",
        exact.to(unit),
        f"{plain(made.name[:80])}, the table as it is",
        pid(made.table.p, STATE.view.measure).to(unit),
        names if same else None,
    )
    changes = differences(pinned, STATE.view)
    if changes:
        more = f", and {len(changes) - _MOST} more" if len(changes) > _MOST else ""
        st.caption(f"From A to B: {plain('; '.join(changes[:_MOST]))}{more}.")
    _estimates(pinned, dataset, before, found, unit)


def differences(a: Study, b: Study) -> list[str]:
    """The settings that differ, in words; the unit is no setting of what is computed."""
    return [
        f"{p.label} {_short(p.format(getattr(a, p.name)))} → {_short(p.format(getattr(b, p.name)))}"
        for p in Study.parameters()
        if p.name != "unit" and getattr(a, p.name) != getattr(b, p.name)
    ]


def _short(text: str) -> str:
    return (text if len(text) <= 24 else f"{text[:23]}…") or "–"


def _estimates(pinned: Study, dataset: Dataset, before: Prepared, found: Estimate | None, unit: str) -> None:
    """Estimates of both with their intervals."""
    codes, settings, sampling = before.codes, pinned.settings(), before.sampling
    if codes is None:
        st.caption("A is a table of probabilities: it has no rows to estimate from.")
        return
    first: Estimate | None = computed(
        STATE,
        "pinned estimate",
        estimate_key(pinned, dataset),
        Elsewhere(
            "mmexplore.estimators.tables.estimate:estimate",
            *codes,
            settings,
            sampling=sampling,
            price=estimate_seconds(codes, settings),
        ),
    )
    if first is None or found is None:
        st.caption("The estimates of A and B stand here when both are there.")
        return
    lines = [f"| estimates ({unit}) | A | B | B − A |", "|:--|--:|--:|--:|"]
    for atom, symbol in ATOM_SYMBOLS.items():
        gap = float(getattr(found.value, atom)) - float(getattr(first.value, atom))
        lines.append(
            f"| {symbol} | {_cell(first, atom, unit)} | {_cell(found, atom, unit)} | {number(in_unit(gap, unit))} |"
        )
    st.markdown("\n".join(lines))
    st.caption(
        "In brackets each estimate's own interval. They say nothing of the difference: that is what the tab What if is for."
    )


def _cell(found: Estimate, atom: str, unit: str) -> str:
    value = number(in_unit(float(getattr(found.value, atom)), unit))
    interval = found.intervals.get(atom)
    if interval is None:
        return value
    return f"{value} ({number(in_unit(interval.low, unit), 3)} to {number(in_unit(interval.high, unit), 3)})"
