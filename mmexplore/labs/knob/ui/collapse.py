"""Collapse and hysteresis: why a latent that both views should share stays collapsed, and why it collapses suddenly. Exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from mmexplore.errors import MmexploreError
from mmexplore.info.bottleneck import symmetric_ib_of
from mmexplore.labs.knob.figures import collapse_table
from mmexplore.labs.knob.scene import KnobScene, correlations_of
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.labs.knob.theory_script import collapse_script
from mmexplore.labs.knob.ui.sweeps import trained_points, trained_sweep
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.dial import Axis, Grid, Quantity, Stacks, dial
from mmexplore.ui.state import PageState

_VIEWS = ("barrier", "branches", "phases")
_CERTIFICATE = ["closed form", "computed in your browser from the formula, at every place of the finger"]
_WHAT = (
    "Both views are compressed, and what counts is the information that their two latents **share**: minimise I(X;Zx) + I(Y;Zy) − β I(Zx;Zy). A latent "
    "gains only if the other one is informative too, so a pair that has **collapsed** stays collapsed at any β unless noise (the kick) or reconstruction "
    "lifts it over a barrier. Turn the knob up, then down: where the kick gets it out, the way back is another one."
)
_PAIRS = 6


def collapse(state: PageState[Any]) -> None:
    """Draw the tab; the view of `state` holds the fields of `KnobTheory`."""
    scene: KnobTheory = state.view
    st.markdown(_WHAT)
    with st.container(horizontal=True, gap="large"):
        with st.container(width=420):
            state.control("sym_square")
        with st.container(width=420):
            state.control("sym_kick")
        _pairs(state)
    beta, gamma = scene.parameter("sym_beta"), scene.parameter("sym_gamma")
    axes = (
        Axis.of(beta, low_words="compress more", high_words="keep more", log=True),
        Axis.of(gamma, low_words="shared only", high_words="reconstruct the views"),
    )
    trained = trained_points(scene)
    symmetric = {"square": scene.sym_square, "kick": scene.sym_kick, "trained": trained}
    dial(
        _grid(scene, axes, trained is not None),
        (scene.sym_beta, scene.sym_gamma),
        key=state.key("collapse"),
        views=_VIEWS,
        unit=getattr(scene, "unit", "bit"),
        rev=state.revision(),
        stacks=Stacks(arrays={}, static={"symmetric": symmetric, "said": _CERTIFICATE}),
        names=("X", "Y", "the shared part"),
        title="Collapse and hysteresis of the symmetric bottleneck",
        caption="Gaussian symmetric bottleneck of one canonical pair, exact closed form · mmexplore",
        on_commit=lambda at: state.update(sym_beta=float(f"{at[0]:.6g}"), sym_gamma=round(at[1], 4)),
        state=state,
    )
    _numbers(scene)
    trained_sweep(state)


def _pairs(state: PageState[Any]) -> None:
    """The canonical pairs of the page's data, one click each."""
    scene = state.view
    if not isinstance(scene, KnobScene) or scene.data == OWN or state.hides("sym_square"):
        return
    try:
        result = correlations_of(scene)
    except MmexploreError:
        return
    limits = scene.parameter("sym_square")
    squares = [round(float(r) ** 2, 2) for r in result.rho]
    squares = sorted({q for q in squares if (limits.low or 0) <= q <= (limits.high or 1)}, reverse=True)[:_PAIRS]
    key = state.key("collapse pair")
    now = scene.sym_square if scene.sym_square in squares else None
    if squares and (key not in st.session_state or st.session_state[key] != now):
        st.session_state[key] = now
    if squares:
        st.pills(
            "ρ² of these data's pairs",
            squares,
            format_func=lambda q: f"{q:.2f}",
            key=key,
            help="" if result.exact else "Estimated from the samples.",
            on_change=lambda: _take_pair(state, key),
            disabled=state.locks("sym_square"),
        )


def _take_pair(state: PageState[Any], key: str) -> None:
    square = st.session_state[key]
    if square is not None:  # a deselected pair keeps what was
        state.jump(sym_square=square)


def _grid(scene: KnobTheory, axes: tuple[Axis, Axis], trained: bool) -> Grid:
    """The best state over both sliders, for whoever reads the dial's numbers; the views compute theirs themselves."""
    betas, gammas = axes[0].nodes(25), axes[1].nodes(13)
    result = symmetric_ib_of([scene.sym_square**0.5], betas[None, :], gamma=gammas[:, None])
    return Grid(
        id=f"collapse {scene.sym_square!r} {scene.sym_kick!r} {trained}",
        axes=axes,
        fields={"rate": np.asarray(result.rate) / 2, "kept": np.asarray(result.relevance)},
        quantities=(
            Quantity("R", "rate of each latent", {"rate": 1}),
            Quantity("I", "information the latents share", {"kept": 1}),
        ),
    )


def _numbers(scene: KnobTheory) -> None:
    table = collapse_table(scene, getattr(scene, "unit", "bit"))
    st.caption(table.caption)
    st.dataframe(
        {name: [row[i] for row in table.rows] for i, name in enumerate(table.columns)}, hide_index=True, width="stretch"
    )
    with st.expander("The same in Python"):
        st.code(collapse_script(scene), language="python")
    with st.expander("What is assumed, and what to read"):
        st.markdown(
            "One canonical pair of Gaussian views with squared correlation ρ²; several pairs go through it one after the other, each at its own β. "
            "With κ = 1 − exp(−2R) and R the rate of each latent, in nats,\n\n"
            "L(κ) = −ln(1 − κ) + (β/2) ln(1 − ρ²κ²) − βγv κ.\n\n"
            "κ = 0 is a local minimum at every β while βγv < 1; without reconstruction another minimum exists from β = (2/ρ²)(1 + √(1 − ρ²)) on. Reconstruction "
            "ends the collapse at βγv = 1: smoothly where βρ² < 1, else by a jump; its price is that private dimensions are encoded as well.\n\n"
            "**Best** means best among Gaussian latents. Other codes can do better: the sign of each coordinate costs ln 2 a view and shares "
            "ln 2 − H(arccos ρ / π), H the entropy of a coin; from the β in the table on that beats silence, for strong correlations before "
            "any Gaussian latent does.\n\n"
            "Abdelaleem, Nemenman & Martini 2023 (arXiv 2310.03311); Martini & Nemenman 2023 (arXiv 2309.05649)."
        )
