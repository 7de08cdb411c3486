"""Counting: a run that does nothing but count, to see that this machine can run runs."""

from __future__ import annotations

from mmexplore.runs.task import Task, param, task


@task
class Count(Task):
    """Count to `steps`; the frames hold the count and its square."""

    kind = "count"
    program = "mmexplore.runs.counting:run"

    steps: int = param(50, label="Steps", low=1, high=100_000, step=1, help="How far to count.")
    wait: float = param(0.02, label="Wait", low=0.0, high=10.0, step=0.01, unit="s", help="Rest after each step.")
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Tells one count from another.")

    def title(self) -> str:
        """What is run, in words."""
        return f"Count to {self.steps:,}"

    def seconds(self) -> float:
        """As `Task.seconds`."""
        return self.steps * self.wait
