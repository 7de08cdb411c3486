"""Runs: everything that has been trained here or came along, and what is being trained now."""

from mmexplore.lab import Lab
from mmexplore.labs.registry import declare
from mmexplore.labs.runs.scene import RunsView

declare(
    Lab(
        name="runs",
        title="Runs",
        icon="manufacturing",
        url="runs",
        order=900,
        question="What has been trained here, and what is running now?",
        scene=RunsView,
    )
)
