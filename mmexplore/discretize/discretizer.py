"""From measured columns to a few states, with everything that was done shown.

Numbers of a variable are standardised, z = (x - mean)/sd (a constant column gets weight 0), and become symbols by

- ``"quantile"``: score s = z w along the first principal direction w (unit length, weights of positive sum), cut into bins
  of equal counts. Cuts lie between two distinct scores, so equal rows always share a bin and no bin is empty; where ties
  leave fewer bins than asked for, the result says so. One column is cut by itself. Pearson 1901.
- ``"width"``: the same with cuts at equal distances. Bins without rows are no states.
- ``"kmeans"``: k-means clusters of z, the best of several k-means++ starts, numbered along the same direction. Lloyd 1982;
  Arthur & Vassilvitskii 2007.
- ``"principal"``: the first few principal directions, each cut into quantiles; their joint symbol is the state.
- ``"categorical"``: every different value is a state.

With `each`, quantile and width cut every column by itself. Categories enter as they are under every method, and a state is
the joint symbol of all parts. A state is what the fitted rows show; at most `MAX_STATES` of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mmexplore.discretize.columns import read
from mmexplore.discretize.description import Discretization
from mmexplore.discretize.rule import Rule, RuleSettings, fit
from mmexplore.errors import BadSpec
from mmexplore.spec import Spec, param

METHODS = ("quantile", "width", "kmeans", "principal", "categorical")
MIN_BINS, MAX_BINS = 2, 64
BINS_HELP = "More bins keep more of the measurement, and leave fewer samples in each cell."
METHOD_HELP = (
    "Quantiles or equal widths along the first principal direction, k-means clusters, quantiles of several principal "
    "directions, or every different value as it is."
)


@dataclass(frozen=True)
class Discretizer(Spec):
    """How the columns of a variable become states, in the style of scikit-learn.

    The settings are frozen; what `fit` learns stands in `rule_` and `description_`. `discretize` learns nothing and is
    what a page calls with a shared setting.

    >>> d = Discretizer(bins=2).fit([1.0, 2.0, 3.0, 4.0])
    >>> d.transform([0.0, 9.0]).tolist(), d.description_.labels
    ([0, 1], ('below 2.5', 'above 2.5'))
    """

    method: str = param("quantile", label="Binning", choices=METHODS, help=METHOD_HELP)
    bins: int = param(4, label="Bins", low=MIN_BINS, high=MAX_BINS, step=1, help=BINS_HELP)
    each: bool = param(
        False,
        label="Each column by itself",
        help="Cut every column by itself and join the symbols, instead of cutting the first principal direction.",
    )
    directions: int = param(
        2,
        label="Directions",
        low=1,
        high=8,
        step=1,
        help="How many principal directions are cut (binning by principal directions only).",
    )
    missing: str = param(
        "drop",
        label="Missing values",
        choices=("drop", "state", "refuse"),
        help="Leave such rows out and count them, make missing a state of its own, or refuse them.",
    )

    def discretize(self, x: Any, columns: Sequence[str] | None = None) -> Discretization:
        """The states of the rows of `x`, made from these rows.

        Args:
            x: shape (n,) or (n, d): numbers, categories or both; a DataFrame brings its column names.
            columns: names of the d columns.

        Raises:
            BadData: no rows, no value left, complex numbers, or more than `MAX_STATES` states.
        """
        return fit(self._asked(), read(x, columns, True if self.method == "categorical" else None))[1]

    def fit(self, x: Any, y: Any = None, *, columns: Sequence[str] | None = None) -> Self:
        """Learn the states from the rows of `x`; `y` is not used."""
        rule, description = fit(self._asked(), read(x, columns, True if self.method == "categorical" else None))
        object.__setattr__(self, "rule_", rule)
        object.__setattr__(self, "description_", description)
        return self

    def apply(self, x: Any, columns: Sequence[str] | None = None) -> Discretization:
        """The states of other rows of the same columns, as fitted, with what was not as expected."""
        rule = getattr(self, "rule_", None)
        if not isinstance(rule, Rule):
            raise BadSpec("this Discretizer has learned no states; call fit first")
        if columns is None and not hasattr(x, "columns") and getattr(x, "name", None) is None:
            columns = rule.columns
        return rule.apply(read(x, columns, rule.categories))

    def transform(self, x: Any, *, columns: Sequence[str] | None = None) -> np.ndarray:
        """Codes of other rows, shape (n,): -1 where a value is missing, len(labels) for a state not seen when fitted."""
        return self.apply(x, columns).codes

    def fit_transform(self, x: Any, y: Any = None, *, columns: Sequence[str] | None = None) -> np.ndarray:
        """Learn the states from the rows of `x` and return their codes."""
        self.fit(x, columns=columns)
        codes: np.ndarray = self.__dict__["description_"].codes
        return codes

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the states that were learned."""
        rule = self.__dict__.get("rule_")
        return rule.labels if isinstance(rule, Rule) else ()

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by name."""
        return {p.name: getattr(self, p.name) for p in self.parameters()}

    def set_params(self, **params: Any) -> Self:
        """Change settings in place and forget what was learned."""
        for name in params:
            self.parameter(name)  # an unknown name is told with the allowed ones
        for name, value in self.replace(**params).get_params().items():
            object.__setattr__(self, name, value)
        for learned in ("rule_", "description_"):
            self.__dict__.pop(learned, None)
        return self

    def _asked(self) -> RuleSettings:
        return RuleSettings(self.method, self.bins, self.each, self.directions, self.missing)


def discretize_target(y: Any, bins: int = 3, *, most: int = 12, name: str = "target") -> Discretization:
    """A target as it is where it has few different values, else cut into `bins` quantiles; the notes say which.

    Args:
        y: shape (n,): labels or numbers.
        bins: states of a target that is a measurement.
        most: more different numbers than this are a measurement.
        name: what the target is called, where it brings no name.
    """
    column = read(y)[0]
    own = name if getattr(y, "name", None) is None else str(y.name)
    present = column.values[~column.missing]
    if column.levels is not None or len(np.unique(present)) <= most:
        return Discretizer(method="categorical").discretize(y, (own,))
    cut = Discretizer(method="quantile", bins=bins).discretize(y, (own,))
    note = f"{own} is a measurement ({len(np.unique(present)):,} different values): cut into {cut.bins} bins of equal counts"
    return dataclasses.replace(cut, notes=(note, *cut.notes))
