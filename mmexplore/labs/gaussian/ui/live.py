"""The live block: the dial with its linked views, the ellipses among them, and what one may ask of the answer below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmexplore.info.gaussian import GaussianPID
from mmexplore.labs.gaussian.scene import GaussianGrid, GaussianScene, gaussian_grid, grid_scene
from mmexplore.labs.gaussian.ui import NAMES, STATE
from mmexplore.labs.gaussian.ui.about import SCALAR, assumptions, badges, why_not_mmi
from mmexplore.labs.gaussian.ui.data import from_rows, misleading
from mmexplore.labs.gaussian.ui.export import downloads
from mmexplore.labs.gaussian.ui.file import given, waiting
from mmexplore.labs.gaussian.ui.path import path
from mmexplore.labs.gaussian.ui.spectrum import spectrum, spectrum_numbers, spectrum_table
from mmexplore.plot.kinds import Bar, Bars
from mmexplore.types import ATOM_WORDS, ATOMS
from mmexplore.ui.actions import action_row
from mmexplore.ui.badges import headline
from mmexplore.ui.dial import Axis, Face, Grid, Tables, exact_of
from mmexplore.ui.failures import guarded
from mmexplore.ui.figure import figure
from mmexplore.ui.pins import comparison
from mmexplore.ui.readout import READOUT, moved, part
from mmexplore.ui.tabs import tab_row
from mmexplore.ui.words import atom_title

Array = npt.NDArray[np.float64]

_VIEWS = ("bars", "ellipses", "diagram", "curve", "map", "identities")
_ENDS = {
    "noise": ("opposite", "alike"),
    "blur1": ("as given", "mostly noise"),
    "blur2": ("as given", "mostly noise"),
}
_TITLES = {"system": "Two Gaussian channels", "file": "Your covariance"}
_GAIN_ENDS = ("sees nothing", "sees it clearly")


def live_block() -> None:
    """Actions, dial, linked views and certificate; the read-out runs alone when the dial is let go."""
    with guarded(STATE):
        action_row(STATE)
        _live(STATE.view)


def _live(scene: GaussianScene) -> None:
    matrix = given(scene)
    if scene.source == "file" and matrix is None:
        waiting(scene)
        return
    head = st.container()
    with st.container():
        if scene.dims(matrix)[2] == 1:
            st.warning(SCALAR, icon=":material/warning:")
        if scene.source == "data":
            misleading(scene)
    face = _face(scene, matrix)
    if face is not None:
        face.draw()
    part(STATE, "below", lambda: _below(scene.source, matrix, face, head))


@dataclass(frozen=True)
class _Asked:
    """What one may ask of the answer in a tab: the scene, its covariance where it is the visitor's own, and the answer."""

    scene: GaussianScene
    matrix: Array | None
    result: GaussianPID

    @property
    def cov(self) -> Array:
        """The covariance that was decomposed."""
        return self.scene.covariance(self.matrix)

    @property
    def dims(self) -> tuple[int, int, int]:
        """Coordinates of both modalities and of the target."""
        return self.scene.dims(self.matrix)


_TABS: dict[str, Callable[[_Asked], None]] = {
    "spectrum": lambda asked: spectrum(asked.scene, asked.result, asked.cov),
    "rows": lambda asked: from_rows(asked.scene),
    "mmi": lambda asked: why_not_mmi(asked.result),
    "path": lambda asked: path(asked.scene, asked.result, asked.cov, asked.dims),
    "assumed": lambda asked: assumptions(asked.result, asked.dims),
    "export": lambda asked: downloads(asked.scene, asked.result, asked.matrix),
}


def _below(source: str, matrix: Array | None, face: Face | None, head: DeltaGenerator) -> None:
    """The comparison with a pinned view, the tabs of what one may ask, of which only the open one is computed, and the read-out."""
    compared = st.container() if STATE.pinned is not None else None
    name, tab = tab_row(STATE, [name for name in _TABS if source == "data" or name != "rows"])
    draw, of_spectrum = _TABS[name], name == "spectrum"
    with tab:
        place = st.container()
        numbers = spectrum_numbers() if of_spectrum else None
    part(STATE, READOUT, lambda: _readout(matrix, face, head, compared, place, draw, numbers))


def _readout(
    matrix: Array | None,
    face: Face | None,
    head: DeltaGenerator,
    compared: DeltaGenerator | None,
    place: DeltaGenerator,
    below: Callable[[_Asked], None],
    numbers: DeltaGenerator | None,
) -> None:
    """What follows the dial: its answer, the headline with its certificate, and what the open tab says of the answer."""
    scene = STATE.view
    asked = _Asked(scene, matrix, scene.decompose(matrix))
    pinned = _pinned(scene)
    if face is not None:
        _answer(face, scene, asked.result, pinned)
    with head:
        headline(f"{scene.title()}.", badges(asked.result))
        if face is None:
            _without_dial(asked.result)
    if compared is not None and pinned is not None:
        with compared:
            comparison(pinned[0].title(), pinned[1], scene.title(), asked.result)
    with place:
        below(asked)
    if numbers is not None:
        with numbers:
            spectrum_table(asked.result, asked.cov)


