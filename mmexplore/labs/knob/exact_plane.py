"""The exact information plane of two views with a given covariance: Gaussian bottleneck, and reverse water-filling of the blend."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mmexplore.datasets.views import TwoViews
from mmexplore.info.bottleneck import gaussian_ib_of
from mmexplore.labs.knob.dial import ABOUT_Y, ALL_SHARED
from mmexplore.labs.knob.theory import blended, correlations_of_covariance, exact_betas, standardised
from mmexplore.palette import CATEGORICAL_LINES

Array = npt.NDArray[np.float64]

BLENDS = 21
_COLUMNS = 200  # of both views together; more would make one wait
_FINE = 32  # columns
_ALIVE = 0.01  # bit
_MOST_MARKS = 24


class Covariance(NamedTuple):
    """Covariance of two views side by side, number of columns of the first, and whether it is known exactly."""

    cov: Array
    d1: int
    exact: bool


class PlaneParts(NamedTuple):
    """What the dial of the plane draws: fields by name, (blends, betas); rates of the modes, (.., modes); static facts."""

    fields: dict[str, Array]
    modes: Array
    static: dict[str, Any]


def covariance_of(views: TwoViews) -> Covariance:
    """The covariance behind two views: known for Gaussian data, else that of the training samples with a small ridge."""
    if views.canonical is not None:
        rho = views.canonical.correlations
        d1, d2 = (max(view.shape[1], len(rho)) for view in (views.x1, views.x2))
        cov = np.eye(d1 + d2)
        at = np.arange(len(rho))
        cov[at, d1 + at] = cov[d1 + at, at] = rho
        return Covariance(cov, d1, True)
    train = ~views.held_out
    most = _COLUMNS // 2
    return Covariance(*standardised(_reduced(views.x1[train], most), _reduced(views.x2[train], most)), False)


def _reduced(view: Array, most: int) -> Array:
    """The view's columns, or where they are many its leading principal components, each column as it is."""
    if view.shape[1] <= most:
        return view
    centred = view - view.mean(0)
    return np.asarray(centred @ np.linalg.svd(centred, full_matrices=False)[2][:most].T)


def plane_parts(cov: Array, d1: int) -> PlaneParts:
    """The plane over beta and the blend.

    Args:
        cov: covariance of (x, y).
        d1: columns of x.
    """
    betas, blends = exact_betas(), np.linspace(0.0, 1.0, BLENDS)
    results = [blended(cov, d1, float(a), betas) for a in blends]
    fields = {
        "rate": np.array([r.rate for r in results]),
        "relevance": np.array([r.relevance for r in results]),
        "explained_x": np.array([1.0 - r.error_x / r.total_x for r in results]),
        "explained_y": np.array([1.0 - r.error_y / r.total_y for r in results]),
    }
    every = 1 if d1 <= _FINE else 4  # many bars on fewer nodes, so that what is sent stays small
    modes = np.array([r.rates[::every] for r in results[:: min(every, 2)]])
    top = 1.0 - results[-1].floor_y / results[-1].total_y
    static = {
        "said": ["exact", f"closed forms, read off a grid of {len(betas)} × {len(blends)} settings"],
        "plane": {"path": "decoders of variance 1", "ways": [_plane(correlations_of_covariance(cov, d1))]},
        "alive": {
            "names": [str(k + 1) for k in range(d1)],
            "groups": [0] * d1,
            "titles": ["modes of X"],
            "inks": ["R"],
            "least": _ALIVE,
        },
        "explained": {
            "parts": [
                {"key": "explained_x", "name": "X", "ceiling": None, "ceiling_words": ""},
                {"key": "explained_y", "name": "Y", "ceiling": top, "ceiling_words": "all that X can predict of Y"},
            ],
            "colours": {"light": list(CATEGORICAL_LINES["light"][:2]), "dark": list(CATEGORICAL_LINES["dark"][:2])},
        },
    }
    return PlaneParts(fields, modes, static)


def _plane(rho: Array) -> dict[str, Any]:
    """The bottleneck's curve and where each of its dimensions opens."""
    curve = gaussian_ib_of(rho, np.geomspace(1.0, 1e5, 500))
    opens = gaussian_ib_of(rho[rho > 1e-6], 1.0).critical if (rho > 1e-6).any() else np.zeros(0)
    critical: list[dict[str, Any]] = []
    if len(opens):
        at = gaussian_ib_of(rho, opens)
        critical = [
            {"x": float(x), "y": float(y), "label": f"dimension {k + 1} opens at beta {b:.3g}"}
            for k, (b, x, y) in enumerate(zip(opens, np.ravel(at.rate), np.ravel(at.relevance), strict=True))
        ]
    line = {
        "label": "best: Gaussian bottleneck",
        "x": np.asarray(curve.rate).tolist(),
        "y": np.asarray(curve.relevance).tolist(),
    }
    return {
        "title": "Y",
        **ABOUT_Y,
        "x": "rate",
        "y": "relevance",
        "names": ["I(X;T), rate of the representation", "I(T;Y), information about Y"],
        "curves": [line],
        "critical": critical[:_MOST_MARKS],
        "ceiling": {"y": curve.information, "label": ALL_SHARED},
        "believed": None,
    }
