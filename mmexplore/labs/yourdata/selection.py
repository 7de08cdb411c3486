"""Model selection by the nearest data set: what worked where the mix of atoms was the same?

After Liang et al. 2023 (arXiv 2302.12247, section 5): of a suite of data sets look up the one whose normalised atoms are nearest,
s = sum over R, U1, U2, S of |share - share'|, and start from what works there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mmexplore.datasets.generators.latent import PUBLISHED_NATS
from mmexplore.types import ATOMS


class Nearest(NamedTuple):
    """A data set of the published suite and how far it is.

    Attributes:
        name: as published.
        distance: sum of absolute differences of the normalised atoms, 0 to 2.
        share: of the replicates in which it is the nearest; nan without replicates.
    """

    name: str
    distance: float
    share: float


# Published atoms R, U1, U2, S of the suite's ten data sets (arXiv 2302.12247, table of synthetic data; nats, which do not matter
# once they are normalised).
_NAMES = {"uniqueness0": "uniqueness of modality 1", "uniqueness1": "uniqueness of modality 2"}
SUITE: dict[str, tuple[float, float, float, float]] = {
    _NAMES.get(setting, setting.replace("mix", "mix ")): atoms for setting, atoms in PUBLISHED_NATS.items()
}
_STARTS = (
    "objectives that align the modalities",
    "a representation of {0} of its own",
    "a representation of {1} of its own",
    "tensors or multiplicative layers",
)

SELECTION_CAVEAT = (
    "The nearest data set is a starting point only: ten synthetic data sets, whose published synergy of about 0.05 nat is mostly "
    "the bias of few rows in many cells."
)


def nearest(
    value: Mapping[str, float], measure: str = "broja", draws: Mapping[str, np.ndarray] | None = None
) -> tuple[Nearest, ...]:
    """The published data sets by distance of their normalised atoms, nearest first; none for other measures.

    Args:
        value: atoms by name.
        measure: their definition.
        draws: replicates of the atoms by name, shape (B,) each.
    """
    atoms = np.array([value[name] for name in ATOMS])
    if measure != "broja" or atoms.sum() <= 0:
        return ()  # the published atoms are of one measure
    suite = np.array(list(SUITE.values()))
    suite /= suite.sum(axis=1, keepdims=True)
    distance = np.abs(atoms / atoms.sum() - suite).sum(axis=1)
    votes = np.full(len(suite), np.nan)
    if draws and all(name in draws for name in ATOMS):
        drawn = np.stack([draws[name] for name in ATOMS], axis=1)  # (B, 4)
        drawn = drawn[drawn.sum(axis=1) > 0]
        if len(drawn):
            shares = drawn / drawn.sum(axis=1, keepdims=True)
            winner = np.abs(shares[:, None] - suite).sum(axis=2).argmin(axis=1)
            votes = np.bincount(winner, minlength=len(suite)) / len(drawn)
    names = list(SUITE)
    order = np.argsort(distance, kind="stable")
    return tuple(Nearest(names[k], float(distance[k]), float(votes[k])) for k in order)


def selection_sentence(found: Sequence[Nearest], names: Sequence[str] = ("modality 1", "modality 2")) -> str:
    """The idea in a sentence; empty where nothing was found."""
    if not found:
        return ""
    first, second = found[:2]
    atoms = np.array(SUITE[first.name])
    sure = f", in {first.share:.0%} of the replicates" if np.isfinite(first.share) else ""
    close = (
        f", hardly nearer than {second.name!r} ({second.distance:.2f})"
        if second.distance - first.distance < 0.1
        else ""
    )
    return (
        f"Of the ten synthetic data sets of arXiv 2302.12247, the mix of atoms is nearest to {first.name!r} (distance "
        f"{first.distance:.2f} of 2{sure}){close}. Its largest atom is what that paper associates with "
        f"{_STARTS[int(atoms.argmax())].format(*names)}."
    )
