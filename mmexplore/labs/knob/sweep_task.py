"""Turn the knob up and down while one network trains on: collapse and hysteresis, beside the exact symmetric bottleneck.

One network trains at the largest beta first and follows beta down, setting by setting; another trains at the smallest beta first and
follows it up. Each setting begins with the weights of the one before and trains on in blocks of updates until a block moves neither the rates
nor the information by more than the noise of training does (`still`), or for the most blocks allowed: near its end the open state drains
slowly, and a network that is hurried on seems open below its spinodal. Theory (Gaussian data, gamma = 0): coming down, a canonical pair stays
open until its spinodal beta; coming up, the collapsed state is a local minimum at every beta, so only chance leaves it.

``run.arrays("sweep")``: sizes: 2 directions ("down", "up"), B settings, L latents, K dimensions, F factors; float32 unless said otherwise
  beta (B,) float64, rising; direction (2,) text; latents (L,), factors (F,) text; correlations (R,) float64 for Gaussian data
  rate_nats (2,B,L), kl_nats (2,B,L,K)   mean KL on held-out samples
  mutual_nats (2,B)         information of the sampled latents' canonical correlations on held-out samples: exact for Gaussian latents.
                            For methods without Zx--Zy: I(latents[0]; Y) by the regression of `mmexplore.labs.knob.task`, else nan
  bound_nats (2,B)          training's own score: the shared terms (reconstructions where nothing is shared)
  kept (2,B,L,F)            probe scores on sampled latents
  excess_nats (2,B)         excess Lagrangian against the exact minimum, Gaussian data only
  updates (2,B) int32       updates the setting took; converged (2,B) bool: whether its last block moved nothing
Frames: one a setting; numbers direction (0 down, 1 up), beta, rate_nats (sum over latents), mutual_nats, bound_nats, updates, converged (0 or 1);
"about" holds the texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmexplore.errors import BadSpec
from mmexplore.labs.knob.methods import method as method_named
from mmexplore.labs.knob.methods import methods
from mmexplore.labs.knob.task import Knob
from mmexplore.runs.task import Task, param, task

# Nats that the sum of rates, and the information, may move in a block of a setting that has converged. At rest a linear network moves by about
# .02 and .005 from block to block (standard settings), a state that drains below its spinodal by .4 and .15.
RATE_STILL, INFORMATION_STILL = 0.035, 0.0125
_USUAL = 2.5  # blocks that a setting takes on average


@task
class KnobSweep(Task):
    """Sweep beta down and up with warm starts."""

    kind = "knob-sweep"
    version = 2
    program = "mmexplore.labs.knob.train.sweep:run"

    method: str = param(
        "dvsib",
        label="Method",
        choices=tuple(name for name in methods() if "beta" in method_named(name).knobs),
        help="Which graphs: what is compressed and what is predicted.",
    )
    data: str = param(
        "warped-gaussian?correlations=0.95&private=1&warp=0.0&n=4000",
        label="Data",
        help="Two views: a name and its settings.",
        max_length=4000,
    )
    latent: int = param(1, label="Latent dimensions", low=1, high=32, step=1, help="Dimensions of each latent.")
    gamma: float = param(0.0, label="Gamma", low=0.0, high=4.0, step=0.1, help="Weight of reconstructing a view.")
    low: float = Knob.field("low")
    high: float = param(16.0, label="Largest beta", low=2.0, high=1024.0, help="Where the sweep turns: keep more.")
    settings: int = param(17, label="Settings", low=3, high=61, step=1, help="Settings of beta in each direction.")
    mi: str = Knob.field("mi")
    variance: str = Knob.field("variance")
    network: str = param(
        "linear", label="Network", choices=("mlp", "linear"), help="Linear networks have exact answers."
    )
    width: int = Knob.field("width")
    depth: int = Knob.field("depth")
    steps: int = param(
        120,
        label="Steps a block",
        low=1,
        high=5000,
        step=20,
        help="Updates after which it is asked whether a setting has converged.",
    )
    blocks: int = param(
        12,
        label="Most blocks a setting",
        low=1,
        high=100,
        step=1,
        help="After so many the sweep goes on, converged or not.",
    )
    batch: int = param(256, label="Batch", low=32, high=4096, step=32, help="Samples of an update.")
    rate: float = Knob.field("rate")
    seed: int = Knob.field("seed")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low >= self.high:
            raise BadSpec(f"low is {self.low:g} and high is {self.high:g}; allowed: low below high")

    def title(self) -> str:
        """What is run, in words."""
        return f"{method_named(self.method).title} on {self.data.partition('?')[0].replace('-', ' ')}, beta down and up"

    def seconds(self) -> float:
        """As `Task.seconds`: the networks of one setting, one setting after the other."""
        blocks = 2 * self.settings * min(_USUAL, self.blocks)
        once, twice = (self.knob().replace(steps=steps).seconds() for steps in (1, 2))
        return once + (twice - once) * self.steps * blocks / 3

    def betas(self) -> np.ndarray:
        """The settings, rising."""
        return np.geomspace(self.low, self.high, self.settings)

    def knob(self) -> Knob:
        """The network of a single setting that is swept."""
        shared = (
            "method",
            "data",
            "latent",
            "gamma",
            "mi",
            "variance",
            "network",
            "width",
            "depth",
            "batch",
            "rate",
            "seed",
        )
        return Knob(networks="fixed", **{name: getattr(self, name) for name in shared})


def still(rates: Sequence[float], informations: Sequence[float]) -> bool:
    """Whether the last block of a setting moved neither the sum of rates nor the information, in nats, one number a block.

    >>> still([1.25, 0.77], [0.31, 0.15]), still([1.69, 1.70], [0.46, 0.46]), still([1.69], [0.46])
    (False, True, False)
    """
    if len(rates) < 2:
        return False
    moved = abs(rates[-1] - rates[-2]), abs(informations[-1] - informations[-2])
    return (
        moved[0] <= RATE_STILL and not moved[1] > INFORMATION_STILL
    )  # an information may be nan: then the rate decides
