"""An estimate of mutual information that training did not maximise: critics of its own, scored on held-out rows.

A judge trains separable critics on the latents of training rows (cut off from the encoders' gradients) by InfoNCE, for I(latent; Y) and, where
two latents tell each other, for I(Zx;Zy). On held-out rows, in the expectation,

    E [f(z_i, y_i) - log mean_j exp f(z_i, y_j)]  <=  I(z; y),  <= log of the number of rows told apart.

Of few training rows such critics learn every one by heart and fall far below 0 on others; there `small_samples` estimates instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from mmexplore.labs.knob.train.dial import KnobSettings
from mmexplore.labs.knob.train.learner import KnobLearner
from mmexplore.labs.knob.train.networks import Build, Critic
from mmexplore.labs.knob.train.small_samples import FEW, SmallSampleJudge
from mmexplore.training import bounds
from mmexplore.training.loop import Minibatches, descend, schedule, torch_stream

_PAIR = tuple[str, str]
_GROUPS = 6
_ROWS = 96
APART = 256  # held-out rows that are told apart: the ceiling is its logarithm


class Judge:
    """Critics for one learner.

    Args:
        learner: whose latents are judged.
        pairs: of what with what: a latent, and a latent or a view.
        steps: updates the learning rate falls over.
    """

    def __init__(self, learner: KnobLearner, pairs: tuple[_PAIR, ...], steps: int) -> None:
        self.learner, self.pairs = learner, pairs
        spec, data = learner.spec, learner.data
        device = data.x.device
        knobs = len(learner.dial.acting)
        build = Build(knobs, learner.copies, 64, 1, torch_stream(spec.seed, "weights of the judge"))
        sizes = {"X": data.x.shape[1], "Y": data.y.shape[1]}
        self.critics = nn.ModuleDict(
            {f"{a}-{b}": Critic(build, spec.latent, sizes.get(b, spec.latent)) for a, b in pairs}
        ).to(device)
        self._optimizer = torch.optim.Adam(self.critics.parameters(), lr=3e-3, weight_decay=1e-5, fused=True)
        self._schedule = schedule(self._optimizer, steps)
        self._sampling = torch_stream(spec.seed, "settings of the judge", device)
        self._noise = torch_stream(spec.seed, "noise of the judge", device)
        self._groups = max(_GROUPS, learner.copies) // learner.copies * learner.copies
        self._each = max(2, min(_ROWS, len(data.train) // self._groups))
        stream = torch_stream(spec.seed, "rows of the judge", device)
        self._batches = Minibatches(len(data.train), self._groups * self._each, stream)
        self._train = torch.as_tensor(data.train, device=device)

    def step(self, i: int) -> Mapping[str, Tensor]:
        """One update of the critics."""
        learner = self.learner
        settings = learner.dial.draw(self._groups, self._sampling) if learner.conditioned else learner.settings
        sides = learner.data.sides(self._train[next(self._batches)].reshape(self._groups, self._each))
        with torch.no_grad():
            latents = learner.model.draw(learner.model.encode(sides, settings), self._noise)
        scores = {f"{a}-{b}": self.scores(a, b, latents, sides, settings) for a, b in self.pairs}
        values = {name: bounds.infonce(matrix).mean() for name, matrix in scores.items()}
        descend(-torch.stack(list(values.values())).sum(), self._optimizer, self.critics.parameters(), clip=2.0)
        self._schedule.step()
        return {f"judge.{name}": value for name, value in values.items()}

    def scores(
        self, a: str, b: str, latents: Mapping[str, Tensor], sides: Mapping[str, Tensor], settings: KnobSettings
    ) -> Tensor:
        """Scores of a with b, (S, m, m)."""
        second = latents[b] if b in latents else sides[b]
        critic = self.critics[f"{a}-{b}"]
        return critic(_finite(latents[a]), _finite(second), settings.place)

    def estimate(
        self, pair: _PAIR, latents: Mapping[str, Tensor], sides: Mapping[str, Tensor], settings: KnobSettings
    ) -> tuple[Tensor, Tensor]:
        """The information of a pair in nats and its standard error over rows, (S,), on the rows given, which share all settings."""
        terms = [
            scores.diagonal(dim1=-2, dim2=-1) - scores.logsumexp(-1) + math.log(scores.shape[-1])
            for scores in (self.scores(*pair, *block, settings) for block in blocks(latents, sides, APART))
        ]
        rows = torch.cat(terms, -1)
        return rows.mean(-1), rows.std(-1) / rows.shape[-1] ** 0.5


def judge_of(learner: KnobLearner, pairs: tuple[_PAIR, ...], steps: int) -> Judge | SmallSampleJudge:
    """The judge that the number of training rows affords; the arguments are those of `Judge`."""
    if len(learner.data.train) < FEW:
        return SmallSampleJudge(learner, pairs, APART)
    return Judge(learner, pairs, steps)


def blocks(
    latents: Mapping[str, Tensor], sides: Mapping[str, Tensor], apart: int
) -> Iterator[tuple[dict[str, Tensor], dict[str, Tensor]]]:
    """Blocks of at most so many rows, in which rows are told apart; rows left over are left out."""
    n = next(iter(sides.values())).shape[-2]
    size = min(n, apart)
    for start in range(0, n - size + 1, size):
        rows = slice(start, start + size)
        yield (
            {name: z[..., rows, :] for name, z in latents.items()},
            {name: side[..., rows, :] for name, side in sides.items()},
        )


def _finite(z: Tensor) -> Tensor:
    """Latents of any scale, squeezed gently so that no score overflows."""
    return z.clamp(-50.0, 50.0)
