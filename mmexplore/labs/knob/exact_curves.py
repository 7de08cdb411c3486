"""Exact curves of an information plane, in the form that the dial draws: points in bits, critical points, ceilings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mmexplore.info.bottleneck import gaussian_ib_of, symmetric_ib_of

_BETAS = np.geomspace(1.0001, 5000.0, 400)


def line(bits: float, label: str) -> dict[str, Any] | None:
    """A ceiling; None where there is none."""
    return {"y": float(bits), "label": label} if math.isfinite(bits) and bits > 0 else None


def gaussian_curve(rho: np.ndarray) -> dict[str, Any]:
    """The Gaussian information bottleneck of these canonical correlations, and where each dimension opens."""
    exact = gaussian_ib_of(rho, _BETAS)
    opens = [beta for beta in exact.critical if math.isfinite(beta)]
    at = gaussian_ib_of(rho, np.array(opens)) if opens else None
    critical = (
        []
        if at is None
        else [
            {"x": float(x), "y": float(y), "label": f"dimension {k + 1} opens at beta {beta:.2f}"}
            for k, (beta, x, y) in enumerate(zip(opens, np.ravel(at.rate), np.ravel(at.relevance), strict=True))
        ]
    )
    return {"curves": [points("exact: Gaussian IB", exact.rate, exact.relevance)], "critical": critical}


def symmetric_curve(rho: np.ndarray) -> dict[str, Any]:
    """The Gaussian symmetric bottleneck (its global minimum), and where each pair jumps open."""
    exact = symmetric_ib_of(rho, _BETAS)
    jumps = [float(b) for b in exact.transition if math.isfinite(b)]
    at = symmetric_ib_of(rho, np.array(jumps) * 1.000001) if jumps else None
    critical = (
        []
        if at is None
        else [
            {"x": float(x), "y": float(y), "label": f"pair {k + 1} jumps open at beta {beta:.2f}"}
            for k, (beta, x, y) in enumerate(zip(jumps, np.ravel(at.rate), np.ravel(at.relevance), strict=True))
        ]
    )
    return {
        "curves": [points("exact: symmetric IB, Gaussian latents", exact.rate, exact.relevance)],
        "critical": critical,
    }


def points(label: str, x: Any, y: Any) -> dict[str, Any]:
    """A curve as plain numbers."""
    return {
        "label": label,
        "x": [round(float(v), 5) for v in np.ravel(x)],
        "y": [round(float(v), 5) for v in np.ravel(y)],
    }
