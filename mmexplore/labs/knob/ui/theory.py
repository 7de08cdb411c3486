"""The exact information plane of any two views: Gaussian bottleneck, reverse water-filling, and the dial from X's own to what is shared."""

from __future__ import annotations

import hashlib
from typing import Any

import streamlit as st

from mmexplore.datasets.views.own import given_views
from mmexplore.errors import MmexploreError
from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs.knob.exact_plane import Array, Covariance, PlaneParts, covariance_of, plane_parts
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.theory import KnobTheory, blended, correlations_of_covariance
from mmexplore.labs.knob.theory_script import exact_script
from mmexplore.tabular import Dataset
from mmexplore.tabular.two_views import OWN, Arrays, arrays_id
from mmexplore.ui.dial import Axis, Grid, Quantity, Stacks, dial
from mmexplore.ui.failures import plain
from mmexplore.ui.session_cache import in_session
from mmexplore.ui.state import PageState
from mmexplore.ui.words import number
from mmexplore.units import in_unit

_VIEWS = ("plane", "alive", "explained")
_WHAT = (
    "A representation of X alone, by a linear encoder with decoders of variance 1. The second slider says **whose reconstruction error counts**: that of X "
    "(a VAE), of Y (DVIB), of both (DVCCA, in the middle). Beside it the best that any representation can do: the Gaussian information bottleneck."
)


def exact_plane(state: PageState[Any], arrays: Arrays | None = None, dataset: Dataset | None = None) -> None:
    """Draw the tab for the page's two views; `arrays` are the visitor's own, made of `dataset`, where the data are their own."""
    scene: KnobScene = state.view
    st.markdown(_WHAT)
    key = f"own {arrays_id(arrays)}" if arrays is not None else "" if scene.data == OWN else scene.pair().text()
    if not key:
        st.info("Drop a file with your own two views first.", icon=":material/upload_file:")
        return
    try:
        plane = _covariance(key, scene, arrays)
    except MmexploreError as error:
        st.info(plain(f"No Gaussian theory for these samples: {error}."), icon=":material/function:")
        return
    assumption = (
        "Exact: of the Gaussian coordinates behind the warp, which changes no information."
        if plane.exact
        else "As if the samples were Gaussian with their own covariance (columns of variance 1, ridge 0.001); real data may hold more information."
    )
    theory(state, plane.cov, plane.d1, key=key, title=scene.data_title(), words=assumption, own=arrays is not None)
    if arrays is None or dataset is not None:
        with st.expander("The same in Python"):
            st.code(exact_script(scene, dataset), language="python")


def _covariance(key: str, scene: KnobScene, arrays: Arrays | None) -> Covariance:
    """Shared by all visitors, or of this one's session for their own views."""
    if arrays is None:
        return _drawn(key, scene)
    return in_session("covariance", key, lambda: covariance_of(given_views(arrays)))


@st.cache_resource(max_entries=24, show_spinner="Reading the samples …")
def _drawn(key: str, _scene: KnobScene) -> Covariance:
    return covariance_of(_scene.pair().draw())


def theory(state: PageState[Any], cov: Array, d1: int, *, key: str, title: str, words: str, own: bool = False) -> None:
    """Draw the dial for two views with this covariance.

    Args:
        state: of the page; its view holds the fields of `KnobTheory`.
        cov, d1: covariance of (x, y) and the columns of x.
        key: identity of the covariance.
        title: name of the views.
        words: what the covariance is, a sentence.
        own: whether it is of a visitor's own data.
    """
    scene: KnobTheory = state.view
    axes = (
        Axis.of(scene.parameter("exact_beta"), low_words="compress more", high_words="keep more", log=True),
        Axis.of(scene.parameter("exact_blend"), low_words="error of X: VAE", high_words="error of Y: DVIB"),
    )
    identity = "exact " + hashlib.sha256(key.encode()).hexdigest()[:16]
    parts = in_session("plane", identity, lambda: plane_parts(cov, d1)) if own else _parts(identity, cov, d1)
    dial(
        Grid(
            id=identity,
            axes=axes,
            fields=parts.fields,
            quantities=tuple(Quantity(n, n, {n: 1}) for n in parts.fields),
            own=own,
        ),
        (scene.exact_beta, scene.exact_blend),
        key=state.key("exact"),
        views=_VIEWS,
        unit=getattr(scene, "unit", "bit"),
        rev=state.revision(),
        stacks=Stacks(arrays={"kl": parts.modes}, static=parts.static),
        names=("X", "Y", "Y"),
        title=f"Exact plane: {title}",
        caption="Gaussian bottleneck and reverse water-filling, closed forms · mmexplore",
        on_commit=lambda at: state.update(exact_beta=float(f"{at[0]:.6g}"), exact_blend=round(at[1], 3)),
        state=state,
    )
    _numbers(scene, cov, d1, words)


@st.cache_resource(max_entries=24, show_spinner=False)
def _parts(identity: str, _cov: Array, d1: int) -> PlaneParts:
    return plane_parts(_cov, d1)


def _numbers(scene: KnobTheory, cov: Array, d1: int, words: str) -> None:
    """The exact numbers where the knobs stand."""
    unit = getattr(scene, "unit", "bit")

    def shown(bits: Any) -> str:
        return number(float(in_unit(bits, unit)), 3)

    here = blended(cov, d1, scene.exact_blend, scene.exact_beta)
    best = gaussian_ib_of(correlations_of_covariance(cov, d1), scene.exact_beta)
    at_cost = float(best.relevance_at(here.rate))
    st.caption(
        f"At β {scene.exact_beta:.4g} the representation has a rate of **{shown(here.rate)} {unit}** over {int(here.active)} modes and carries "
        f"**{shown(here.relevance)} {unit}** about Y; at this rate {shown(at_cost)} {unit} are possible. The bottleneck itself, at the "
        f"same β, has a rate of {shown(best.rate)} and carries {shown(best.relevance)} {unit}, over {int(best.active)} modes. {words}"
    )
    with st.expander("What is assumed, and what to read"):
        st.markdown(
            "Decoders of variance 1 minimise rate + (β/2)[(1 − a) E|x − x̂|² + a E|y − ŷ|²]: reverse water-filling over the eigenvalues ν of "
            "Sₓ½((1 − a) I + a BᵀB)Sₓ½ with B = S_yx Sₓ⁻¹; mode i opens at β = 1/νᵢ. They depend on the units of the columns. A decoder of Y "
            "that learns its covariance traces the bottleneck instead, which does not: mode i opens at β = 1/ρᵢ².\n\n"
            "Chechik, Globerson, Tishby & Weiss 2005 (JMLR 6, 165); Cover & Thomas 2006, theorem 10.3.3; "
            "Abdelaleem, Nemenman & Martini 2023 (arXiv 2310.03311)."
        )
