"""Contrastive objectives without factorisation: across views, across and within, and by label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mmexplore.labs.losses.objectives.declaration import Objective, head, objective, temperature

_METHODS = "mmexplore.labs.losses.train.methods"


@objective
class Clip(Objective):
    """Only what both views share is rewarded."""

    name = "clip"
    title = "CLIP"
    family = "contrastive"
    sentence = "Pull the embeddings of the two views of a sample together, push those of other samples apart (SimCLR across modalities)."
    formula = "L = -NCE(p1, p2), symmetric, cosine / temperature, p the representation behind the projection head"
    reference = "Radford et al. 2021, arXiv 2103.00020; Chen et al. 2020, arXiv 2002.05709; van den Oord et al. 2018, arXiv 1807.03748"
    keeps = ("kept", "lost", "lost", "lost")
    why = "NCE(p1, p2) is a bound of I(X1; X2): what is unique to one view cannot raise it."
    terms: ClassVar[Mapping[str, str]] = {"nce_12": "NCE bound of I(X1;X2), bits"}
    program = f"{_METHODS}.clip:ClipMethod"

    temperature: float = temperature()
    head: str = head()


@objective
class CrossSelf(Objective):
    """Across views, and within each view across augmentations."""

    name = "cross-self"
    title = "Cross + Self"
    family = "contrastive"
    sentence = "CLIP, and each view must be matched with its own augmentation as well: what survives augmentation is kept, too."
    formula = "L = -NCE(p1', p2') - NCE(p1', p1'') - NCE(p2', p2''), p the representation behind the projection head"
    reference = "Yuan et al. 2021, arXiv 2104.12836; Mu et al. 2022 (SLIP), arXiv 2112.12750"
    keeps = ("kept", "kept", "kept", "depends")
    why = (
        "Each self term bounds I(Xi'; Xi''), which covers all that augmentation leaves of a view; no term sees both views together, so synergy's parts "
        "stay only where augmentation leaves each of them alone."
    )
    pairs = True
    terms: ClassVar[Mapping[str, str]] = {
        "nce_12": "NCE bound of I(X1;X2), bits",
        "nce_11": "NCE bound of I(X1';X1''), bits",
        "nce_22": "NCE bound of I(X2';X2''), bits",
    }
    program = f"{_METHODS}.cross_self:CrossSelfMethod"

    temperature: float = temperature()
    head: str = head()


@objective
class SupCon(Objective):
    """Samples of one label together."""

    name = "supcon"
    title = "SupCon"
    family = "contrastive"
    sentence = (
        "Pull the embeddings of all samples of one label together, of both views; the label decides what is kept."
    )
    formula = (
        "L = - mean over pairs of equal label of log softmax of their cosine / temperature, behind the projection head"
    )
    reference = "Khosla et al. 2020, arXiv 2004.11362"
    keeps = ("kept", "depends", "depends", "lost")
    why = "Both views' embeddings are trained on the same label, so each keeps the information about it in its own view, and drops the rest."
    uses_label = True
    terms: ClassVar[Mapping[str, str]] = {"supcon_nats": "supervised contrastive loss, nats"}
    program = f"{_METHODS}.supcon:SupConMethod"

    temperature: float = temperature()
    head: str = head()
