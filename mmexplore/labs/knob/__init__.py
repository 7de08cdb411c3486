"""Knob: the compression and reconstruction knob of the deep variational multivariate information bottleneck."""

from __future__ import annotations

from mmexplore.errors import MmexploreError
from mmexplore.lab import Example, Lab
from mmexplore.labs.knob.outcome import numbers, outcome
from mmexplore.labs.knob.presets import PRESETS
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.script import script
from mmexplore.labs.knob.sweep_task import KnobSweep
from mmexplore.labs.knob.task import Knob
from mmexplore.labs.registry import declare


def _view_of(task: Knob | KnobSweep) -> KnobScene | None:
    """The scene that asks for this run; a sweep is looked at on the Runs page."""
    if not isinstance(task, Knob):
        return None
    try:
        return KnobScene.of_task(task)
    except MmexploreError:
        return None


declare(
    Lab(
        name="knob",
        title="Knob",
        icon="tune",
        url="knob",
        order=50,
        question="What does compression keep?",
        scene=KnobScene,
        tasks=(Knob, KnobSweep),
        view_of=_view_of,
        task=lambda scene: scene.task(),
        numbers=numbers,
        outcome=outcome,
        script=script,
        presets=PRESETS,
        examples=(
            Example(
                "What networks keep",
                "A knob for compression",
                "One latent dimension after the other fades as you turn it",
                PRESETS["exact"].values,
            ),
            Example(
                "What networks keep",
                "Two pictures of one digit",
                "Keep the class and discard the rest",
                PRESETS["digits"].values,
            ),
        ),
    )
)
