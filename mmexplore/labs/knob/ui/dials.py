"""The two dials that show the knobs, and the read-out that follows them: it runs alone when either is let go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from streamlit.delta_generator import DeltaGenerator

from mmexplore.labs.knob.dial import KnobDial
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.ui import STATE, turned
from mmexplore.tabular.two_views import OWN
from mmexplore.ui.dial import KNOB_VIEWS, Face
from mmexplore.ui.readout import READOUT, part
from mmexplore.units import as_unit

Follows = Callable[[KnobScene], None]


@dataclass(frozen=True)
class Shown:
    """A dial on the page.

    Attributes:
        face: what stands still of it.
        acting: the knobs it moves.
        pin: the pinned result where the knobs stand, as the dial draws it.
    """

    face: Face
    acting: tuple[str, ...]
    pin: Callable[[KnobScene], dict[str, Any] | None]

    def answer(self) -> None:
        """Bring the dial where the knobs stand; letting it go writes them back."""
        scene, grid = STATE.view, self.face.grid
        which = "methods" if self.face.key == "knob.every" else "dial"
        at = [axis.clip(float(getattr(scene, knob))) for axis, knob in zip(grid.axes, self.acting, strict=True)]
        self.face.answer(
            at,
            unit=as_unit(scene.unit),
            rev=STATE.revision(which),
            pin=self.pin(scene),
            on_commit=lambda value: turned(which, dict(zip(self.acting, value, strict=True))),
            state=STATE,
        )


def no_pin(scene: KnobScene) -> None:
    """Nothing to compare with."""


def shown(
    scene: KnobScene,
    knob_dial: KnobDial,
    key: str,
    title: str,
    pin: Callable[[KnobScene], dict[str, Any] | None] = no_pin,
) -> Shown:
    """Draw what stands still of a dial over the scene's knobs."""
    grid = replace(knob_dial.grid, own=True) if scene.data == OWN else knob_dial.grid
    face = Face(
        grid,
        key,
        views=KNOB_VIEWS,
        stacks=knob_dial.stacks,
        names=("X", "Y", "the label"),
        title=title,
        caption=f"seed {scene.seed} \u00b7 held-out samples \u00b7 mmexplore",
    )
    face.draw()
    return Shown(face, knob_dial.acting, pin)


@dataclass
class Dials:
    """What is on the page and follows the knobs: filled while the page is drawn, read by the read-out.

    Attributes:
        above: the dial of the method on show, with what is written below it.
        beneath: the dial of all methods, with its table, where its tab is open.
    """

    above: list[Shown | tuple[DeltaGenerator, Follows]] = field(default_factory=list)
    beneath: list[Shown | tuple[DeltaGenerator, Follows]] = field(default_factory=list)

    def readout(self) -> None:
        """Draw the part that follows; nothing where no dial is on the page."""
        if self.above or self.beneath:
            part(STATE, READOUT, self._draw)

    def _draw(self) -> None:
        for one in (*self.above, *self.beneath):
            if isinstance(one, Shown):
                one.answer()
                continue
            place, draw = one
            with place:
                draw(STATE.view)
