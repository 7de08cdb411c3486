"""What all estimators by trained critics share: their settings, and how they are called without importing torch here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from mmexplore.estimators.mi import MIEstimate, MISettings
from mmexplore.estimators.mi.variables import MARGINS, MARGINS_HELP, VariablePair
from mmexplore.estimators.tables.replicates import Desk
from mmexplore.spec import param

PROGRAM = "mmexplore.estimators.mi.train.estimate:with_desk"
INTERVAL_IS = (
    "Estimate ± z standard errors of the trained critic's bound over the held-out rows (and over seeds, where there are several). It "
    "covers what this critic can show, not what it failed to learn: the truth may lie above."
)
ASSUMES = "A network that has learned the log density ratio: enough rows, updates and width. Less gives less, never more (on average)."


@dataclass(frozen=True)
class CriticSettings(MISettings):
    """How critics are built, trained and read."""

    critic: str = param(
        "separable",
        label="Critic",
        choices=("separable", "concatenated"),
        help="Separable: <g(x), h(y)>, one pass a row. Concatenated: one network sees each of the B x B pairs, slower, more flexible.",
    )
    hidden: int = param(64, label="Width", low=4, high=512, step=4, help="Units of a hidden layer.")
    layers: int = param(2, label="Layers", low=1, high=4, step=1, help="Hidden layers.")
    embedding: int = param(
        16, label="Embedding", low=1, high=256, step=1, help="Of the separable critic's two networks."
    )
    batch: int = param(128, label="Batch", low=4, high=1024, step=4, help="Rows of a training step.")
    steps: int = param(
        1000, label="Updates", low=10, high=20_000, step=10, help="At most; stops early once nothing is gained."
    )
    rate: float = param(2e-3, label="Learning rate", low=1e-5, high=0.1, step=1e-4, help="Of Adam.")
    folds: int = param(
        5,
        label="Folds",
        low=1,
        high=10,
        step=1,
        help="Every part of the rows is held out once, with a critic trained on the rest; 1: only a fifth is ever held out.",
    )
    held_out_batch: int = param(
        512,
        label="Held-out batch",
        low=8,
        high=2048,
        step=8,
        help="Rows that a held-out row is compared with, at most.",
    )
    seeds: int = param(1, label="Seeds", low=1, high=10, step=1, help="Trainings from other weights and folds.")
    margins: str = param("normal", label="Columns", choices=MARGINS, help=MARGINS_HELP)

    def seconds(self, n: int, dims: tuple[int, int, int] = (1, 1, 1)) -> float:
        """As `Task.seconds`, of n rows; their columns hardly count. All updates, of which a quarter may be enough, and the reading."""
        batch = min(self.batch, 0.64 * n)
        row = batch / 128 * self.hidden / 64 * (0.3 + 0.35 * self.layers)
        pairs = batch / 5 if self.critic == "concatenated" else 1.0
        update = 2.4e-4 + 2.9e-4 * self.folds * self.seeds * row * pairs
        return self.steps * update + 1e-4 * n * self.seeds


def trained(bound: str, pair: VariablePair, settings: CriticSettings, desk: Desk) -> MIEstimate:
    """Train and read a critic, in this process; torch is imported here at the earliest."""
    module, _, name = PROGRAM.partition(":")
    call: Callable[[str, VariablePair, CriticSettings, Desk], MIEstimate] = getattr(
        importlib.import_module(module), name
    )
    return call(bound, pair, settings, desk)
