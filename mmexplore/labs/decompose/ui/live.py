"""The live block: the dial with its linked views, the certificate at rest, and what one may ask of it below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from mmexplore import datasets
from mmexplore.labs.decompose.dialgrid import grid_scene
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.ui import STATE
from mmexplore.labs.decompose.ui.about import about
from mmexplore.labs.decompose.ui.actions import own_actions
from mmexplore.labs.decompose.ui.export import downloads
from mmexplore.labs.decompose.ui.grid import answer, scene_grid
from mmexplore.labs.decompose.ui.measures import every_measure
from mmexplore.labs.decompose.ui.states import states_and_data
from mmexplore.types import PID
from mmexplore.ui import certificate
from mmexplore.ui.actions import action_row
from mmexplore.ui.dial import dial
from mmexplore.ui.failures import guarded
from mmexplore.ui.pins import comparison
from mmexplore.ui.words import ATOM_WORDS, number, small
from mmexplore.units import per_bit, per_nat


@st.fragment
def live_block() -> None:
    """Actions, dial, linked views and certificate; runs alone when the dial is let go."""
    STATE.follow()
    with guarded(STATE):
        action_row(STATE, own_actions)
        _live(STATE.view)


def _live(scene: Scene) -> None:
    result = scene.decompose()
    grid, tables, computed = scene_grid(scene)
    x, y = computed.paths
    at = (scene.get(x), scene.get(y))
    names = scene.names()
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{scene.title()}.**", width="content")
        certificate.badge(result)
        _expected(scene, result)
        _samples(scene, result)
        states_and_data(scene, result)
    pinned = STATE.pinned
    pinned_result = pinned.decompose() if pinned is not None else None
    dial(
        grid,
        at,
        key="decompose.dial",
        exact=answer(scene, result, at),
        pin=_pin(pinned, pinned_result),
        unit=result.unit,
        rev=STATE.revision(),
        tables=tables,
        names=names,
        title=grid_scene(scene).title(),  # without the dial's own values: what stands still is not sent again
        caption=f"{result.measure} · mmexplore",
        on_commit=_committed,
        state=STATE,
    )
    if pinned is not None and pinned_result is not None:
        same = names if pinned.names() == names else None
        comparison(pinned.title(), pinned_result, scene.title(), result, same)
    _below(scene, result)


def _committed(value: tuple[float, ...]) -> None:
    STATE.update(**{path: round(v, 6) for path, v in zip(STATE.view.axes(), value, strict=True)})


def _pin(scene: Scene | None, result: PID | None) -> dict[str, Any] | None:
    """The pinned result as the dial draws it; its place on the axes only where they are the same."""
    if scene is None or result is None:
        return None
    view, dials = STATE.view, scene.dials()
    at = tuple(scene.get(path) if path in dials else float(view.at(path).default) for path in view.axes())
    return {**answer(scene, result, at), "label": f"A: {scene.title()}"}


def _expected(scene: Scene, result: PID) -> None:
    """Truth beside the number: the literature's decomposition of an untouched gate."""
    expected = scene.expected()
    if expected is None:
        return
    bits = result.to("bit").atoms
    factor = per_bit(scene.unit)
    off = max(abs(float(ours) - theirs) for ours, theirs in zip(bits, expected, strict=True))
    atoms = ", ".join(
        f"{ATOM_WORDS[name].symbol} {number(theirs * factor, 3)}" for name, theirs in expected._asdict().items()
    )
    info = datasets.gate_info(scene.gate)
    st.badge(
        f"Literature: {atoms} · {'agrees' if off < 1e-6 else f'differs by {small(off * factor)} {result.unit}'}",
        icon=":material/menu_book:",
        color="green" if off < 1e-6 else "red",
        help=f"{info.reference}. {info.expected_source}.",
    )


def _samples(scene: Scene, result: PID) -> None:
    """What the certificate does not cover: a table of relative frequencies has an error of its own."""
    if scene.source != "real":
        return
    made = scene.real_table()
    n1, n2, ny = made.table.p.shape
    bias = (n1 - 1) * (n2 - 1) * (ny - 1) / (2 * made.rows) * per_nat(result.unit)
    few = made.rows < 5 * n1 * n2 * ny
    st.badge(
        f"{made.rows:,} rows, {made.rows / (n1 * n2 * ny):.1f} a cell · synergy too high by up to about {number(bias, 2)} {result.unit}",
        icon=":material/groups:",
        color="orange" if few else "grey",
        help="The certificate speaks of this table of relative frequencies. As an estimate of the population, synergy comes out "
        "too large by about (|X1|−1)(|X2|−1)(|Y|−1)/(2N) nats (leading order, every cell possible; Panzeri & Treves 1996); "
        "less where many cells cannot occur.",
    )


def _below(scene: Scene, result: PID) -> None:
    """What one may ask of the answer; only the open tab is computed."""
    parts: dict[str, Callable[[], None]] = {
        "Certificate": lambda: certificate.intervals(result, scene.names()),
        "Every measure": lambda: every_measure(scene),
        "About": lambda: about(scene),
        "Take it with you": lambda: downloads(scene, result),
    }
    tabs = st.tabs(tuple(parts), key=STATE.key("below"), on_change="rerun")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        with tab:
            if tab.open:
                draw()
