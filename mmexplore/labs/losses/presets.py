"""Views to start from in the lab of losses: each a question with an answer that can be watched."""

from __future__ import annotations

from mmexplore.datasets import real_info
from mmexplore.lab import Preset
from mmexplore.labs.losses.scene import FactorClScene

_HALVES = real_info("digits").names

PRESETS: dict[str, Preset] = {
    "paper": Preset(
        "The paper's label",
        "The label depends on what both views share and on what only one of them holds. What happens to the unique part under CLIP?",
        {},
    ),
    "shared": Preset(
        "Nothing unique",
        "All of the label is shared: a loss that keeps only what is shared has nothing to lose here.",
        {"data.unique1": 0.0, "data.unique2": 0.0},
    ),
    "unique": Preset(
        "Nothing shared",
        "The label depends only on what is unique to each view: the objective of CLIP does not help.",
        {"data.shared": 0.0},
    ),
    "narrow": Preset(
        "A narrow embedding",
        "Four dimensions for each view: now every loss has to choose what it keeps.",
        {"lab.embedding": 4},
    ),
    "network": Preset(
        "A nonlinear label",
        "A random network of the latents makes the label: a harder test than a weighted sum.",
        {"data.label": "network"},
    ),
    "synergy": Preset(
        "An exclusive or",
        "One of four known bits can be read from both views together only. Of the self-supervised losses only CoMM's nonlinear fusion is rewarded for it, and "
        "finds it here; with encoders of two hidden layers (Advanced) it does so in few seeds. Trained on the label, an early fusion finds it at once.",
        {"data": "bits", "methods": "clip,cross-self,factorcl-ssl,comm,comm-linear,early", "lab.seeds": 4, "lab.steps": 500, "lab.rate": 3e-3,
         "lab.width": 64, "lab.layers": 1, "lab.embedding": 4},
    ),
    "trifeature": Preset(
        "Pictures",
        "Small Trifeature: the shape is shared, textures and colours are unique to each picture, a match needs both. This one takes minutes.",
        {"data": "trifeature", "methods": "clip,comm", "lab.seeds": 1, "lab.looks": 8},
    ),
    "digits": Preset(
        "Real halves",
        f"Handwritten digits cut in two: the {_HALVES[0]} and the {_HALVES[1]} of each picture. Nobody knows the factors here, so compare with raw inputs and an untrained encoder.",
        {"data": "real"},
    ),
}  # fmt: skip


def preset_of(scene: FactorClScene) -> str | None:
    """The preset whose data, methods and training the view has, if it is one."""
    for name, preset in PRESETS.items():
        mine = preset.of(FactorClScene)
        if all(getattr(mine, field) == getattr(scene, field) for field in ("data", "settings", "methods", "lab")):
            return name
    return None
