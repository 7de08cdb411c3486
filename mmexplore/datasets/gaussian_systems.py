"""Gaussian systems by named corners: two modalities see a vector in the plane through noisy channels.

The target is y ~ N(0, I) in the plane. Modality i measures it along its own direction u_i (at `angle` degrees) and across it:

    x_i = (along_i u_i^T y + n_i1,  across_i v_i^T y + n_i2),   v_i = u_i turned by 90 degrees,

with noises of variance 1; those of the two modalities are correlated pair by pair. With `columns` = 2 k every channel is measured k
times with k times the noise, which leaves every information as it is: only what is known of the target matters.
Closed forms: I_i = 1/2 log2 (1 + along_i^2)(1 + across_i^2); the corners "unique", "tied" and "independent" have their atoms in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mmexplore.errors import BadSpec
from mmexplore.spec import Spec, param

Array = npt.NDArray[np.float64]

_ANGLE: dict[str, Any] = {"low": 0.0, "high": 180.0, "step": 1.0, "unit": "°"}
_GAIN: dict[str, Any] = {"low": 0.0, "high": 6.0, "step": 0.05}


@dataclass(frozen=True)
class TwoChannels(Spec):
    """What one may turn; the defaults are two elongated channels at 60 degrees."""

    angle1: float = param(
        0.0, label="Direction of modality 1", help="The direction in the plane it looks along.", **_ANGLE
    )
    angle2: float = param(
        60.0, label="Direction of modality 2", help="The direction in the plane it looks along.", **_ANGLE
    )
    along1: float = param(
        3.0, label="Gain of modality 1 along it", help="Signal over noise, as amplitudes: 3 is 1.66 bit.", **_GAIN
    )
    across1: float = param(
        0.5, label="Gain of modality 1 across it", help="What it sees of the direction at right angles.", **_GAIN
    )
    along2: float = param(
        3.0, label="Gain of modality 2 along it", help="Signal over noise, as amplitudes: 3 is 1.66 bit.", **_GAIN
    )
    across2: float = param(
        0.5, label="Gain of modality 2 across it", help="What it sees of the direction at right angles.", **_GAIN
    )
    noise: float = param(
        0.0,
        label="Noise correlation",
        low=-0.95,
        high=0.95,
        step=0.05,
        help="Between the noises of the two modalities: opposite noise cancels when both look the same way and are read together.",
    )


@dataclass(frozen=True)
class Corner:
    """A named system: its title, one sentence, and its values."""

    title: str
    sentence: str
    values: dict[str, float]


def _values(
    angle1: float, angle2: float, channel1: tuple[float, float], channel2: tuple[float, float], noise: float
) -> dict[str, float]:
    (along1, across1), (along2, across2) = channel1, channel2
    return {
        "angle1": angle1,
        "angle2": angle2,
        "along1": along1,
        "across1": across1,
        "along2": along2,
        "across2": across2,
        "noise": noise,
    }


CORNERS: dict[str, Corner] = {
    "rotated": Corner(
        "Rotated",
        "Equally strong, but each sees its own direction best: both have something of their own.",
        _values(0, 60, (3, 0.5), (3, 0.5), 0),
    ),
    "redundant": Corner(
        "Redundant",
        "The same direction through nearly the same noise: the second only repeats the first.",
        _values(30, 30, (3, 0), (3, 0), 0.95),
    ),
    "unique": Corner(
        "Unique",
        "Each sees one coordinate and nothing of the other's: no redundancy, no synergy.",
        _values(0, 90, (3, 0), (3, 0), 0),
    ),
    "synergistic": Corner(
        "Synergistic",
        "Weak signals in opposite noise: alone little, together the noise cancels.",
        _values(30, 30, (0.5, 0.5), (0.5, 0.5), -0.95),
    ),
    "tied": Corner(
        "Tied",
        "The same channel twice with independent noise: U1 = U2 = 0 exactly, where an iterative solver's path hangs on rounding.",
        _values(0, 0, (3, 1), (3, 1), 0),
    ),
    "independent": Corner(
        "Independent",
        "Modality 2 is independent of the target: everything is unique to modality 1.",
        _values(0, 0, (3, 1), (0, 0), 0),
    ),
}


def gaussian_system(
    *,
    angle1: npt.ArrayLike = 0.0,
    angle2: npt.ArrayLike = 60.0,
    along1: npt.ArrayLike = 3.0,
    across1: npt.ArrayLike = 0.5,
    along2: npt.ArrayLike = 3.0,
    across2: npt.ArrayLike = 0.5,
    noise: npt.ArrayLike = 0.0,
    columns: int = 2,
    dy: int = 2,
) -> Array:
    """Covariance of (x1, x2, y), shape (..., 2 columns + dy, 2 columns + dy); arrays of values broadcast together and lead.

    Args:
        angle1, angle2: direction each modality looks along, in degrees.
        along1, across1, along2, across2: gains along and across that direction; noise has variance 1.
        noise: correlation of the two modalities' noises, above -1 and below 1.
        columns: columns of each modality, an even number.
        dy: 2, or 1 for a target that is the first coordinate alone (the other one is then part of the noise).
    """
    if columns < 2 or columns % 2:
        raise BadSpec(f"columns is {columns}; allowed: even numbers from 2 on")
    if dy not in (1, 2):
        raise BadSpec(f"dy is {dy}; allowed: 1, 2")
    values = (angle1, angle2, along1, across1, along2, across2, noise)
    a1, a2, s1, t1, s2, t2, rho = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in values))
    if not (np.abs(rho) < 1).all():
        raise BadSpec(f"noise is {rho[~(np.abs(rho) < 1)].flat[0]}; allowed: above -1 and below 1")
    k = columns // 2
    h1, h2 = _channel(a1, s1, t1, k), _channel(a2, s2, t2, k)  # (..., 2k, 2)
    cov = np.zeros((*rho.shape, 2 * columns + 2, 2 * columns + 2))
    first, second, last = slice(0, columns), slice(columns, 2 * columns), slice(2 * columns, None)
    noises = k * np.eye(columns)
    cov[..., first, first] = h1 @ _t(h1) + noises
    cov[..., second, second] = h2 @ _t(h2) + noises
    cov[..., first, second] = h1 @ _t(h2) + rho[..., None, None] * noises
    cov[..., second, first] = _t(cov[..., first, second])
    for part, h in ((first, h1), (second, h2)):
        cov[..., part, last] = h
        cov[..., last, part] = _t(h)
    cov[..., last, last] = np.eye(2)
    size = 2 * columns + dy
    return np.ascontiguousarray(cov[..., :size, :size])


def _channel(angle: Array, along: Array, across: Array, k: int) -> Array:
    """Gains of the k copies of the channel along `angle` and across it, shape (..., 2k, 2)."""
    # exact where the angle is a multiple of 90 degrees, so that a tie is a tie
    turn = np.deg2rad(angle)
    cos = np.where(np.mod(angle, 180) == 90, 0.0, np.cos(turn))
    sin = np.where(np.mod(angle, 180) == 0, 0.0, np.sin(turn))
    rows = np.stack([np.stack([along * cos, along * sin], -1), np.stack([-across * sin, across * cos], -1)], -2)
    return np.tile(rows, (1,) * (rows.ndim - 2) + (k, 1))


def _t(matrix: Array) -> Array:
    return np.swapaxes(matrix, -1, -2)
