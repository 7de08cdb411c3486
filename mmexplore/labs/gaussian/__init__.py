"""Gaussian: the exact decomposition of jointly Gaussian vectors, direction by direction."""

from mmexplore.lab import Example, Lab
from mmexplore.labs.gaussian.numbers import numbers
from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.labs.gaussian.script import script
from mmexplore.labs.registry import declare

declare(
    Lab(
        name="gaussian",
        title="Gaussian",
        icon="blur_on",
        url="gaussian",
        order=30,
        question="Two modalities that are vectors: what do they tell about a vector?",
        scene=GaussianScene,
        examples=(Example("Turn a slider", "Two vectors about a vector", "Which directions are unique to whom"),),
        numbers=numbers,
        script=script,
    )
)
