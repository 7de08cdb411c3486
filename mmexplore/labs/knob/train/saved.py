"""The networks of a finished run, read back: its representations can be asked anything again, by anyone.

    >>> run = mmexplore.runs.find(Knob())                            # doctest: +SKIP
    >>> representations(run, beta=8.0)["Zx"].shape                   # doctest: +SKIP
    (24000, 4)

Weights are the arrays ``weights`` of a run, by the names of the model's parameters; nothing is unpickled.
"""

from __future__ import annotations

import numpy as np
import torch

from mmexplore.datasets.views import two_views
from mmexplore.errors import BadData
from mmexplore.labs.knob.task import Knob
from mmexplore.labs.knob.train.data import Data, standardise
from mmexplore.labs.knob.train.learner import KnobLearner
from mmexplore.runs import Run
from mmexplore.training.loop import Look, torch_stream


def weights(learner: KnobLearner) -> dict[str, np.ndarray]:
    """What a run keeps of its networks."""
    return {name: value.detach().cpu().numpy() for name, value in learner.model.state_dict().items()}


def learner_of(run: Run, data: Data | None = None) -> KnobLearner:
    """The learner of a finished run with its trained weights, on the CPU.

    Args:
        run: of a `Knob` task.
        data: the two views, of a visitor's own; left out, those that the task names are drawn.

    Raises:
        BadData: the run is of another kind, holds no weights, or holds others than its task's networks have.
    """
    task = run.task
    if not isinstance(task, Knob) or not run.has("weights"):
        raise BadData(f"run {run.name} holds no networks of the Knob; allowed: a finished run of kind 'knob'")
    data = standardise(two_views(task.data).draw(), "cpu") if data is None else data
    learner = KnobLearner(task, data, lambda learner, i: Look())
    held = {name: torch.as_tensor(value) for name, value in run.arrays("weights").items()}
    try:
        learner.model.load_state_dict(held)
    except RuntimeError as error:
        raise BadData(f"the weights of run {run.name} do not fit its task: {error}") from None
    learner.model.eval()
    return learner


def representations(
    run: Run, beta: float, gamma: float = 1.0, *, means: bool = False, seed: int = 0, data: Data | None = None
) -> dict[str, np.ndarray]:
    """Samples of every latent at one setting, (n, k) each, in the order of the data's samples (`Data.train`, `Data.held_out`).

    Args:
        run: of a `Knob` task.
        beta, gamma: the setting.
        means: posterior means instead.
        seed: of the noise.
        data: as in `learner_of`.
    """
    learner = learner_of(run, data)
    settings = learner.dial.settings(np.array([beta]), np.array([gamma]))
    noise = torch_stream(seed, "noise of the representations")
    with torch.inference_mode():
        posteriors = learner.model.encode(learner.data.sides(np.arange(learner.data.views.n)), settings)
        latents = {name: p.mean for name, p in posteriors.items()} if means else learner.model.draw(posteriors, noise)
    return {name: z[0].numpy() for name, z in latents.items()}
