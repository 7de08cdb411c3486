"""Which estimator can be trusted, and where does each one fail?"""

from mmexplore.labs import show

show("contest")
