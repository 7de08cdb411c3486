"""Informations by deterministic quadrature: the trapezoid rule, whose error falls exponentially for analytic, fast decaying integrands.

Every result is computed with one step and with half of it; the difference, and the rounding of the sum, bound the stated error
(Trefethen & Weideman 2014, "The exponentially convergent trapezoidal rule").
"""

from __future__ import annotations

import functools
import math

import numpy as np

from mmexplore.units import NATS_PER_BIT

_LN2 = NATS_PER_BIT
_REACH = 9.0  # standard deviations; the mass beyond is 2e-19
_ROUNDING = 1e-12  # bit


@functools.lru_cache(maxsize=1024)
def bit_through_noise(amplitude: float) -> tuple[float, float]:
    """I(B; B a + N) of a fair sign B in standard normal noise N, in bits, with its error bound.

    I = 1 - E log2(1 + exp(-2 a (a + N))), by the symmetry of the two signs.
    """

    def at(points: int) -> float:
        z, step = np.linspace(-_REACH, _REACH, points, retstep=True)
        density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        return 1.0 - float(step * (density * np.logaddexp(0.0, -2.0 * amplitude * (amplitude + z))).sum()) / _LN2

    # the integrand bends within 1/a: a step well below that
    points = int(400 * (1.0 + amplitude)) * 2 + 1
    coarse, fine = at(points), at(2 * points - 1)
    return min(max(fine, 0.0), 1.0), abs(fine - coarse) + _ROUNDING


@functools.lru_cache(maxsize=1024)
def gate_through_noise(
    likelihood: tuple[tuple[float, float], tuple[float, float]], noise: float
) -> tuple[float, float, float]:
    """I(X1;Y), I(X1,X2;Y) and their error bound, for y by a symmetric gate of two fair bits seen as x = ±1 + noise N.

    Args:
        likelihood: p(y = 1 | bit 1, bit 2), symmetric in the bits.
        noise: standard deviation of the noise.
    """
    chance = np.asarray(likelihood)

    def at(points: int) -> tuple[float, float]:
        x, step = np.linspace(-1.0 - _REACH * noise, 1.0 + _REACH * noise, points, retstep=True)
        # (2, points): density of x given the bit, times the bit's chance and the step
        mass = np.stack([np.exp(-0.5 * ((x - b) / noise) ** 2) for b in (-1.0, 1.0)]) * (
            0.5 * step / (noise * math.sqrt(2.0 * math.pi))
        )
        given1 = np.einsum("ap,ab->pb", mass, chance) @ np.array([0.5, 0.5])  # p(x1, y = 1)
        one = np.stack([mass.sum(axis=0) - given1, given1])
        yes = np.einsum("ap,bq,ab->pq", mass, mass, chance, optimize=True)
        both = np.stack([np.outer(mass.sum(axis=0), mass.sum(axis=0)) - yes, yes])
        return _information(one), _information(both.reshape(2, -1))

    points = 2 * int((1.0 + _REACH * noise) / noise * 6) + 1  # twelve to a standard deviation
    coarse, fine = at(points), at(2 * points - 1)
    error = max(abs(a - b) for a, b in zip(coarse, fine, strict=True)) + _ROUNDING
    return fine[0], fine[1], error


def _information(masses: np.ndarray) -> float:
    """I between the rows and the columns of a table of masses, in bits."""
    masses = np.maximum(masses, 0.0)
    expected = masses.sum(axis=1, keepdims=True) * masses.sum(axis=0, keepdims=True) / masses.sum()
    ratio = np.divide(masses, expected, out=np.ones_like(masses), where=(masses > 0) & (expected > 0))
    return max(float((masses * np.log2(ratio)).sum()), 0.0)
