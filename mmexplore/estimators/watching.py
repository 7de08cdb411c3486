"""Who watches an estimator at work: something that takes frames and progress, and may say that it is to stop.

The recorder of a run is one; `Collector` is another, in memory, for a call that just returns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from mmexplore.errors import MmexploreError


class Interrupted(MmexploreError, RuntimeError):
    """The caller asked it to stop before there was an answer."""


class Watcher(Protocol):
    """What an estimator reports to.

    Attributes:
        device: ``"cpu"`` or ``"cuda"``: where networks are to be computed.
    """

    device: str

    def frame(self, step: int, numbers: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> None:
        """Take what is seen after `step` steps; raises where it is to stop."""

    def progress(self, share: float, words: str) -> None:
        """Take note of how far the work is, 0 to 1; raises where it is to stop."""


class Collector:
    """A watcher that keeps the frames' numbers in memory and hands the progress on."""

    def __init__(
        self,
        device: str = "cpu",
        progress: Callable[[float, str], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self.device = device
        self.frames: list[dict[str, Any]] = []
        self._progress = progress
        self._should_stop = should_stop

    def frame(self, step: int, numbers: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> None:
        """Keep the numbers."""
        self.frames.append({"step": step, **numbers})
        self._look()

    def progress(self, share: float, words: str) -> None:
        """Hand it on."""
        if self._progress is not None:
            self._progress(share, words)
        self._look()

    def _look(self) -> None:
        if self._should_stop is not None and self._should_stop():
            raise Interrupted("stopped before its end, as was asked; there is no answer yet")

    def curve(self) -> dict[str, np.ndarray]:
        """The frames as arrays of one length by name, nan where a frame had no such number."""
        names = list(dict.fromkeys(name for frame in self.frames for name in frame))
        return {name: np.array([frame.get(name, np.nan) for frame in self.frames], dtype=np.float64) for name in names}
