"""Scenes to start from on the Knob page: each a question with an answer one can turn."""

from __future__ import annotations

from mmexplore.lab import Preset

# the runs behind them come with the program, so that each opens at once
PRESETS: dict[str, Preset] = {
    "exact": Preset(
        "The exact curve",
        "Turn β down: in theory one latent dimension after the other dies, at the points marked. The network lets them fade in the same order, but "
        "smoothly: some are still alive at β = 1, and the weakest pair is left out at every β. How far below the curve does it stay?",
        {},
    ),
    "vae": Preset(
        "A VAE beside it",
        "It reconstructs X, private coordinates as well as shared ones, for far more bits. Compare its path with “The exact curve”.",
        {"method": "beta-vae"},
    ),
    "codes": Preset(
        "Two latents",
        "At small β both latents collapse. In theory each pair of coordinates jumps open at a β of its own, marked on the curve, and none can rest half "
        "open below; one network for all settings glides through. Turn γ up, and private coordinates are encoded too.",
        {"method": "dvsib", "gamma": 0.0},
    ),
    "digits": Preset(
        "A shared class",
        "Two pictures of one digit share nothing but the class. At γ = 0 the latents hold the digit and nothing of its rotation; turn γ up: rotation "
        "and size are encoded too, and in a latent of four dimensions the digit becomes harder to predict (in 32 more of it stays).",
        {"data": "noisy-digits", "method": "dvsib", "gamma": 0.0},
    ),
    "other": Preset(
        "The other view as target",
        "Only information about the other picture is worth a bit: a probe predicts the digit nearly as well at the smallest rate of the dial as at the largest, and "
        "rotation and size are lost at every β.",
        {"data": "noisy-digits", "method": "dvib"},
    ),
    "rare": Preset(
        "Rare, telling, lost",
        "In 4 of 100 samples a spike in one sensor tells of a fault. At small β the latent hardly holds it: on average that is little information, yet two thirds of "
        "what a spike tells about the state is gone (the alarm in “What is lost”). Turn β up until the alarm falls silent.",
        {"data": "rare-fault", "method": "dvib", "beta": 1.2},
    ),
}
