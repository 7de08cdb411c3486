"""What tasks that train an estimator on rows have in common: how long they take."""

from __future__ import annotations

from typing import Any

from mmexplore.datasets.generators import generator
from mmexplore.runs.task import Task


class RowsTask(Task):
    """Base of tasks that train an estimator on rows; a subclass declares ``data`` and the values of its settings.

    Its `settings` say by ``seconds(n, dims)`` what the estimator takes; None is said where they do not.
    """

    data: str

    def settings(self) -> Any:
        """The estimator's settings."""
        raise TypeError(f"{type(self).__name__} declares no settings")

    def seconds(self) -> float | None:
        """As `Task.seconds`; not known of a visitor's own rows, of which the task holds nothing but a name."""
        if self.own_data:
            return None
        spec = generator(self.data)
        return self.seconds_of(spec.n, spec.dims())

    def seconds_of(self, n: int, dims: tuple[int, int, int]) -> float | None:
        """As `seconds`, of n rows; `dims`: columns of x1, x2 and y."""
        takes = getattr(self.settings(), "seconds", None)
        return None if takes is None else float(0.5 + takes(n, dims))
