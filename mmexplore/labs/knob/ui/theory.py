"""The exact information plane of any two views: Gaussian bottleneck, reverse water-filling, and the dial from X's own to what is shared."""

from __future__ import annotations

import hashlib
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from mmexplore.datasets.views import TwoViews
from mmexplore.datasets.views.own import given_views
from mmexplore.errors import MmexploreError
from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.theory import KnobTheory, blended, correlations_of_covariance, exact_betas, standardised
from mmexplore.labs.knob.theory_script import exact_script
from mmexplore.palette import CATEGORICAL_LINES
from mmexplore.tabular.two_views import OWN, Arrays, arrays_id
from mmexplore.ui.dial import Axis, Grid, Quantity, Stacks, dial
from mmexplore.ui.failures import plain
from mmexplore.ui.state import PageState
from mmexplore.ui.words import number

Array = npt.NDArray[np.float64]

_VIEWS = ("plane", "alive", "explained")
_BLENDS = 21
_COLUMNS = 200  # of both views together; more would make one wait
_FINE = 32  # columns
_ALIVE = 0.01  # bit
_WHAT = (
    "A code of X alone, by a linear encoder with decoders of variance 1. The second slider says **whose error counts**: X's own (a VAE), Y's (DVIB), "
    "both (DVCCA, in the middle). Beside it the best any code could do: the Gaussian information bottleneck."
)


class _Plane(NamedTuple):
    """A covariance of two views and how it is called."""

    cov: Array
    d1: int
    exact: bool


def exact_plane(state: PageState[Any], arrays: Arrays | None = None) -> None:
    """Draw the tab for the page's two views; `arrays` are the visitor's own, where the data are their own."""
    scene: KnobScene = state.view
    st.markdown(_WHAT)
    key = f"own {arrays_id(arrays)}" if arrays is not None else "" if scene.data == OWN else scene.pair().text()
    if not key:
        st.info("Drop a file with your own two views first.", icon=":material/upload_file:")
        return
    try:
        plane = _plane(key, scene, arrays)
    except MmexploreError as error:
        st.info(plain(f"No Gaussian theory for these rows: {error}."), icon=":material/function:")
        return
    said = (
        "Exact: of the Gaussian coordinates behind the warp, which changes no information."
        if plane.exact
        else "As if the rows were Gaussian with their own covariance (columns of variance 1, ridge 0.001); real rows may hold more."
    )
    theory(state, plane.cov, plane.d1, key=key, title=scene.data_title(), words=said)
    with st.expander("The same in Python"):
        st.code(exact_script(scene), language="python")


@st.cache_resource(max_entries=24, show_spinner="Reading the rows …")
def _plane(key: str, _scene: KnobScene, _arrays: Arrays | None) -> _Plane:
    views: TwoViews = given_views(_arrays) if _arrays is not None else _scene.pair().draw()
    if views.canonical is not None:
        rho = views.canonical.correlations
        d1, d2 = (max(view.shape[1], len(rho)) for view in (views.x1, views.x2))
        cov = np.eye(d1 + d2)
        at = np.arange(len(rho))
        cov[at, d1 + at] = cov[d1 + at, at] = rho
        return _Plane(cov, d1, True)
    rows = ~views.held_out
    x, y = views.x1[rows], views.x2[rows]
    wide = _COLUMNS // 2
    return _Plane(*standardised(_reduced(x, wide), _reduced(y, wide)), False)


def _reduced(view: Array, most: int) -> Array:
    """The view's columns, or where they are many its leading principal components, each column as it is."""
    if view.shape[1] <= most:
        return view
    centred = view - view.mean(0)
    return np.asarray(centred @ np.linalg.svd(centred, full_matrices=False)[2][:most].T)


def theory(state: PageState[Any], cov: Array, d1: int, *, key: str, title: str, words: str) -> None:
    """Draw the dial for two views with this covariance.

    Args:
        state: of the page; its view holds the fields of `KnobTheory`.
        cov, d1: covariance of (x, y) and the columns of x.
        key: identity of the covariance.
        title: name of the views.
        words: what the covariance is, a sentence.
    """
    scene: KnobTheory = state.view
    axes = (
        Axis.of(scene.parameter("exact_beta"), low_words="compress more", high_words="keep more", log=True),
        Axis.of(scene.parameter("exact_blend"), low_words="X's own: VAE", high_words="shared: DVIB"),
    )
    identity = "exact " + hashlib.sha256(key.encode()).hexdigest()[:16]
    fields, modes, facts = _computed(identity, cov, d1)
    dial(
        Grid(id=identity, axes=axes, fields=fields, quantities=tuple(Quantity(n, n, {n: 1}) for n in fields)),
        (scene.exact_beta, scene.exact_blend),
        key=state.key("exact"),
        views=_VIEWS,
        unit=getattr(scene, "unit", "bit"),
        rev=state.revision(),
        stacks=Stacks(arrays={"kl": modes}, still=facts),
        names=("X", "Y", "Y"),
        title=f"Exact plane: {title}",
        caption="Gaussian bottleneck and reverse water-filling, closed forms · mmexplore",
        on_commit=lambda at: state.update(exact_beta=float(f"{at[0]:.6g}"), exact_blend=round(at[1], 3)),
    )
    _at_rest(scene, cov, d1, words)


