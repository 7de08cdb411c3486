"""What "nothing there" means: five nulls, each with the question it answers.

A p-value is (1 + #{shuffled >= observed}) / (1 + B), exact whatever the sample size, since under the null the observed rows are
one more shuffle (Phipson & Smyth 2010). Plug-in values are compared with plug-in values: both carry the same bias. The null of
no synergy draws rows from an estimated table instead: its p-values are approximate. In simulations it called 0 to 9 % of the
samples without synergy significant at the 5 % level, least where the coupling leaves cells empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.types import ATOMS, INFORMATIONS

ALL = (*ATOMS, *INFORMATIONS)


@dataclass(frozen=True)
class NullKind:
    """A way to make rows in which something is absent.

    Attributes:
        key: the value of `Settings.null`.
        label: what is done, in a few words.
        keeps: what stays as it is.
        question: what a small p-value says.
        tested: names that get a p-value; the others do not change, or can only grow.
        both_ways: whether a value far below the null says something, too.
    """

    key: str
    label: str
    keeps: str
    question: str
    tested: tuple[str, ...]
    both_ways: bool


TARGET = NullKind(
    key="target",
    label="Target shuffled",
    keeps="how the two modalities go together, and how frequent each class is",
    question=(
        "Would a target that has nothing to do with either modality show as much? Small p: there is something. "
        "All four atoms are 0 here, so it is no test of one atom where the others are not 0: see the other shuffles."
    ),
    tested=ALL,
    both_ways=False,
)
MODALITY1 = NullKind(
    key="modality1",
    label="Modality 1 shuffled",
    keeps="what modality 2 tells about the target",
    question=(
        "Would a modality 1 that has nothing to do with the target and modality 2 show as much? "
        "Small p: modality 1 adds to modality 2, or repeats it."
    ),
    tested=("redundancy", "unique1", "synergy", "i1", "i12"),
    both_ways=False,
)
MODALITY2 = NullKind(
    key="modality2",
    label="Modality 2 shuffled",
    keeps="what modality 1 tells about the target",
    question=(
        "Would a modality 2 that has nothing to do with the target and modality 1 show as much? "
        "Small p: modality 2 adds to modality 1, or repeats it."
    ),
    tested=("redundancy", "unique2", "synergy", "i2", "i12"),
    both_ways=False,
)
WITHIN = NullKind(
    key="within",
    label="Pairing shuffled within each class",
    keeps="what each modality tells on its own, and with it R, U1 and U2 under BROJA",
    question=(
        "Do the modalities go together beyond what the target makes them do? Small p: more synergy than two modalities that "
        "have only the target in common. Small p below: less, as where one repeats the other's errors. Some synergy is left in "
        "this null, so a large p does not say that there is none."
    ),
    tested=("synergy", "i12"),
    both_ways=True,
)
NO_SYNERGY = NullKind(
    key="no_synergy",
    label="Rows drawn without synergy",
    keeps="what each modality tells on its own, and with it R, U1 and U2, up to the chance of drawing",
    question=(
        "Would a population without synergy, whose modalities tell each as much as here, show as much of it in so few rows? "
        "Small p: there is synergy. Large p: what is seen may be bias. Approximate; BROJA only."
    ),
    tested=("synergy",),
    both_ways=False,
)
KINDS = {kind.key: kind for kind in (TARGET, MODALITY1, MODALITY2, WITHIN, NO_SYNERGY)}


@dataclass(frozen=True)
class Null:
    """What a shuffle gave, in bits.

    Attributes:
        kind: which shuffle.
        mean: mean of each value over the shuffles.
        low, high: quantiles of each, at the settings' level.
        p_values: chance of a value at least as large as the observed one, of those in `kind.tested`.
        p_below: chance of a value at most as large, where `kind.both_ways`.
        draws: every shuffle's values, shape (B,) each.
        done: number of shuffles, B.
    """

    kind: NullKind
    mean: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    p_values: dict[str, float]
    p_below: dict[str, float]
    draws: dict[str, np.ndarray]
    done: int


def summarise(
    kind: NullKind, observed: dict[str, float], draws: dict[str, np.ndarray], level: float, slack: float
) -> Null:
    """Means, quantiles and p-values of shuffled values.

    Args:
        kind: the shuffle.
        observed: plug-in values of the rows as they are.
        draws: shuffled values, shape (B,) each; B at least 1.
        level: share of the shuffles between `low` and `high`.
        slack: values this close count as equal: what the solver may be off.
    """
    done = len(next(iter(draws.values())))
    tail = 0.5 * (1.0 - level)

    def share(name: str, sign: float) -> float:
        return float((1 + np.count_nonzero(sign * (draws[name] - observed[name]) >= -slack)) / (1 + done))

    return Null(
        kind=kind,
        mean={name: float(values.mean()) for name, values in draws.items()},
        low={name: float(np.quantile(values, tail)) for name, values in draws.items()},
        high={name: float(np.quantile(values, 1.0 - tail)) for name, values in draws.items()},
        p_values={name: share(name, 1.0) for name in kind.tested},
        p_below={name: share(name, -1.0) for name in kind.tested} if kind.both_ways else {},
        draws=draws,
        done=done,
    )
