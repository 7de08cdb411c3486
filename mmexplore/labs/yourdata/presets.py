"""Bundled data sets to start from, each with one finding."""

from __future__ import annotations

from mmexplore.lab import Preset

_FINDINGS = {
    "breast_cancer": ("Tumours", "Redundancy: mean and worst cell say the same."),
    "iris": ("Irises", "Unique: the petal knows what the sepal does not."),
    "digits_parity": ("Odd or even", "Synergy: half an image is not half the answer."),
    "wine": (
        "Wine",
        "A null that misleads: S is no larger than with shuffled growers (p = .19), yet rows without synergy never reach it "
        "(p = .005).",
    ),
    "diabetes": ("Diabetes", "Little is told, half of it twice, and few rows to say so."),
}

PRESETS: dict[str, Preset] = {
    name: Preset(title, why, {"source": "real", "real": name}) for name, (title, why) in _FINDINGS.items()
}