@st.cache_resource(max_entries=24, show_spinner=False)
def _computed(identity: str, _cov: Array, d1: int) -> tuple[dict[str, Array], Array, dict[str, Any]]:
    betas, blends = exact_betas(), np.linspace(0.0, 1.0, _BLENDS)
    found = [blended(_cov, d1, float(a), betas) for a in blends]
    fields = {
        "rate": np.array([f.rate for f in found]),
        "relevance": np.array([f.relevance for f in found]),
        "told_x": np.array([1.0 - f.error_x / f.total_x for f in found]),
        "told_y": np.array([1.0 - f.error_y / f.total_y for f in found]),
    }
    every = 1 if d1 <= _FINE else 4  # many bars on fewer nodes, so that what is sent stays small
    modes = np.array([f.rates[::every] for f in found[:: min(every, 2)]])
    rho = correlations_of_covariance(_cov, d1)
    curve = gaussian_ib_of(rho, np.geomspace(1.0, 1e5, 500))
    opens = gaussian_ib_of(rho[rho > 1e-6], 1.0).critical if (rho > 1e-6).any() else np.zeros(0)
    at = gaussian_ib_of(rho, opens) if len(opens) else None
    critical = (
        []
        if at is None
        else [
            {"x": float(x), "y": float(y), "label": f"dimension {k + 1} opens at beta {b:.3g}"}
            for k, (b, x, y) in enumerate(zip(opens, np.ravel(at.rate), np.ravel(at.relevance), strict=True))
        ][:24]
    )
    line = {
        "label": "best: Gaussian bottleneck",
        "x": np.asarray(curve.rate).tolist(),
        "y": np.asarray(curve.relevance).tolist(),
    }
    top = 1.0 - found[-1].floor_y / found[-1].total_y
    facts: dict[str, Any] = {
        "said": ["exact", f"closed forms, read off a grid of {len(betas)} × {len(blends)} settings"],
        "plane": {
            "path": "decoders of variance 1",
            "ways": [
                {
                    "title": "tells of Y",
                    "x": "rate",
                    "y": "relevance",
                    "names": ["I(X;T), the cost of the code", "I(T;Y), what it tells of Y"],
                    "about": "of Y",
                    "curves": [line],
                    "critical": critical,
                    "ceiling": {"y": curve.information, "label": "all there is: I(X;Y)"},
                    "believed": None,
                }
            ],
        },
        "alive": {
            "names": [str(k + 1) for k in range(d1)],
            "groups": [0] * d1,
            "titles": ["modes of X"],
            "inks": ["R"],
            "least": _ALIVE,
        },
        "explained": {
            "parts": [
                {"key": "told_x", "name": "X", "ceiling": None, "ceiling_words": ""},
                {"key": "told_y", "name": "Y", "ceiling": top, "ceiling_words": "all that X can tell of Y"},
            ],
            "colours": {"light": list(CATEGORICAL_LINES["light"][:2]), "dark": list(CATEGORICAL_LINES["dark"][:2])},
        },
    }
    return fields, modes, facts


def _at_rest(scene: KnobTheory, cov: Array, d1: int, words: str) -> None:
    """The exact numbers where the knobs stand."""
    unit = getattr(scene, "unit", "bit")
    k = math.log(2.0) if unit == "nat" else 1.0
    here = blended(cov, d1, scene.exact_blend, scene.exact_beta)
    best = gaussian_ib_of(correlations_of_covariance(cov, d1), scene.exact_beta)
    at_cost = float(best.relevance_at(here.rate))
    st.caption(
        f"At β {scene.exact_beta:.4g} the code costs **{number(k * float(here.rate), 3)} {unit}** over {int(here.active)} modes and tells "
        f"**{number(k * float(here.relevance), 3)} {unit}** of Y; at this cost {number(k * at_cost, 3)} {unit} are possible. The bottleneck itself, at the "
        f"same β, costs {number(k * float(best.rate), 3)} and tells {number(k * float(best.relevance), 3)} {unit}, over {int(best.active)} modes. {words}"
    )
    with st.expander("What is assumed, and what to read"):
        st.markdown(
            "Decoders of variance 1 minimise rate + (β/2)[(1 − a) E|x − x̂|² + a E|y − ŷ|²]: reverse water-filling over the eigenvalues ν of "
            "Sₓ½((1 − a) I + a BᵀB)Sₓ½ with B = S_yx Sₓ⁻¹; mode i opens at β = 1/νᵢ. They depend on the units of the columns. A decoder "
            "that learns its variance for what it tells of Y traces the bottleneck instead, which does not: mode i opens at β = 1/ρᵢ².\n\n"
            "Chechik, Globerson, Tishby & Weiss 2005 (JMLR 6, 165); Cover & Thomas 2006, theorem 10.3.3; "
            "Abdelaleem, Nemenman & Martini 2023 (arXiv 2310.03311)."
        )
