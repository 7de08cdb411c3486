"""Neural estimators of decompositions: what `mmexplore.estimators.pids` declares is trained here."""
