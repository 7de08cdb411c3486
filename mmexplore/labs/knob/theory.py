"""What one turns in the Knob page's theory: the collapse of the symmetric bottleneck, how many rows are needed, the exact plane.

A page's own spec takes these fields by inheriting: ``class KnobScene(KnobTheory)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mmexplore.datasets.linear_views import LinearViews
from mmexplore.info.bottleneck import (
    DecoderIB,
    GaussianIB,
    blend_ib,
    canonical_correlations,
    gaussian_ib_of,
    symmetric_ib_of,
)
from mmexplore.info.bottleneck.symmetric import escape, sign_codes, spinodal, transition
from mmexplore.labs.knob.reductions import METHODS, ROWS, RetainedSignal, shared_kept
from mmexplore.spec import Spec, param

Array = npt.NDArray[np.float64]

# the second slider of "How much data do I need?": the model's parameter, and the nodes at which it is computed
STRENGTHS = (0.02, 0.04, 0.08, 0.13, 0.2, 0.35, 0.6, 1.1, 2.0)
PRIVATES = (0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 20.0)
DIAL_DRAWS = 8  # samples behind every node of the dial
_DIAL = {"mixings": DIAL_DRAWS, "replicates": 1}
_HERE = 40  # ... and behind the numbers at the knobs, each of a mixing of its own
_BETAS = (0.25, 128.0)
_POINTS = 161


@dataclass(frozen=True)
class KnobTheory(Spec):
    """The fields of the theory tabs."""

    sym_square: float = param(
        0.9,
        label="Squared correlation of the views, ρ²",
        low=0.05,
        high=0.99,
        step=0.01,
        help="Of one canonical pair: how much of a coordinate of X the matching coordinate of Y explains.",
    )
    sym_beta: float = param(
        4.0,
        label="β: keep more",
        low=1.0,
        high=64.0,
        help="Weight of the information that the two latents share against their rates. Large keeps more.",
    )
    sym_gamma: float = param(
        0.0,
        label="Reconstruction, β γ v",
        low=0.0,
        high=1.5,
        step=0.01,
        help="β times γ, the weight of reconstructing each view against its rate, times the variance v of the coordinate. Above 1 a collapsed "
        "latent cannot stay collapsed.",
    )
    sym_kick: float = param(
        0.05,
        label="Kick",
        low=0.0,
        high=0.5,
        step=0.01,
        help="Noise lifts a collapsed latent to this share of the variance before it slides downhill. Without noise only reconstruction gets it out.",
    )
    need_rows: float = param(
        100.0,
        label="Samples",
        low=float(ROWS[0]),
        high=float(ROWS[-1]),
        help="Number of training samples.",
    )
    need_over: str = param(
        "strength",
        label="Second slider",
        choices=("strength", "private"),
        help="What changes beside the number of samples.",
        widget="segments",
    )
    need_strength: float = LinearViews.field("shared_strength")
    need_private: int = LinearViews.field("private")
    need_private_strength: float = LinearViews.field("private_strength")
    need_columns: int = LinearViews.field("columns")
    need_shared: int = LinearViews.field("shared")
    need_kept: int = param(
        0,
        label="Directions kept of each view",
        low=0,
        high=10,
        step=1,
        help="0: as many as there are shared signals.",
    )
    need_ridge: float = param(
        0.3,
        label="Ridge of regularised CCA",
        low=0.0,
        high=1.0,
        step=0.05,
        help="0 is CCA, 1 is PLS: the covariances of each view are pulled this far towards equal variances.",
    )
    need_share: float = param(
        0.8,
        label="Enough is",
        low=0.1,
        high=0.95,
        step=0.05,
        help="The share of the shared signal that has to be kept.",
    )
    exact_beta: float = param(
        8.0,
        label="β: keep more",
        low=_BETAS[0],
        high=_BETAS[1],
        help="Large beta keeps more, small beta compresses more.",
    )
    exact_blend: float = param(
        1.0,
        label="Whose error counts, from X to Y",
        low=0.0,
        high=1.0,
        step=0.01,
        help="Whose squared error counts: 0 that of X (a VAE), 1 that of Y (DVIB), 0.5 both alike (DVCCA, whose β is half of this one: each error has half the weight).",
    )

    # -- collapse ----------------------------------------------------------------------------------------------------

    def sym_numbers(self) -> dict[str, float]:
        """The exact numbers at the present knobs: rates and information in bits, where the branches begin and end."""
        rho = self.sym_square**0.5
        symmetric = symmetric_ib_of([rho], self.sym_beta, gamma=self.sym_gamma)
        numbers = {"spinodal": float(spinodal(rho)), "transition": float(transition(rho)), "signs": sign_codes(rho)}
        numbers["escape"] = float(escape(rho, self.sym_kick)) if self.sym_kick > 0 else float("inf")
        for name in ("collapsed", "open", "global"):
            point = symmetric.on(name)
            numbers[f"{name}_rate"] = float(point.rate) / 2  # of each view
            numbers[f"{name}_kept"] = float(point.relevance)
        at = symmetric_ib_of([rho], numbers["transition"])
        numbers["jump"] = float(at.on("open").rate) / 2
        numbers["two"] = float(np.isfinite(symmetric.open[0]))
        return numbers

    # -- how much data -----------------------------------------------------------------------------------------------

    def views(self) -> LinearViews:
        """The model of "How much data do I need?"."""
        return LinearViews(
            columns=self.need_columns,
            shared=self.need_shared,
            private=self.need_private,
            shared_strength=self.need_strength,
            private_strength=self.need_private_strength,
        )

    def need_nodes(self) -> Array:
        """Values of the second slider at which the grid is computed."""
        return np.array(STRENGTHS if self.need_over == "strength" else PRIVATES)

    def need_grid_scene(self) -> KnobTheory:
        """Everything put to its default that does not change the grid: its identity is the cache key."""
        fields = [p.name for p in KnobTheory.parameters() if p.name.startswith("need_")]
        moving = {"need_rows", "need_share", "need_strength" if self.need_over == "strength" else "need_private"}
        return KnobTheory(**{name: getattr(self, name) for name in fields if name not in moving})

    def need_grid(self) -> RetainedSignal:
        """What every method keeps over rows and the second slider, (methods, nodes, rows)."""
        return self._retained(ROWS, _DIAL, self.need_nodes())

    def need_here(self, mixings: int = _HERE) -> RetainedSignal:
        """The same at the present knobs alone, with more mixings: (methods, 1)."""
        return self._retained((round(self.need_rows),), {"mixings": mixings, "replicates": 1}, None)

    def _retained(self, rows: tuple[int, ...], drawn: Mapping[str, int], nodes: Array | None) -> RetainedSignal:
        over = {} if nodes is None else {"shared_strength" if self.need_over == "strength" else "private": nodes}
        return shared_kept(
            self.views(),
            rows,
            kept=self.need_kept or None,
            ridge=self.need_ridge,
            **drawn,
            shared_strength=over.get("shared_strength"),
            private=over.get("private"),
        )


# -- the exact plane of any two views --------------------------------------------------------------------------------------


def exact_betas() -> Array:
    """Settings of the plane's knob."""
    return np.geomspace(*_BETAS, _POINTS)


