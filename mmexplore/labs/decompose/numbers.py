"""What the page shows, as rows of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from mmexplore.lab import Number
from mmexplore.labs.decompose.scene import Scene
from mmexplore.runs import Run
from mmexplore.types import ATOMS, INFORMATIONS


def numbers(scene: Scene, run: Run | None) -> Iterator[Number]:
    """Atoms with their certified bounds, then the informations, in the scene's unit."""
    result = scene.decompose()
    lower, upper = result.lower._asdict(), result.upper._asdict()
    for name in ATOMS:
        bounded = result.gap == result.gap  # nan where no bound is known
        low, high = (float(lower[name]), float(upper[name])) if bounded else (None, None)
        yield Number(name, float(getattr(result, name)), result.unit, low, high, result.certificate)
    for name in (*INFORMATIONS, "coinformation"):
        yield Number(name, float(getattr(result, name)), result.unit, certificate="exact")
