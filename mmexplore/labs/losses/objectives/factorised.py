"""FactorCL in its three forms. Liang, Deng, Ma, Zou, Morency & Salakhutdinov 2023, arXiv 2306.05268.

Each term has heads of its own; Z_S is what the heads of NCE(1,2) and of the pair's CLUB term see, Z_U what the others see. The paper's "shared" is I(X1;X2;Y), co-information; synergy counts as unique there. It is not the S of a decomposition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mmexplore.labs.losses.objectives.declaration import Objective, head, objective, temperature
from mmexplore.spec import param

_METHODS = "mmexplore.labs.losses.train.methods"
_REFERENCE = "Liang et al. 2023, arXiv 2306.05268"
_WHY = "NCE terms reward shared and unique parts in separate heads; CLUB terms remove from each what belongs to the other. No term rewards an XOR."


def _critic() -> Any:
    return param(
        "separable",
        label="Critic",
        choices=("separable", "concatenated"),
        help="separable: <g(x1), h(x2)>, B passes a step. concatenated: f([x1, x2]) as in the paper, B x B passes: slow.",
    )


def _club() -> Any:
    return param(
        1.0,
        label="CLUB weight",
        low=0.0,
        high=4.0,
        step=0.05,
        help="Weight of removing the other part from each head; too large, and heads collapse.",
    )


def _club_steps() -> Any:
    return param(
        1,
        label="CLUB steps",
        low=1,
        high=10,
        step=1,
        help="Training steps of the upper bounds' critics after each step of the encoders.",
    )


_TERMS_SSL = {
    "nce_12": "NCE bound of I(X1;X2): shared, rewarded; bits",
    "club_pair": "NCE-CLUB bound of I(X1,X1';X2,X2'), where the paper writes I(X1;X2|X1',X2'): penalised; bits",
    "nce_1": "NCE bound of I(X1;X1'): all of view 1 that survives augmentation, rewarded; bits",
    "nce_2": "NCE bound of I(X2;X2'), rewarded; bits",
    "club_12": "NCE-CLUB bound of I(X1;X2): shared, penalised in the unique heads; bits",
    "nce_pair": "NCE bound of I(X1,X1';X2,X2'), where the paper writes I(X1;X2|X1',X2'): rewarded; bits",
}


@objective
class FactorClSup(Objective):
    """With the label."""

    name = "factorcl-sup"
    title = "FactorCL-SUP"
    family = "factorised"
    sentence = "Separate heads for the information about the label that the views share and that is unique to each."
    formula = "max NCE(1,2) - CLUB(1,2|Y) + NCE(1,Y) + NCE(2,Y) - CLUB(1,2) + NCE(1,2|Y)"
    reference = _REFERENCE
    keeps = ("kept", "kept", "kept", "depends")
    why = _WHY
    uses_label = True
    factorised = True
    terms: ClassVar[Mapping[str, str]] = {
        "nce_12": "NCE bound of I(X1;X2): shared, rewarded; bits",
        "club_pair": "NCE-CLUB bound of I(X1;X2|Y), negatives of the same label: shared but not of the label, penalised; bits",
        "nce_1": "NCE bound of I(X1;Y), rewarded; bits",
        "nce_2": "NCE bound of I(X2;Y), rewarded; bits",
        "club_12": "NCE-CLUB bound of I(X1;X2): shared, penalised in the unique heads; bits",
        "nce_pair": "NCE bound of I(X1;X2|Y), negatives of the same label, rewarded; bits",
    }
    program = f"{_METHODS}.factorcl:FactorClSupMethod"

    critic: str = _critic()
    temperature: float = temperature()
    club: float = _club()
    club_steps: int = _club_steps()
    head: str = head()


@objective
class FactorClSsl(Objective):
    """With augmentations that keep what is shared, in place of the label."""

    name = "factorcl-ssl"
    title = "FactorCL-SSL"
    family = "factorised"
    sentence = "Without labels: an augmentation that keeps all of a task's information stands in for the label."
    formula = "max NCE(1,2) - CLUB(11',22') + NCE(1,1') + NCE(2,2') - CLUB(1,2) + NCE(11',22')"
    reference = _REFERENCE
    keeps = ("kept", "kept", "kept", "depends")
    why = _WHY
    pairs = True
    factorised = True
    terms: ClassVar[Mapping[str, str]] = _TERMS_SSL
    program = f"{_METHODS}.factorcl:FactorClSslMethod"

    critic: str = _critic()
    temperature: float = temperature()
    club: float = _club()
    club_steps: int = _club_steps()
    head: str = head()
    bug: bool = param(
        False,
        label="As in the public code",
        help="There the pair's CLUB term gets each view beside itself, not beside its augmentation.",
    )


@objective
class FactorClIndAug(Objective):
    """With independent augmentations."""

    name = "factorcl-indaug"
    title = "FactorCL-IndAug"
    family = "factorised"
    sentence = "FactorCL-SSL with augmentations chosen for each view alone: they may destroy what the views share."
    formula = "as FactorCL-SSL, with strong augmentations drawn for each view by itself"
    reference = _REFERENCE
    keeps = ("kept", "depends", "depends", "depends")
    why = "What the stronger augmentation destroys cannot be matched, and is dropped from the unique heads."
    pairs = True
    factorised = True
    terms: ClassVar[Mapping[str, str]] = _TERMS_SSL
    program = f"{_METHODS}.factorcl:FactorClIndAugMethod"

    critic: str = _critic()
    temperature: float = temperature()
    club: float = _club()
    club_steps: int = _club_steps()
    head: str = head()
