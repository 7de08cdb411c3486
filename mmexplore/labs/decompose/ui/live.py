"""The live block: the dial with its linked views, the certificate at rest, and what one may ask of it below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmexplore import datasets
from mmexplore.labs.decompose.dialgrid import grid_scene
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.ui import STATE
from mmexplore.labs.decompose.ui.about import about
from mmexplore.labs.decompose.ui.actions import own_actions
from mmexplore.labs.decompose.ui.export import downloads
from mmexplore.labs.decompose.ui.grid import answer, scene_grid
from mmexplore.labs.decompose.ui.measures import every_measure
from mmexplore.labs.decompose.ui.states import data_link, lost_by_states
from mmexplore.types import PID
from mmexplore.ui import certificate
from mmexplore.ui.actions import action_row
from mmexplore.ui.badges import Badge, headline
from mmexplore.ui.dial import Face
from mmexplore.ui.failures import guarded
from mmexplore.ui.pins import comparison
from mmexplore.ui.readout import READOUT, moved, part
from mmexplore.ui.tabs import tab_row
from mmexplore.ui.words import ATOM_WORDS, number, small
from mmexplore.units import per_bit, per_nat


def live_block() -> None:
    """Actions, dial, linked views and certificate; the read-out runs alone when the dial is let go."""
    with guarded(STATE):
        action_row(STATE, own_actions, shows=lambda: bool(STATE.view.changes()))
        scene = STATE.view
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            head = st.container()
            data_link(scene)
        face = _face(scene)
        face.draw()
        part(STATE, "below", lambda: _below(face, head))


def _face(scene: Scene) -> Face:
    grid, tables, _ = scene_grid(scene)
    return Face(
        grid,
        "decompose.dial",
        tables=tables,
        names=scene.names(),
        title=grid_scene(scene).title(),  # without the dial's own values: what stands still is not sent again
        caption=f"{scene.measure} · mmexplore",
        exact_for="this table of bins" if scene.source == "real" else "",
    )


# What one may ask of the answer: how it is drawn, and whether it follows the dial.
_TABS: dict[str, tuple[Callable[[Scene, PID], None], bool]] = {
    "certificate": (lambda scene, result: certificate.intervals(result, scene.names()), True),
    "measures": (lambda scene, result: every_measure(scene), True),
    "about": (lambda scene, result: about(scene), False),
    "export": (downloads, True),
}


def _below(face: Face, head: DeltaGenerator) -> None:
    """The comparison with a pinned view, the tabs of what one may ask, of which only the open one is computed, and the read-out."""
    compared = st.container() if STATE.pinned is not None else None
    name, tab = tab_row(STATE)
    draw, follows = _TABS[name]
    with tab:
        place = st.container()
        if not follows:
            draw(STATE.view, STATE.view.decompose())
        elif name == "certificate":
            certificate.meaning(STATE.view.measure)
    part(STATE, READOUT, lambda: _readout(face, head, compared, place, draw if follows else None))


def _readout(
    face: Face,
    head: DeltaGenerator,
    compared: DeltaGenerator | None,
    place: DeltaGenerator,
    below: Callable[[Scene, PID], None] | None,
) -> None:
    """What follows the dial: its answer, the headline with its certificate, and what the open tab says of the answer."""
    scene, pinned = STATE.view, STATE.pinned
    table = scene.table()
    result = scene.decompose(table)
    before = None if pinned is None else pinned.decompose()
    x, y = scene.axes()
    at = (scene.get(x), scene.get(y))
    face.answer(
        at,
        exact=answer(table, result, at),
        pin=None if pinned is None or before is None else _pin(pinned, before),
        unit=result.unit,
        rev=STATE.revision(),
        on_commit=_committed,
        state=STATE,
    )
    with head:
        badges = (
            certificate.badge_of(result),
            _expected(scene, result),
            _samples(scene, result),
            lost_by_states(scene, result),
        )
        headline(f"{scene.title()}.", (badge for badge in badges if badge is not None))
    if compared is not None and pinned is not None and before is not None:
        with compared:
            same = scene.names() if pinned.names() == scene.names() else None
            comparison(pinned.title(), before, scene.title(), result, same)
    if below is not None:
        with place:
            below(scene, result)


def _committed(value: tuple[float, ...]) -> None:
    STATE.update(**{path: round(v, 6) for path, v in zip(STATE.view.axes(), value, strict=True)})
    moved(STATE)


def _pin(scene: Scene, result: PID) -> dict[str, Any]:
    """The pinned result as the dial draws it; its place on the axes only where they are the same."""
    view, dials = STATE.view, scene.dials()
    at = tuple(scene.get(path) if path in dials else float(view.at(path).default) for path in view.axes())
    return {**answer(scene.table(), result, at), "label": f"A: {scene.title()}"}


def _expected(scene: Scene, result: PID) -> Badge | None:
    """Truth beside the number: the literature's decomposition of an untouched gate."""
    expected = scene.expected()
    if expected is None:
        return None
    bits = result.to("bit").atoms
    factor = per_bit(scene.unit)
    off = max(abs(float(ours) - theirs) for ours, theirs in zip(bits, expected, strict=True))
    atoms = ", ".join(
        f"{ATOM_WORDS[name].symbol} {number(theirs * factor, 3)}" for name, theirs in expected._asdict().items()
    )
    info = datasets.gate_info(scene.gate)
    return Badge(
        f"Literature: {atoms} · {'agrees' if off < 1e-6 else f'differs by {small(off * factor)} {result.unit}'}",
        icon=":material/menu_book:",
        color="green" if off < 1e-6 else "red",
        help=f"{info.reference}. {info.expected_source}.",
    )


def _samples(scene: Scene, result: PID) -> Badge | None:
    """What the certificate does not cover: a table of relative frequencies has an error of its own."""
    if scene.source != "real":
        return None
    made = scene.real_table()
    n1, n2, ny = made.table.p.shape
    bias = (n1 - 1) * (n2 - 1) * (ny - 1) / (2 * made.rows) * per_nat(result.unit)
    few = made.rows < 5 * n1 * n2 * ny
    return Badge(
        f"{made.rows:,} rows, {made.rows / (n1 * n2 * ny):.1f} a cell · synergy too high by up to about {number(bias, 2)} {result.unit}",
        icon=":material/groups:",
        color="orange" if few else "grey",
        help="The certificate speaks of this table of relative frequencies. As an estimate of the population, synergy comes out "
        "too large by about (|X1|−1)(|X2|−1)(|Y|−1)/(2N) nats (leading order, every cell possible; Panzeri & Treves 1996); "
        "less where many cells cannot occur.",
    )
