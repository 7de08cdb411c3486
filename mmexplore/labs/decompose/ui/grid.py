"""Grids behind the dials, computed once for all visitors and kept; those of a table that a visitor drew, for their session."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mmexplore import datasets
from mmexplore.labs.decompose.dialgrid import DialGrid, dial_grid, entropy, grid_scene
from mmexplore.labs.decompose.scene import Scene
from mmexplore.types import PID
from mmexplore.ui.dial import Axis, Grid, Tables, exact_of
from mmexplore.ui.session_cache import in_session

_KEPT = 500  # about 150 kB each; every gate under every measure makes 250

# What the two ends of a slider mean, where the label does not say it
_ENDS = {
    "noise": ("labels are right", "coin toss"),
    "noise1": ("clean", "tells nothing"),
    "noise2": ("clean", "tells nothing"),
    "correlation": ("opposite", "alike"),
    "bias1": ("mostly low", "mostly high"),
    "bias2": ("mostly low", "mostly high"),
}


@st.cache_resource(max_entries=_KEPT, show_spinner="Computing the map …")
def _cached_grid(identity: str, _scene: Scene) -> tuple[Grid, Tables, DialGrid]:
    return _computed(_scene)


def _computed(scene: Scene) -> tuple[Grid, Tables, DialGrid]:
    computed = dial_grid(scene)
    ends = {**_ENDS, "mix": (_called(scene.gate), _called(scene.other))}
    axes = tuple(
        Axis.of(parameter, path=path, low_words=ends.get(path, ("", ""))[0], high_words=ends.get(path, ("", ""))[1])
        for path, parameter in zip(computed.paths, (computed.x, computed.y), strict=True)
    )
    grid = Grid(id=computed.key, axes=axes, fields=computed.fields, own=scene.source == "draw")
    labels = scene.labels()
    return grid, Tables(computed.tables, labels.x1, labels.x2, labels.y), computed


def _called(gate: str) -> str:
    info = datasets.gate_info(gate)
    return info.called or info.title


def scene_grid(scene: Scene) -> tuple[Grid, Tables, DialGrid]:
    """The dial's grid, its coarse stack of tables (none for large ones), and what was computed, for the scene's two axes."""
    cached = grid_scene(scene)
    if scene.source == "draw":
        return in_session("map", cached.identity(), lambda: _computed(cached))
    return _cached_grid(cached.identity(), cached)


def wanted() -> list[Scene]:
    """Scenes whose maps are worth computing beforehand: every gate (under every measure, the default one first) and the real data.

    Some take a second, and a class asks for all of them in its first minute.
    """
    usual = Scene()
    gates = [usual.put(gate=gate) for gate in Scene.parameter("gate").choices or ()]
    real = [usual.put(source="real", real=name) for name in Scene.parameter("real").choices or ()]
    others = [name for name in Scene.parameter("measure").choices or () if name != usual.measure]
    return [*gates, *real, *(scene.replace(measure=name) for name in others for scene in gates)]


def answer(table: npt.NDArray[np.float64], result: PID, at: tuple[float, ...]) -> dict[str, Any]:
    """The exact answer for a table as the dial takes it, with the target's entropy and the distribution itself."""
    entropy_of_target = float(entropy(table.sum(axis=(0, 1))))
    return {**exact_of(result.to("bit"), at, hy=entropy_of_target), "table": table}
