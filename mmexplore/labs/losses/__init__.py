"""Losses: which information a representation keeps, by the loss that it was trained with."""

from mmexplore.lab import Example, Lab
from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.numbers import numbers
from mmexplore.labs.losses.presets import PRESETS
from mmexplore.labs.losses.scene import FactorClScene, scene_of
from mmexplore.labs.losses.script import script_of
from mmexplore.labs.losses.table_task import Kept, KeptSweep
from mmexplore.labs.losses.task import FactorCl, FactorClSweep
from mmexplore.labs.registry import declare

declare(
    Lab(
        name="losses",
        title="Losses",
        icon="filter_alt",
        url="learn",
        order=60,
        question="Which information does a loss keep?",
        scene=FactorClScene,
        tasks=(FactorCl, FactorClSweep, Bounds, Kept, KeptSweep),
        view_of=scene_of,
        presets=PRESETS,
        task=FactorClScene.shown_task,
        numbers=numbers,
        script=script_of,
        examples=(
            Example(
                "What networks keep",
                "What each loss throws away",
                "18 losses, one table of four known bits",
                {},
            ),
        ),
    )
)
