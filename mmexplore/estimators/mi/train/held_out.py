"""Reading a critic on rows it has not seen: the bound, and how much each row moves it (for its standard error).

A bound is a mean over rows and over pairs of rows; a row's influence is its own term and its part in both indices of the pairs (the
first-order term of Hoeffding's decomposition, 1948). With e_ij = exp f_ij, a_i, b_i its means over row and column i, Z over all pairs:

    InfoNCE      log softmax_ii  -  sum_k softmax_ki
    NWJ          f_ii - (a_i + b_i) / e
    MINE, SMILE  f_ii - (a_i + b_i) / Z

each less its mean. All in nats, in double precision.
"""

from __future__ import annotations

import math

from torch import Tensor

from mmexplore.training import bounds


def read(bound: str, f: Tensor, tau: float = math.inf) -> tuple[float, Tensor]:
    """The bound's value on scores f (B, B), and every row's influence, (B,), of mean 0; nats."""
    f = f.double()
    own = f.diagonal()
    if bound == "infonce":
        value = bounds.infonce(f)
        influence = own - f.logsumexp(dim=1) - f.softmax(dim=1).sum(dim=0)
    elif bound == "nwj":
        value = bounds.nwj(f)
        influence = own - _both_means(f - 1, math.inf)
    else:
        value = bounds.smile(f, tau) if bound == "smile" else bounds.donsker_varadhan(f)
        influence = own - _both_means(f, tau if bound == "smile" else math.inf, relative=True)
    return float(value), influence - influence.mean()


def _both_means(f: Tensor, tau: float, relative: bool = False) -> Tensor:
    """a_i + b_i, (B,), divided by Z if `relative`."""
    b = len(f)
    apart = f.clamp(-tau, tau).fill_diagonal_(-math.inf)
    if relative:
        apart = apart - (apart.flatten().logsumexp(0) - math.log(b * (b - 1)))
    each = [apart.logsumexp(dim=k).sub(math.log(b - 1)).exp() for k in (0, 1)]
    return each[0] + each[1]
