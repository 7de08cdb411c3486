"""Scenes to start from on the Knob page: each a question with an answer one can turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmexplore.knob_scene import KnobScene
from mmexplore.tasks.knob import Knob


@dataclass(frozen=True)
class Preset:
    """A scene with a name.

    Attributes:
        title: what is on its button.
        sentence: what to look at.
        values: what `KnobScene.put` takes.
    """

    title: str
    sentence: str
    values: dict[str, Any]

    def scene(self) -> KnobScene:
        """The scene."""
        return KnobScene().put(**self.values)

    def task(self) -> Knob:
        """What has to be run for it."""
        return self.scene().task()


PRESETS: dict[str, Preset] = {
    "exact": Preset(
        "The exact curve",
        "Turn β down: one latent dimension after the other dies, near the points the theory marks. How far below the curve does the network stay?",
        {},
    ),
    "digits": Preset(
        "A shared class",
        "Two pictures of one digit share nothing but the class. At γ = 0 the codes have to tell each other alone; turn γ up, and see rotation and size move in.",
        {"data": "noisy-digits", "method": "dvsib", "gamma": 0.0},
    ),
    "vae": Preset(
        "What a VAE keeps",
        "It tells back the picture it was given, so it keeps what varies most: rotation and size before the digit. Compare with “A shared class”.",
        {"data": "noisy-digits", "method": "beta-vae"},
    ),
    "private": Preset(
        "Private rooms",
        "With private latents beside it, is the shared one relieved of what only one view has?",
        {"data": "noisy-digits", "method": "dvsib-private"},
    ),
    "tumours": Preset(
        "Tumours",
        "Mean and worst nuclei of one tumour: how few bits about the one tell nearly all of the other, and of the diagnosis?",
        {"data": "breast-cancer", "method": "dvib"},
    ),
}
