"""Scenes to start from on the Knob page: each a question with an answer one can turn."""

from __future__ import annotations

from mmexplore.lab import Preset

# the runs behind them come with the program, so that each opens at once
PRESETS: dict[str, Preset] = {
    "exact": Preset(
        "The exact curve",
        "Turn β down: one latent dimension after the other dies, near the points the theory marks. How far below the curve does the network stay?",
        {},
    ),
    "vae": Preset(
        "A VAE beside it",
        "It tells X back, private coordinates as gladly as shared ones, for far more bits. Compare its path with “The exact curve”.",
        {"method": "beta-vae"},
    ),
    "codes": Preset(
        "Two codes",
        "At small β both codes fall silent; further up they open, pair by pair. Turn γ up, and private coordinates move in.",
        {"method": "dvsib", "gamma": 0.0},
    ),
    "digits": Preset(
        "A shared class",
        "Two pictures of one digit share nothing but the class. At γ = 0 the codes hold the digit and nothing of its rotation; turn γ up: rotation "
        "and size move in, and the digit becomes harder to read.",
        {"data": "noisy-digits", "method": "dvsib", "gamma": 0.0},
    ),
    "other": Preset(
        "Told by the other",
        "Only what tells of the other picture is worth a bit: the digit is read nearly as well from a few bits as from many, rotation and size are "
        "gone at every β.",
        {"data": "noisy-digits", "method": "dvib"},
    ),
}
