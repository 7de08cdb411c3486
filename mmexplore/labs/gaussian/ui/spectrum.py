"""Which combinations of the target are unique to whom: the uniqueness spectrum, in bars, words and numbers."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmexplore.info.gaussian import GaussianPID
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.labs.gaussian.ui import NAMES, STATE
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.ui.figure import figure
from mmexplore.ui.tabs import fold
from mmexplore.ui.words import number

Array = npt.NDArray[np.float64]

EVEN = 1e-9  # bit; below it nobody knows a direction better
_MOST = 24  # bars
_NEAR = 5.0  # degrees


def directions(result: GaussianPID, cov: Array) -> Array:
    """Weights of the combinations on coordinates of variance 1, each column of length 1, its largest weight positive."""
    dy = len(result.spectrum)
    weights = np.asarray(result.directions) * np.sqrt(np.diagonal(cov)[-dy:])[:, None]
    weights = weights / np.linalg.norm(weights, axis=0)
    return np.asarray(weights * np.sign(weights[np.abs(weights).argmax(axis=0), np.arange(dy)]))


def called(weights: Array) -> str:
    """A combination in words: an angle in the plane, else its three largest weights."""
    if len(weights) == 1:
        return "the target"
    if len(weights) == 2:
        return f"direction {round(angle(weights)) % 180}°"
    order = np.argsort(-np.abs(weights))[:3]
    terms = " ".join(f"{'−' if weights[k] < 0 else '+'} {abs(weights[k]):.2f} y{k + 1}" for k in order)
    return terms.removeprefix("+ ") + (" …" if len(weights) > 3 else "")


def angle(weights: Array) -> float:
    """Angle of a direction in the plane, 0 to 180 degrees."""
    return math.degrees(math.atan2(weights[1], weights[0])) % 180


def bars(result: GaussianPID, cov: Array) -> Bars:
    """The spectrum as a figure."""
    weights = directions(result, cov)
    items = [(float(x), called(weights[:, k])) for k, x in enumerate(result.spectrum)]
    if len(items) > _MOST:
        items = sorted(sorted(items, key=lambda item: -abs(item[0]))[:_MOST], reverse=True)
    return Bars(
        "Which directions of the target are unique to whom",
        tuple(Bar(text, x, "U1" if x > EVEN else "U2" if x < -EVEN else "") for x, text in items),
        unit=f"{result.unit}: to the left modality 2 knows it better, to the right modality 1",
        note=f"½ log λ, with λ the generalised eigenvalues of Cov(Y|X₂) against Cov(Y|X₁). U1 is the sum of the bars to the right, U2 of those to "
        f"the left.{f' The {_MOST} longest of {len(result.spectrum)}.' if len(result.spectrum) > _MOST else ''}",
    )


def sentences(scene: GaussianScene, result: GaussianPID, cov: Array) -> list[str]:
    """One sentence a direction, the most lopsided first."""
    weights, spectrum = directions(result, cov), np.asarray(result.spectrum)
    if np.abs(spectrum).max() < EVEN:
        return [
            "**Tied**: both modalities leave the target equally open in every direction, so neither has anything of its own. Whatever "
            "one tells, the other tells as well."
        ]
    lines = []
    for k in np.argsort(-np.abs(spectrum))[:4]:
        x, shares = float(spectrum[k]), (float(result.known1[k]), float(result.known2[k]))
        name = called(weights[:, k])
        name = f"**{name[:1].upper()}{name[1:]}**{_nearby(scene, weights[:, k])}"
        explained = f"modality 1 explains {_percent(shares[0])} of its variance, modality 2 {_percent(shares[1])}"
        if abs(x) < EVEN:
            lines.append(f"{name}: both know it equally well ({explained}).")
        else:
            lines.append(
                f"{name}: {NAMES[0] if x > 0 else NAMES[1]} knows it better by {number(abs(x), 3)} {result.unit} ({explained})."
            )
    return lines


def _percent(share: float) -> str:
    return f"{100 * max(share, 0.0):.1f}\u00a0%"


def _nearby(scene: GaussianScene, weights: Array) -> str:
    """Whose own direction this is, in a system of two channels."""
    if scene.source != "system" or len(weights) != 2:
        return ""
    here = angle(weights)
    for k, own in ((1, scene.angle1), (2, scene.angle2)):
        for turned, text in (
            (0.0, f"where modality {k} looks"),
            (90.0, f"at right angles to where modality {k} looks"),
        ):
            apart = abs((here - own - turned + 90) % 180 - 90)
            if apart < _NEAR:
                return f", {text}" if apart < 0.05 else f", nearly {text}"
    return ""


def spectrum(scene: GaussianScene, result: GaussianPID, cov: Array) -> None:
    """Figure and sentences."""
    figure(bars(result, cov), "gaussian.spectrum")
    st.markdown("\n\n".join(sentences(scene, result, cov)))


def spectrum_numbers() -> DeltaGenerator | None:
    """The place for the numbers as a table; None while it is closed: nothing is drawn there then."""
    return fold(STATE, "numbers", "Numbers")


def spectrum_table(result: GaussianPID, cov: Array) -> None:
    """The numbers as a table."""
    weights = directions(result, cov)
    table = {
        f"½ log λ ({result.unit})": np.asarray(result.spectrum),
        "explained by modality 1": np.asarray(result.known1),
        "explained by modality 2": np.asarray(result.known2),
    } | {f"weight of y{k + 1}": weights[k] for k in range(min(len(weights), 20))}
    st.dataframe(pd.DataFrame(table).round(6), hide_index=True)
