"""What every table must hold: the inputs themselves, and encoders that nothing has trained."""

from __future__ import annotations

from mmexplore.labs.losses.objectives.declaration import Objective, objective

_METHODS = "mmexplore.labs.losses.train.methods"


@objective
class Raw(Objective):
    """The inputs as they are."""

    name = "raw"
    title = "Raw inputs"
    family = "baseline"
    sentence = "No encoder at all: what a probe finds in the inputs themselves."
    formula = "none"
    keeps = ("kept", "kept", "kept", "ingredients")
    why = "Nothing is thrown away, and nothing is made easier to read."
    program = f"{_METHODS}.baselines:Raw"


@objective
class Untrained(Objective):
    """Random encoders."""

    name = "untrained"
    title = "Untrained encoder"
    family = "baseline"
    sentence = (
        "The same network with random weights: a trained one that does not beat it has learned nothing for the probe."
    )
    formula = "none"
    keeps = ("depends", "depends", "depends", "ingredients")
    why = "A random projection keeps by width and luck, not by meaning: expect a wide scatter over seeds."
    program = f"{_METHODS}.baselines:Untrained"
