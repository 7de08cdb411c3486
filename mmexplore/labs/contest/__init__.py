"""Compare: estimators beside each other and beside the truth, over whatever one likes to vary."""

from __future__ import annotations

from mmexplore.lab import Example, Lab
from mmexplore.labs.contest.presets import PRESETS
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.script import script
from mmexplore.labs.contest.task import Contest
from mmexplore.labs.registry import declare


def _view_of(task: Contest) -> CompareScene | None:
    """The preset among whose runs this one is."""
    for preset in PRESETS.values():
        scene = preset.of(CompareScene)
        if task in scene.tasks().values():
            return scene
    return None


def _task_of(scene: CompareScene) -> Contest | None:
    """The run that a view asks for: its first trained estimator's."""
    return next(iter(scene.tasks().values()), None)


declare(
    Lab(
        name="contest",
        title="Compare",
        icon="fact_check",
        url="compare",
        order=40,
        question="Which estimator can I trust, and where does each one fail?",
        scene=CompareScene,
        tasks=(Contest,),
        view_of=_view_of,
        presets=PRESETS,
        examples=(
            Example(
                "Whom to trust",
                "Ceilings",
                "Estimates stop rising where the truth goes on",
                PRESETS["calibration"].values,
            ),
            Example(
                "Whom to trust",
                "Synergy that no pair shows",
                "One whole bit, invisible to most",
                PRESETS["product"].values,
            ),
        ),
        task=_task_of,
        script=script,
    )
)
