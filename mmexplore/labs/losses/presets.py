"""Views to start from in the lab of losses: each a question with an answer that can be watched."""

from __future__ import annotations

from mmexplore.datasets import real_info
from mmexplore.lab import Preset
from mmexplore.labs.losses.scene import FactorClScene

_HALVES = real_info("digits").names

PRESETS: dict[str, Preset] = {
    "paper": Preset(
        "The paper's label",
        "The label depends on factors that both views hold and on view-specific ones. What is left of these under CLIP, before and behind its projection head?",
        {"view": "methods"},
    ),
    "notebook": Preset(
        "Public notebook",
        "The learning rate and the head of FactorCL's public notebook, read before the head: every method reads the label well, and little more than the "
        "networks did before training.",
        {"view": "methods", "lab.rate": 1e-4, "methods.head": "mlp2"},
    ),
    "end": Preset(
        "Trained to the end",
        "No head, and ten times the rate: what the loss acts on is what is read. CLIP's layer then holds what both views share and nothing else.",
        {"view": "methods", "methods.head": "none"},
    ),
    "shared": Preset(
        "Nothing view-specific",
        "All of the label is shared: a loss that keeps only what is shared has nothing to lose here.",
        {"view": "methods", "data.unique1": 0.0, "data.unique2": 0.0},
    ),
    "unique": Preset(
        "Nothing shared",
        "The label depends on view-specific factors alone: the objective of CLIP does not ask for them.",
        {"view": "methods", "data.shared": 0.0},
    ),
    "narrow": Preset(
        "A narrow embedding",
        "Four dimensions for each view: now every loss has to choose what it keeps.",
        {"view": "methods", "lab.embedding": 4},
    ),
    "network": Preset(
        "Nonlinear label",
        "A random network of the latents makes the label: a harder test than a weighted sum.",
        {"view": "methods", "data.label": "network"},
    ),
    "synergy": Preset(
        "XOR",
        "One of four known bits can be read from both views together only. Of the self-supervised losses only CoMM's nonlinear fusion is rewarded for it: "
        "behind a projection head it finds it in some seeds, without one (choose None) in all; with encoders of two hidden layers (Advanced) in few. Trained on the label, "
        "an early fusion finds it at once.",
        {"view": "methods", "data": "bits", "methods": "clip,cross-self,factorcl-ssl,comm,comm-linear,early", "lab.seeds": 4, "lab.steps": 500, "lab.rate": 3e-3,
         "lab.width": 64, "lab.layers": 1, "lab.embedding": 4},
    ),
    "trifeature": Preset(
        "Pictures",
        "Small Trifeature: the shape is shared, textures and colours belong to one picture each, a match needs both. After 80 epochs CLIP has the shape and has dropped "
        "the colours, FactorCL has both; textures and the match stay at chance for all. Training it anew takes half an hour.",
        {"view": "methods", "data": "trifeature", "methods": "clip,factorcl-ssl,comm", "lab.steps": 3000, "lab.width": 64},
    ),
    "digits": Preset(
        "Real halves",
        f"Handwritten digits cut in two: the {_HALVES[0]} and the {_HALVES[1]} of each picture. Nobody knows the factors here, so compare with raw inputs and with the "
        "networks before training.",
        {"view": "methods", "data": "real"},
    ),
}  # fmt: skip


def preset_of(scene: FactorClScene) -> str | None:
    """The preset whose data, methods and training the view has, if it is one."""
    for name, preset in PRESETS.items():
        mine = preset.of(FactorClScene)
        if all(getattr(mine, field) == getattr(scene, field) for field in ("data", "settings", "methods", "lab")):
            return name
    return None
