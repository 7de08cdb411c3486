"""The optimiser's path: how the published iteration walks toward the exact line, or about it, told of this run as it was."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from mmexplore.info.gaussian import GaussianPID, ThinPath, thin_pid
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.labs.gaussian.ui import STATE
from mmexplore.plot.kinds import Curves, Series
from mmexplore.ui.figure import figure
from mmexplore.ui.pictures import FIGURE_AND_WORDS
from mmexplore.ui.words import duration, number, small
from mmexplore.ui.work import computed
from mmexplore.units import per_bit

Array = npt.NDArray[np.float64]

STEPS = 1500
LARGEST = 60  # rows of the covariance; a step costs p^3
_POINTS = 240
_DECIMALS = 12.0
_LATE = 50  # last steps


@dataclass(frozen=True)
class Walked:
    """A path and how long it took, in seconds."""

    path: ThinPath
    seconds: float


def path(scene: GaussianScene, result: GaussianPID, cov: Array, dims: tuple[int, int, int]) -> None:
    """Figure, what became of it, and why the formula needs none of it."""
    if len(cov) > LARGEST:
        st.caption(
            f"The iteration is walked for covariances of at most {LARGEST} rows; this one has {len(cov):,}. The closed form above took "
            f"{duration(result.seconds)}."
        )
        return
    key = f"thin {STEPS} {hash((cov.tobytes(), dims))}"
    walked: Walked | None = computed(STATE, "the optimiser's path", key, lambda report, stop: _walk(cov, dims))
    if walked is None:
        return
    factor = per_bit(result.unit)
    drawing, words = st.columns(FIGURE_AND_WORDS, gap="large")
    with drawing:
        figure(curves(walked.path, factor, result.unit), "gaussian.path")
        figure(decimals(walked.path, factor, result.unit), "gaussian.decimals")
    with words:
        st.markdown("\n\n".join(sentences(walked.path, factor, result, walked.seconds)))


def _walk(cov: Array, dims: tuple[int, int, int]) -> Walked:
    start = time.perf_counter()
    return Walked(thin_pid(cov, *dims, steps=STEPS), time.perf_counter() - start)


def curves(path: ThinPath, factor: float, unit: str) -> Curves:
    """Distance from the exact line after every step; of long paths every so-many-th step, with its extremes."""
    steps = len(path.union)
    ends = np.unique(np.geomspace(1, steps, _POINTS).round().astype(int))
    parts = [path.error[a:b] * factor for a, b in itertools.pairwise((0, *ends))]
    return Curves(
        "The optimiser's path toward the exact union information",
        ends.astype(float),
        (
            Series(
                "Thin-PID",
                np.array([part[-1] for part in parts]),
                low=np.array([part.min() for part in parts]),
                high=np.array([part.max() for part in parts]),
                hue=0,
            ),
            Series("exact", np.zeros(len(parts)), faint=True),
        ),
        x_label="values seen, the start is the first",
        y_label=f"{unit} above the exact answer",
        log=True,
        note=f"I(X1,X2;Y) under the coupling that the iteration holds, less the closed form's {number(path.exact * factor, 4)} {unit}; band: its extremes "
        "between two points of the line.",
    )


def decimals(path: ThinPath, factor: float, unit: str) -> Curves:
    """How many decimals of the union information are right after every step: a path that converges climbs, one that wanders does not."""
    right = -np.log10(np.maximum(np.abs(path.error * factor), 10.0**-_DECIMALS))
    ends = np.unique(np.linspace(1, len(right), min(len(right), _POINTS)).astype(int))
    worst = np.array([right[a:b].min() for a, b in itertools.pairwise((0, *ends))])
    return Curves(
        "How many decimals are right",
        (ends - 1).astype(float),
        (Series("Thin-PID", worst, hue=0), Series("closed form", np.full(len(ends), _DECIMALS), faint=True)),
        x_label="step",
        y_label="decimals",
        note=f"Minus the decimal logarithm of the distance from the exact answer in {unit}s, at most {_DECIMALS:g}; of several steps the worst.",
    )


def sentences(path: ThinPath, factor: float, result: GaussianPID, seconds: float) -> list[str]:
    """How it ended this time, whether it could know, and what ties do to it."""
    steps, away = len(path.union) - 1, float(path.error[-1]) * factor
    largest = float(np.abs(path.error).max()) * factor
    ended = (
        f"It converged after **{steps:,} steps**" if path.stopped else f"It had **not converged after {steps:,} steps**"
    )
    where = (
        f"at the exact answer (off by {small(abs(away))} {result.unit})"
        if path.converged
        else f"**{number(away, 4)} {result.unit} from the exact answer**"
    )
    lines = [
        f"{ended}, {where}. On the way it was up to {number(largest, 3) if largest > 0.01 else small(largest)} {result.unit} off.",
        f"It took {duration(seconds)}; the closed form took {duration(result.seconds)}, and is certified.",
    ]
    if float(path.norm[-_LATE:].max()) >= 1 - 1e-6:
        lines.append(
            "Its unknown, the correlation of the two noises, ends on the edge where it becomes singular (largest singular value 1). There both "
            "determinants of its objective may vanish and its gradient has no bound. Where channels tie the optimum itself lies on that edge and is "
            "no fixed point that the iteration could find: whether a path stays, wanders by whole bits or comes to rest hangs on rounding. "
            "What is drawn is what it did here; another computer may draw another path."
        )
    lines.append(
        "Whatever it says, the iteration cannot know how far it is from the truth: it stops where its last values hardly change. Thin-PID, Zhao et al. "
        "2025 (arXiv 2510.04417), algorithm 1, in our own writing."
    )
    return lines
