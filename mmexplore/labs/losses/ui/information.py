"""Where the information lies: what the two views tell of the label, live where its weights can be turned, exact or certified once let go."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from mmexplore.datasets.views import LabelTruth, two_views
from mmexplore.errors import MmexploreError
from mmexplore.labs.losses.dial import grid_key, weights_grid
from mmexplore.labs.losses.presets import preset_of
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.labs.losses.ui import STATE
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.types import ATOMS
from mmexplore.ui.badges import Badge, headline
from mmexplore.ui.dial import Axis, Face, Grid, exact_of
from mmexplore.ui.failures import plain
from mmexplore.ui.figure import figure
from mmexplore.ui.readout import READOUT, moved, part
from mmexplore.ui.words import ATOM_WORDS, number, small
from mmexplore.ui.work import computed

NAMES = ("view 1", "view 2", "the label")
_ENDS = ("no part in the label", "much of the label")


def on_dial(scene: FactorClScene) -> tuple[str, ...]:
    """The two weights that the live dial moves; none where the label has no such weights, or a link hides or locks one of them."""
    shown = (scene.dial_x, scene.dial_y)
    fixed = any(STATE.hides(f"data.{name}") or STATE.locks(f"data.{name}") for name in shown)
    return shown if scene.dialled and not fixed else ()


def where(scene: FactorClScene, own: tuple[str, dict[str, np.ndarray], str] | None) -> None:
    """The dial or the bars, and beside them the information about the label in words and numbers."""
    arrays = None if own is None else own[1]
    identity = own[0] if own is not None else scene.views().text()
    with st.container():
        grid = _grid(scene) if on_dial(scene) else None
    truth = None
    if grid is None:
        with st.container():
            truth = _truth(scene, identity, arrays)
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=760):
            face = None
            if grid is not None:
                face = _face(grid)
                face.draw()
            elif truth is not None:
                _bars(truth)
        with st.container(width=560):
            if scene.data == "trifeature":
                _pairs(scene)
            if face is not None:
                part(STATE, READOUT, partial(_readout, face))
            elif truth is not None:
                _words(scene, truth)


def _truth(scene: FactorClScene, identity: str, arrays: dict[str, np.ndarray] | None) -> LabelTruth | None:
    return computed(STATE, "truth", f"truth {identity}", lambda report, stop: scene.truth(arrays))


def _readout(face: Face) -> None:
    """What follows the dial: its answer, and the information about the label in words and numbers.

    While the exact answer is still being computed the dial shows its interpolated ones; what shows the progress does not stand above it.
    """
    scene = STATE.view
    truth = _truth(scene, scene.views().text(), None)
    spec = scene.factors()
    at = (float(getattr(spec, scene.dial_x)), float(getattr(spec, scene.dial_y)))
    face.answer(
        at,
        exact=None if truth is None else exact_of(truth.pid, at),
        rev=STATE.revision(),
        on_commit=_committed,
        state=STATE,
    )
    if truth is not None:
        _words(scene, truth)


def _grid(scene: FactorClScene) -> Grid | None:
    key = grid_key(scene)
    fields = computed(STATE, "grid", f"grid {key}", lambda report, stop: _shared(key, scene))
    if fields is None:
        return None
    axes = tuple(
        Axis.of(scene.factors().parameter(name), path=f"data.{name}", low_words=_ENDS[0], high_words=_ENDS[1])
        for name in (scene.dial_x, scene.dial_y)
    )
    return Grid(id=key, axes=axes, fields=fields)


@st.cache_resource(max_entries=200, show_spinner=False)
def _shared(key: str, _scene: FactorClScene) -> dict[str, np.ndarray]:
    return weights_grid(_scene)


def _face(grid: Grid) -> Face:
    return Face(
        grid,
        "learn.dial",
        views=("bars", "diagram"),
        names=NAMES,
        title="Where the information lies",
        caption="BROJA, of each view's chance of y = 1 \u00b7 mmexplore",
        compact=True,
        exact_for="a table of chances",
    )


def _committed(value: tuple[float, ...]) -> None:
    scene = STATE.view
    changes = {f"data.{name}": round(v, 6) for name, v in zip((scene.dial_x, scene.dial_y), value, strict=True)}
    try:
        same = preset_of(scene.put(**changes)) == preset_of(scene)
    except MmexploreError:
        same = True
    STATE.update(**changes)
    if not same:  # the sidebar names the preset: it has to follow where the dial leaves or meets one
        st.rerun()
    moved(STATE)


def _bars(truth: LabelTruth) -> None:
    bars = (Bar(ATOM_WORDS[a].title, round(float(getattr(truth.pid, a)), 9) + 0.0, ATOM_WORDS[a].symbol) for a in ATOMS)  # type: ignore[arg-type]
    figure(Bars("Information of the two views about the label", tuple(bars)), "learn.truth")


def _pairs(scene: FactorClScene) -> None:
    """Some pairs of pictures, as the encoders see them."""
    picture, matches = _drawn_pairs(scene.views().replace(rows=500).text())
    st.image(picture, width=560)
    st.caption(f"Eight pairs, view 1 above view 2; they share their shape. Match: {matches}.")


@st.cache_resource(max_entries=16, show_spinner=False)
def _drawn_pairs(text: str, count: int = 8, gap: int = 4, scale: int = 2) -> tuple[np.ndarray, str]:
    """The first pairs side by side, and whether each of them matches."""
    sample = two_views(text).draw(1)
    side = sample.x1.shape[-1]
    sheet = np.ones((2 * side + gap, count * (side + gap) - gap, 3), dtype=np.float32)
    for k in range(count):
        for row, view in enumerate((sample.x1, sample.x2)):
            top, left = row * (side + gap), k * (side + gap)
            sheet[top : top + side, left : left + side] = (view[k].transpose(1, 2, 0) + 1.0) / 2.0
    large = sheet.repeat(scale, axis=0).repeat(scale, axis=1)
    return (255 * large.clip(0.0, 1.0)).astype(np.uint8), ", ".join(
        "yes" if m else "no" for m in sample.labels["match"][:count]
    )


def _words(scene: FactorClScene, truth: LabelTruth) -> None:
    p = truth.pid
    i1, i2, i12 = float(p.i1), float(p.i2), float(p.i12)
    if truth.exact:
        badge = Badge("exact", icon=":material/function:", color="blue", help=truth.words)
    else:
        certified = f"of a table, certified to {small(max(float(p.gap), 1e-16))} bit"
        badge = Badge(certified, icon=":material/verified:", color="green", help=truth.words)
    headline("Information about the label", (badge,))
    st.markdown(
        f"FactorCL's *shared* I1 + I2 \u2212 I12 = **{number(i1 + i2 - i12, 3)}**, *unique 1* I12 \u2212 I2 = **{number(i12 - i2, 3)}**, "
        f"*unique 2* I12 \u2212 I1 = **{number(i12 - i1, 3)}** bit: synergy is folded in (R \u2212 S, U1 + S, U2 + S)."
    )
    how = f"{plain(f'{truth.words[:1].upper()}{truth.words[1:]}')}."
    if scene.dialled and float(p.synergy) > 0.1 and not scene.factors().synergy:
        how = (
            "The synergy is no accident: the sign of a sum depends on every summand, so views that each hold one need each other. "
            f"*View-specific factors* are not *unique information*.\n\n{how}"
        )
    st.caption(how)
