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
    sentence = "No encoder: what a probe reads from the inputs themselves."
    formula = "none"
    keeps = ("kept", "kept", "kept", "ingredients")
    why = "Nothing is lost, and nothing is made easier to read."
    program = f"{_METHODS}.baselines:RawMethod"


@objective
class Untrained(Objective):
    """Random encoders."""

    name = "untrained"
    title = "Untrained encoder"
    family = "baseline"
    sentence = "The same network with random weights: training that does not beat it has brought the probe nothing."
    formula = "none"
    keeps = ("depends", "depends", "depends", "ingredients")
    why = "What a random projection keeps depends on its width and the seed: expect a wide scatter over seeds."
    program = f"{_METHODS}.baselines:UntrainedMethod"
