"""The parts of the Gaussian page: the controls and a covariance of one's own, the live block, and what lies beneath it."""

from mmexplore.labs.gaussian.scene import GaussianScene
from mmexplore.ui.state import PageState

TABS = {
    "spectrum": "Unique to whom",
    "rows": "From these rows",
    "mmi": "Why not MMI",
    "path": "The optimiser's path",
    "assumed": "What is assumed",
    "export": "Export",
}
STATE: PageState[GaussianScene] = PageState("gaussian", GaussianScene, tabs=TABS, folds=("numbers",))
NAMES = ("modality 1", "modality 2", "the target")
