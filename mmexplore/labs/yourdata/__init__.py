"""Your data: what two modalities of measured rows tell about their label, with intervals, and what to trust of it."""

from mmexplore.lab import OWN, Example, Lab
from mmexplore.labs.registry import declare
from mmexplore.labs.yourdata.presets import PRESETS
from mmexplore.labs.yourdata.script import script
from mmexplore.labs.yourdata.study import Study
from mmexplore.labs.yourdata.task import Predictive, PredictiveLearning, PredictivePairs, view_of

declare(
    Lab(
        name="yourdata",
        title="Your data",
        icon="table_chart",
        url="your_data",
        order=20,
        question="What do your two modalities tell, and can you believe it?",
        scene=Study,
        tasks=(Predictive, PredictivePairs, PredictiveLearning),
        view_of=view_of,
        presets=PRESETS,
        script=script,
        examples=(Example(OWN, "Open your own file", "Estimates with intervals, and what to trust"),),
    )
)
