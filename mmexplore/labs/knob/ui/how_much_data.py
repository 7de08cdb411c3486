"""How much data do I need? PCA, PLS, CCA and regularised CCA on two views that share a weak signal; judged on the population."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mmexplore.labs.knob.reductions import METHODS, ROWS, RetainedSignal
from mmexplore.labs.knob.theory import DIAL_DRAWS, PRIVATES, STRENGTHS, KnobTheory
from mmexplore.labs.knob.theory_script import howmuch_script
from mmexplore.palette import CATEGORICAL_LINES
from mmexplore.ui.dial import Axis, Grid, Quantity, Stacks, dial
from mmexplore.ui.state import PageState
from mmexplore.ui.words import number

_VIEWS = ("learning", "needed")
_COLOURS = (4, 1, 0, 2)  # of CATEGORICAL_LINES, in the order of METHODS
_OVER = {"strength": "Strength of a shared signal", "private": "Number of private signals"}
_WHAT = (
    "Two views consist of noise, **private signals** of their own and a few **shared signals**. PCA compresses each view by itself and keeps what is "
    "large. PLS and CCA reduce both at once: PLS keeps what co-varies most, so large private signals lead it astray for long; CCA keeps what "
    "correlates most, once samples outnumber the columns of both views together. How many samples does each need?"
)


def how_much_data(state: PageState[Any]) -> None:
    """Draw the tab; the view of `state` holds the fields of `KnobTheory`."""
    scene: KnobTheory = state.view
    st.markdown(_WHAT)
    _controls(state)
    result = _computed(scene.need_grid_scene().identity(), scene.need_grid_scene())
    second = "need_strength" if scene.need_over == "strength" else "need_private"
    axes = _axes(scene, second)
    dial(
        _grid(scene, axes, result),
        (scene.need_rows, float(getattr(scene, second))),
        key=state.key("needed"),
        views=_VIEWS,
        unit=getattr(scene, "unit", "bit"),
        rev=state.revision(),
        stacks=Stacks(arrays={}, static={"learning": _facts(scene, result)}),
        title="How much data do I need?",
        caption=f"linear Gaussian views, {scene.need_columns} columns each; {result.replicates} samples of {result.mixings} mixings, 10 to 90 % band; evaluated on the population · mmexplore",
        on_commit=lambda at: _commit(state, second, at),
        state=state,
    )
    _numbers(scene)


def _commit(state: PageState[Any], second: str, at: tuple[float, ...]) -> None:
    value: float = round(at[1]) if second == "need_private" else float(f"{at[1]:.4g}")
    state.update(need_rows=float(round(at[0])), **{second: value})


def _controls(state: PageState[Any]) -> None:
    scene: KnobTheory = state.view
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        state.control("need_over", format_func=_OVER.__getitem__)
        with st.container(width=260):
            state.control("need_share")
        with st.expander("The two views, and what is kept of them"):
            left, right = st.columns(2, gap="large")
            with left:
                state.control("need_columns")
                state.control("need_shared")
                state.control("need_private" if scene.need_over == "strength" else "need_strength")
            with right:
                state.control("need_private_strength")
                state.control("need_kept")
                state.control("need_ridge")


@st.cache_resource(max_entries=60, show_spinner="Drawing samples and fitting the methods …")
def _computed(identity: str, _scene: KnobTheory) -> RetainedSignal:
    return _scene.need_grid()


def _axes(scene: KnobTheory, second: str) -> tuple[Axis, Axis]:
    rows = scene.parameter("need_rows")
    first = Axis(
        key=rows.name,
        label=rows.label,
        low=float(ROWS[0]),
        high=float(ROWS[-1]),
        step=0.05,
        help=rows.help,
        low_words="few",
        high_words="many",
        decimals=0,
        default=float(rows.default),
        marks=tuple(float(n) for n in ROWS),
    )
    p, marks = scene.parameter(second), STRENGTHS if second == "need_strength" else PRIVATES
    words = ("weak", "strong") if second == "need_strength" else ("none", "many")
    return first, Axis(
        key=p.name,
        label=p.label,
        low=marks[0],
        high=marks[-1],
        step=0.05,
        help=p.help,
        low_words=words[0],
        high_words=words[1],
        decimals=2 if second == "need_strength" else 0,
        default=float(p.default),
        marks=marks,
    )


def _grid(scene: KnobTheory, axes: tuple[Axis, Axis], result: RetainedSignal) -> Grid:
    """Fields by method and name; the nodes stand at the marks of both axes."""
    fields: dict[str, np.ndarray] = {}
    for i in range(len(METHODS)):
        fields |= {f"s{i}": result.signal[i], f"l{i}": result.signal_low[i], f"h{i}": result.signal_high[i]}
        fields[f"i{i}"] = result.information[i]
    shape = result.signal.shape[1:]
    fields["chance"] = np.broadcast_to(result.chance[:, None], shape)
    fields["total"] = np.broadcast_to(result.total[:, None], shape)
    quantities = tuple(Quantity(name, name, {name: 1}) for name in fields)
    return Grid(id=f"needed {scene.need_grid_scene().identity()}", axes=axes, fields=fields, quantities=quantities)


def _facts(scene: KnobTheory, result: RetainedSignal) -> dict[str, Any]:
    colours = {theme: [CATEGORICAL_LINES[theme][c] for c in _COLOURS] for theme in ("light", "dark")}
    return {
        "methods": list(METHODS),
        "colours": colours,
        "share": scene.need_share,
        "replicates": result.replicates,
    }


@st.cache_data(max_entries=500, show_spinner=False)
def _here(identity: str, _scene: KnobTheory) -> dict[str, list[str]]:
    result = _scene.need_here()
    percent = [
        [100 * float(values[i, 0]) for values in (result.signal, result.signal_low, result.signal_high)]
        for i in range(4)
    ]
    table = {
        "method": list(METHODS),
        "shared signal kept": [f"{mean:.0f} %" for mean, _, _ in percent],
        "10 to 90 % of samples": [f"{low:.0f} to {high:.0f} %" for _, low, high in percent],
        "with infinitely many": [f"{100 * float(share):.0f} %" for share in result.limit],
        "between the projections": [f"{number(float(result.information[i, 0]), 3)} bit" for i in range(4)],
    }
    return table | {
        "note": [
            f"{result.replicates} draws of {round(_scene.need_rows):,} samples, of {result.mixings} ways to mix the signals into the columns; all columns together explain {100 * float(result.ceiling):.0f} % of a shared "
            f"signal's variance (that is 100 % here) and hold {number(float(result.total), 3)} bit; random directions keep {100 * float(result.chance):.0f} %"
        ]
    }


def _numbers(scene: KnobTheory) -> None:
    fields = {p.name: getattr(scene, p.name) for p in KnobTheory.parameters() if p.name.startswith("need_")}
    mine = KnobTheory(**fields)
    table = dict(_here(mine.identity(), mine))
    note = table.pop("note")[0]
    st.caption(
        f"At these knobs: {note}. The dial reads between marks, each the mean of {DIAL_DRAWS} draws: it can differ from the table by some per cent, "
        "and the table is the better one."
    )
    st.dataframe(table, hide_index=True, width="stretch")
    with st.expander("The same in Python"):
        st.code(howmuch_script(scene), language="python")
    with st.expander("The model, and how it is evaluated"):
        st.markdown(
            "X = Rₓ + UₓVₓ + P Qₓ and Y = R_y + U_yV_y + P Q_y: noise of variance 1, private signals U, shared signals P. Each method makes "
            "k directions a view from the sample covariances; while samples do not outnumber the columns of both views together, some combination of "
            "each view's columns correlates perfectly in them, and what CCA finds is chance (below the columns of one view it uses pseudo-inverses).\n\nNothing is sampled to evaluate them: the views are linear and Gaussian, so the share of P that the projections "
            "explain, and the bits between them, follow from the true covariances. That is the score on infinitely many held-out samples.\n\n"
            "Abdelaleem, Roman, Martini & Nemenman 2023 (arXiv 2310.04458)."
        )
