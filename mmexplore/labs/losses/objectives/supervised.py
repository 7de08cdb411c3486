"""Supervised fusion, late and early: what a network keeps that is trained on the label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mmexplore.labs.losses.objectives.declaration import Objective, objective

_METHODS = "mmexplore.labs.losses.train.methods"


@objective
class Late(Objective):
    """A sum of linear logits of each view."""

    name = "late"
    title = "Supervised, late fusion"
    family = "supervised"
    sentence = "Each view's embedding gives linear logits of the label, which are summed."
    formula = "L = cross-entropy of Y from A z1 + B z2"
    reference = "Baltrusaitis, Ahuja & Morency 2019, arXiv 1705.09406 (survey)"
    keeps = ("kept", "kept", "kept", "lost")
    why = "A sum of logits cannot express an XOR, so nothing rewards its parts."
    uses_label = True
    terms: ClassVar[Mapping[str, str]] = {"cross_entropy": "cross-entropy of the label, bits"}
    program = f"{_METHODS}.supervised:LateMethod"


@objective
class Early(Objective):
    """Both views through one network."""

    name = "early"
    title = "Supervised, early fusion"
    family = "supervised"
    sentence = "Both embeddings go through one network before the label is predicted."
    formula = "L = cross-entropy of Y from a linear read-out of f(z1, z2)"
    reference = "Baltrusaitis, Ahuja & Morency 2019, arXiv 1705.09406 (survey)"
    keeps = ("kept", "kept", "kept", "kept")
    why = "The network can compute the XOR, and the label rewards it."
    uses_label = True
    fused = True
    terms: ClassVar[Mapping[str, str]] = {"cross_entropy": "cross-entropy of the label, bits"}
    program = f"{_METHODS}.supervised:EarlyMethod"