def ideal(correlations: Any, betas: Any) -> GaussianIB:
    """The Gaussian bottleneck of two views with these canonical correlations."""
    return gaussian_ib_of(correlations, betas)


def blended(cov: Array, d1: int, blend: float, betas: Any) -> DecoderIB:
    """The blend of two views with this covariance."""
    return blend_ib(cov, d1, len(cov) - d1, betas, blend)


def standardised(x: Array, y: Array, ridge: float = 1e-3) -> tuple[Array, int]:
    """Covariance of the columns of two views that are not constant, each of variance 1, with a small ridge; and the columns of x."""
    parts = []
    for view in (np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)):
        view = view[:, np.ptp(view, axis=0) > 0]
        parts.append((view - view.mean(0)) / view.std(0))
    both = np.concatenate(parts, axis=1)
    cov = both.T @ both / len(both)
    return (cov + ridge * np.eye(len(cov))) / (1.0 + ridge), parts[0].shape[1]


def correlations_of_covariance(cov: Array, d1: int) -> Array:
    """Canonical correlations, kept below 1."""
    return np.minimum(canonical_correlations(cov, d1, len(cov) - d1).correlations, 1 - 1e-9)


def needed_rows(result: RetainedSignal, share: float) -> Mapping[str, Array]:
    """Rows from which on each method keeps `share` of the shared signal; nan where it never does."""
    return dict(zip(METHODS, result.needed(share), strict=True))
