"""Grids behind the dials, computed once for all visitors and kept."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mmexplore.dialgrid import DialGrid, dial_grid, entropy, grid_scene
from mmexplore.scene import Scene
from mmexplore.types import PID
from mmexplore.ui.dial import Axis, Grid, Tables, exact_of

_KEPT = 200  # about 150 kB each

# What the two ends of a slider mean, where the label does not say it
_ENDS = {
    "mix": ("first gate", "second gate"),
    "noise": ("labels are right", "coin toss"),
    "noise1": ("clean", "tells nothing"),
    "noise2": ("clean", "tells nothing"),
    "correlation": ("opposite", "alike"),
    "bias1": ("mostly low", "mostly high"),
    "bias2": ("mostly low", "mostly high"),
}


@st.cache_resource(max_entries=_KEPT, show_spinner="Computing the map …")
def _kept(identity: str, _scene: Scene) -> tuple[Grid, Tables | None, DialGrid]:
    computed = dial_grid(_scene)
    low, high = zip(*(_ENDS.get(p.name, ("", "")) for p in (computed.x, computed.y)), strict=True)
    axes = tuple(
        Axis.of(p, low_words=a, high_words=b) for p, a, b in zip((computed.x, computed.y), low, high, strict=True)
    )
    grid = Grid(id=computed.key, axes=axes, fields=computed.fields)
    labels = _scene.labels()
    tables = None if computed.tables is None else Tables(computed.tables, labels.x1, labels.x2, labels.y)
    return grid, tables, computed


def scene_grid(scene: Scene) -> tuple[Grid, Tables | None, DialGrid]:
    """The dial's grid, its coarse stack of tables, and what was computed, for the scene's two axes."""
    cached = grid_scene(scene)
    return _kept(cached.identity(), cached)


def answer(scene: Scene, result: PID, at: tuple[float, ...]) -> dict[str, Any]:
    """The exact answer for a scene as the dial takes it, the target's entropy included."""
    return exact_of(result.to("bit"), at, hy=float(entropy(scene.table().sum(axis=(0, 1)))))
