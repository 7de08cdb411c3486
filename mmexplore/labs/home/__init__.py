"""Home: what redundancy, uniqueness and synergy are, a live miniature, and examples of every lab."""

from mmexplore.lab import Lab
from mmexplore.labs.registry import declare

declare(
    Lab(
        name="home",
        title="Home",
        icon="home",
        url="home",
        order=0,
        question="See what two modalities tell about a target",
    )
)