def _pinned(scene: GaussianScene) -> tuple[GaussianScene, GaussianPID] | None:
    """The pinned scene with its answer; None where there is none or its covariance is not loaded."""
    pinned = STATE.pinned
    if pinned is None:
        return None
    matrix = given(pinned)
    if pinned.source == "file" and matrix is None:
        return None
    return pinned, pinned.decompose(matrix)


def _pin(pinned: tuple[GaussianScene, GaussianPID] | None, scene: GaussianScene) -> dict[str, Any] | None:
    """The pinned answer as the dial draws it; its place on the axes only where it moves along them, too."""
    if pinned is None:
        return None
    before, result = pinned
    dials = {p.name for p in before.dials()}
    at = tuple(getattr(before, p.name) if p.name in dials else float(p.default) for p in scene.axes())
    return {**exact_of(result.to("bit"), at), "label": f"A: {before.title()}"}


def _face(scene: GaussianScene, matrix: Array | None) -> Face | None:
    """The charts of the dial; None where the covariance is too large for one."""
    made = _grid_of(scene, matrix)
    if made is None:
        return None
    grid, tables = made
    return Face(
        grid,
        "gaussian.dial",
        views=_VIEWS,
        tables=tables,
        names=NAMES,
        title=_TITLES.get(scene.source) or scene.rows().title,
        caption="Gaussian variables, exact closed form · mmexplore",
        exact_for="" if scene.source == "system" else "this covariance",
    )


def _without_dial(result: GaussianPID) -> None:
    st.caption("A covariance of this size is decomposed without a dial, which needs 200 rows or fewer.")
    bars = (Bar(atom_title(a), float(getattr(result, a)), ATOM_WORDS[a].symbol) for a in ATOMS)  # type: ignore[arg-type]
    figure(Bars("What each part tells", tuple(bars), unit=result.unit), "gaussian.atoms")


def _answer(
    face: Face, scene: GaussianScene, result: GaussianPID, pinned: tuple[GaussianScene, GaussianPID] | None
) -> None:
    x, y = scene.axes()
    at = (getattr(scene, x.name), getattr(scene, y.name))
    face.answer(
        at,
        exact=exact_of(result.to("bit"), at),
        pin=_pin(pinned, scene),
        unit=result.unit,
        rev=STATE.revision(),
        on_commit=_committed,
        state=STATE,
    )


def _committed(value: tuple[float, ...]) -> None:
    x, y = STATE.view.axes()
    STATE.update(**{p.name: round(v, 6) for p, v in zip((x, y), value, strict=True)})
    moved(STATE)


# -- grids ----------------------------------------------------------------------------------------------------------------


def _grid_of(scene: GaussianScene, matrix: Array | None) -> tuple[Grid, Tables | None] | None:
    """The dial's grid: shared by all visitors for a system or a data set, kept in the visitor's session for a covariance of their own."""
    cached = grid_scene(scene)
    if scene.source != "file":
        return _cached_grid(cached.identity(), cached)
    mine = st.session_state.get(STATE.key("grid"))
    if mine is None or mine[0] != cached.identity():
        computed = gaussian_grid(cached, matrix)
        mine = (cached.identity(), None if computed is None else _as_dial(computed, own=True))
        st.session_state[STATE.key("grid")] = mine
    grid: tuple[Grid, Tables | None] | None = mine[1]
    return grid


@st.cache_resource(max_entries=200, show_spinner=False)
def _cached_grid(identity: str, _scene: GaussianScene) -> tuple[Grid, Tables | None] | None:
    computed = gaussian_grid(_scene)
    return None if computed is None else _as_dial(computed)


def _as_dial(computed: GaussianGrid, *, own: bool = False) -> tuple[Grid, Tables | None]:
    axes = []
    for p in (computed.x, computed.y):
        low, high = _ENDS.get(p.name, _GAIN_ENDS if p.name.startswith(("along", "across")) else ("", ""))
        axes.append(Axis.of(p, low_words=low, high_words=high))
    grid = Grid(id=computed.key, axes=tuple(axes), fields=computed.fields, own=own)
    if computed.posteriors is None:
        return grid, None
    stack = np.stack(np.broadcast_arrays(*computed.posteriors), axis=-3)
    entries = np.stack([stack[..., 0, 0], stack[..., 0, 1], stack[..., 1, 1]], axis=-1)[..., None]
    return grid, Tables(
        entries, ("before", "given 1", "given 2", "both"), ("11", "12", "22"), ("covariance",), "covariances"
    )
