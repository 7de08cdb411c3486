"""What came out of a sweep of beta down and up: the points of its frames, and a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mmexplore.labs.knob.sweep_task import KnobSweep
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.units import BITS_PER_NAT

Points = Mapping[str, list[list[float]]]  # [beta, bits a view] of the settings of each way, rising in beta

SAMPLES = 4000
WAYS = ("down", "up")
_INFORMATIVE = 0.25  # bits a view from which a latent counts as informative


def sweep_task(scene: KnobTheory) -> KnobSweep:
    """The run that belongs to the tab's canonical pair: linear encoders, data that are Gaussian themselves."""
    rho = math.sqrt(scene.sym_square)
    return KnobSweep(data=f"warped-gaussian?correlations={rho:.6f}&private=0&warp=0.0&n={SAMPLES}", settings=13)


def points_of(frames: Sequence[Mapping[str, Any]]) -> dict[str, list[list[float]]]:
    """beta and bits a view of the frames of a sweep, for each way, rising in beta."""
    points: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    for frame in frames:
        if frame.get("rate_nats") is not None and frame.get("direction") in (0, 1):
            bits = float(frame["rate_nats"]) / 2 * BITS_PER_NAT
            points[WAYS[int(frame["direction"])]].append([float(frame["beta"]), bits])
    return {way: sorted(pairs) for way, pairs in points.items()}


def sentence(points: Points, spinodal: float) -> str:
    """Where the two networks were informative, in words; nothing while a way has no settings.

    Args:
        points: as `points_of` gives them.
        spinodal: the exact beta from which on the informative state is a local minimum.
    """
    if not points["down"] or not points["up"]:
        return ""
    parts = []
    for way, words in (("down", "collapsed between"), ("up", "became informative between")):
        betas = [beta for beta, _ in points[way]]
        informative = [beta for beta, bits in points[way] if bits > _INFORMATIVE]
        if not informative:
            parts.append(f"the network that followed beta {way} **stayed collapsed**")
        elif min(informative) == min(betas):
            parts.append(f"the network that followed beta {way} was informative at every setting")
        else:
            before = max(beta for beta in betas if beta < min(informative))
            first, last = (min(informative), before) if way == "down" else (before, min(informative))
            parts.append(f"the network that followed beta {way} **{words} {first:.3g} and {last:.3g}**")
    return f"Of the two, {parts[0]} (exact: {spinodal:.3g}), and {parts[1]}."


def effort(frames: Sequence[Mapping[str, Any]]) -> str:
    """How many training steps the settings took, and which did not converge, in words; nothing where frames do not say it."""
    seen = [frame for frame in frames if frame.get("updates") is not None and frame.get("direction") in (0, 1)]
    if not seen:
        return ""
    took = [int(frame["updates"]) for frame in seen]
    open_ended = [
        f"β {float(frame['beta']):.3g} on the way {WAYS[int(frame['direction'])]}"
        for frame in seen
        if not frame["converged"]
    ]
    most = max(seen, key=lambda frame: float(frame["updates"]))
    words = (
        f"Training steps a setting: {min(took):,} to {max(took):,}, the most at β {float(most['beta']):.3g} on the way "
        f"{WAYS[int(most['direction'])]}. "
    )
    if not open_ended:
        return words + f"All {len(seen)} settings converged."
    return words + f"Not converged when the sweep went on: {', '.join(open_ended)}."
