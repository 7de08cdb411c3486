"""The run: toss the coin and count."""

from __future__ import annotations

from mmexplore.runs.task import Task, param, task


@task
class Toss(Task):
    """Toss a coin, write down what two sensors report, and count."""

    kind = "sensors"
    program = "mmexplore.labs.sensors.train:run"

    error1: float = param(0.1, label="Error of sensor 1", low=0.0, high=0.5, step=0.01)
    error2: float = param(0.2, label="Error of sensor 2", low=0.0, high=0.5, step=0.01)
    tosses: int = param(4000, label="Tosses", low=10, high=100_000, step=10, widget="log")
    seed: int = param(0, label="Seed", low=0, high=1000, step=1)

    def title(self) -> str:
        """What is run, in words."""
        return f"{self.tosses:,} tosses of a coin with two sensors"
