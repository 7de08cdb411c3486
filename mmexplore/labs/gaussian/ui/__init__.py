"""The parts of the Gaussian page: the controls and a covariance of one's own, the live block, and what lies beneath it."""

from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.ui.state import PageState

STATE: PageState[GaussianScene] = PageState("gaussian", GaussianScene)
NAMES = ("modality 1", "modality 2", "the target")
