"""CoMM: augmented pairs through one fusion. Dufumier, Castillo-Navarro, Tuia & Thiran 2025, arXiv 2409.07402."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mmexplore.labs.losses.objectives.declaration import Objective, head, objective, temperature

_METHODS = "mmexplore.labs.losses.train.methods"
_REFERENCE = "Dufumier, Castillo-Navarro, Tuia & Thiran 2025, arXiv 2409.07402"
_TERMS = {
    "nce_fused": "NCE bound of I(Z';Z''), bits",
    "nce_1": "mean NCE bound of I(Z1;Z') and I(Z1;Z''), bits",
    "nce_2": "mean NCE bound of I(Z2;Z') and I(Z2;Z''), bits",
}
_FORMULA = "L = -NCE(Z', Z'') - sum_i 1/2 [NCE(Zi'', Z') + NCE(Zi', Z'')]"


@objective
class Comm(Objective):
    """Nonlinear fusion."""

    name = "comm"
    title = "CoMM"
    family = "fusion"
    sentence = "Fuse both views by a network, and match the fused embedding with itself, and with each view, across augmented pairs."
    formula = (
        _FORMULA
        + ", Z the fused embedding, Zi the same with the other view replaced by a learned token, each behind one projection head"
    )
    reference = _REFERENCE
    keeps = ("kept", "kept", "kept", "kept")
    why = "The fused term bounds I(X'; X'') of whole pairs, which covers the XOR; a nonlinear fusion can compute it."
    pairs = True
    fused = True
    terms: ClassVar[Mapping[str, str]] = _TERMS
    program = f"{_METHODS}.comm:CommMethod"

    temperature: float = temperature(0.1)
    head: str = head()


@objective
class CommLinear(Objective):
    """Linear fusion."""

    name = "comm-linear"
    title = "CoMM, linear fusion"
    family = "fusion"
    sentence = "CoMM with a linear fusion of the two embeddings: the control for synergy."
    formula = _FORMULA + ", Z a linear map of the two embeddings, behind one projection head"
    reference = _REFERENCE
    keeps = ("kept", "kept", "kept", "lost")
    why = "A sum of a function of view 1 and one of view 2 carries no XOR that matching pairs could reward."
    pairs = True
    fused = True
    terms: ClassVar[Mapping[str, str]] = _TERMS
    program = f"{_METHODS}.comm:CommLinearMethod"

    temperature: float = temperature(0.1)
    head: str = head()
