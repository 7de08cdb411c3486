"""States chosen from what predictors say: clusters of each modality's out-of-fold probabilities of the classes, under Hellinger's distance.

X enters a decomposition by p(y|x) alone, so rows with like probabilities may share a state at little loss, whatever their columns are. No row
decides its own state: its probabilities come from predictors fitted on other rows.
"""

from __future__ import annotations

import numpy as np

from mmexplore.datasets import LabelledTable
from mmexplore.discretize import Discretization, Discretizer
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.study import Prepared, Study
from mmexplore.tabular import Roles


def predicted_states(headline: Headline, study: Study, name: str, roles: Roles) -> Prepared:
    """The rows as states of what predictors say, as many as the study has bins.

    Args:
        headline: the answer whose predictors are meant.
        study: bins1 and bins2 say how many states.
        name: of the data.
        roles: which columns play which part.
    """
    made = [
        _clusters(p, bins, headline.classes)
        for p, bins in zip(headline.posteriors, (study.bins1, study.bins2), strict=True)
    ]
    codes = (made[0].codes, made[1].codes, headline.rows.codes)
    shape = (made[0].bins, made[1].bins, len(headline.classes))
    p = np.bincount(np.ravel_multi_index(codes, shape), headline.rows.weights, int(np.prod(shape))).reshape(shape)
    p = p / p.sum()
    return Prepared(
        name=name,
        roles=roles,
        table=LabelledTable(p, made[0].labels, made[1].labels, headline.classes),
        codes=codes,
        rows=headline.of_data[headline.rows.index],
        made=(made[0], made[1]),
        said=("Rows with like probabilities of the classes, out of fold, share a state",),
        sampling=Sampling(groups=headline.rows.clusters, weights=headline.rows.weights),
    )


def _clusters(p: np.ndarray, bins: int, classes: tuple[str, ...]) -> Discretization:
    import pandas as pd

    roots = pd.DataFrame(np.sqrt(p.astype(np.float64)), columns=[f"√p({name})" for name in classes])
    return Discretizer(method="kmeans", bins=min(bins, len(roots.drop_duplicates()))).discretize(roots)
