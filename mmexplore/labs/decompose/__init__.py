"""Decompose: the partial information decomposition of a table, exact and certified, live under a dial."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from functools import partial

from mmexplore.lab import OWN, Example, Lab
from mmexplore.labs.decompose.numbers import numbers
from mmexplore.labs.decompose.scene import Scene
from mmexplore.labs.decompose.script import script
from mmexplore.labs.registry import declare


def _warm() -> Iterable[Callable[[], object]]:
    grid = importlib.import_module("mmexplore.labs.decompose.ui.grid")
    return (partial(grid.scene_grid, scene) for scene in grid.wanted())


def _miniature() -> None:
    importlib.import_module("mmexplore.labs.decompose.ui.miniature").miniature()


declare(
    Lab(
        name="decompose",
        title="Decompose",
        icon="join_inner",
        url="decompose",
        order=10,
        question="What do these two modalities tell about the target?",
        scene=Scene,
        examples=(
            Example(
                "The answer is known",
                "Smiling while joking (AND)",
                "Redundant and synergistic at once",
                {"gate": "and"},
            ),
            Example(
                "The answer is known",
                "Sarcasm (XOR)",
                "Pure synergy: each alone tells nothing",
                {"gate": "xor"},
            ),
            Example(
                "Turn a slider",
                "From redundancy to synergy",
                "Mix two worlds and watch R turn into S",
                {"source": "mix", "gate": "rdn", "other": "xor"},
            ),
            Example(
                "Turn a slider",
                "Two clouds, turned",
                "Unique information becomes shared",
                {"gate": "gaussians"},
            ),
            Example(
                "Measured data",
                "Tumours: mean and worst nuclei",
                "Mostly redundant, and what binning loses of it",
                {"source": "real", "real": "breast_cancer"},
            ),
            Example(
                "Measured data",
                "Irises: sepal and petal",
                "The petal knows more",
                {"source": "real", "real": "iris"},
            ),
            Example(
                "Measured data",
                "Odd or even, from half images",
                "As a few states it looks like synergy; the data say otherwise",
                {"source": "real", "real": "digits_parity"},
            ),
            Example(
                OWN,
                "Draw your own table",
                "Any p(x1, x2, y), any what-if",
                {"source": "draw"},
            ),
        ),
        numbers=numbers,
        script=script,
        warm=_warm,
        miniature=_miniature,
    )
)
