"""Bundled data sets to start from, each with one finding."""

from __future__ import annotations

from mmexplore.lab import Preset

_FINDINGS = {
    "breast_cancer": (
        "Tumours",
        "Redundancy: mean and worst cell say the same. Four bins of one direction lose much of it.",
    ),
    "iris": ("Irises", "Unique: the petal knows what the sepal does not, and the sepal knows nothing more."),
    "digits_parity": (
        "Odd or even",
        "Looks like synergy in bins, is mostly redundancy: either half of the image nearly tells the parity.",
    ),
    "wine": ("Wine", "One group of measurements nearly settles the grower; in few rows no synergy can be established."),
    "diabetes": ("Diabetes", "Little is told, most of it twice; adding up the two gains a little."),
}

PRESETS: dict[str, Preset] = {
    name: Preset(title, why, {"source": "real", "real": name}) for name, (title, why) in _FINDINGS.items()
}
