"""Bounds of mutual information as functions of a critic's score matrix, in nats; differentiable, batched over leading dimensions.

`f[..., i, j]` is the critic's score of x_i with y_j, shape (..., B, B): the diagonal holds the rows as they occurred together (the
joint law), everything off it pairs of different rows (draws of the product of the marginals). Leading dimensions are seeds, settings
or folds; each gets a bound of its own, shape (...).

    InfoNCE  = E_joint f - E_i log mean_j exp f_ij        <= I, <= log B   van den Oord, Li & Vinyals 2018, arXiv 1807.03748
    NWJ      = E_joint f - E_product exp(f - 1)           <= I             Nguyen, Wainwright & Jordan 2010, arXiv 0809.0853
    DV       = E_joint f - log E_product exp f            <= I             Donsker & Varadhan 1983
    MINE     = DV, its gradient freed of the bias of the batch's log     Belghazi et al. 2018, arXiv 1801.04062
    SMILE    = E_joint f - log E_product clip(exp f, exp -+tau)           Song & Ermon 2020, arXiv 1910.06222
    NCE-CLUB = E_joint f - E_product f                    >= I at the optimal InfoNCE critic   Liang et al. 2023, arXiv 2306.05268

Given a label C, InfoNCE and NCE-CLUB stand for I(X;Y|C) if the product is that of one label, p(x|c) p(y|c): pairs of different labels tell
the label itself, and with them the bounds are those of I(X,C;Y,C) = I(X;Y|C) + H(C).

"<=" and ">=" hold for expectations; one batch scatters about them (DV and SMILE with the log of a batch mean lean up, SMILE's clip
is no bound at all). The optimal critic is the log density ratio log p(x,y)/(p(x)p(y)), plus 1 for NWJ, plus any function of x for
InfoNCE and NCE-CLUB, which do not see it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from mmexplore.errors import BadData


def _joint(f: Tensor) -> Tensor:
    """Mean score of the joint pairs, (...,)."""
    if f.ndim < 2 or f.shape[-1] != f.shape[-2] or f.shape[-1] < 2:
        raise BadData(f"the score matrix has shape {tuple(f.shape)}; allowed: (..., B, B) with B at least 2")
    return f.diagonal(dim1=-2, dim2=-1).mean(dim=-1)


def _pairs(f: Tensor) -> tuple[Tensor, Tensor]:
    """Mean score of the joint pairs, (...,), and all scores with the diagonal at minus infinity, (..., B, B)."""
    joint = _joint(f)
    same = torch.eye(f.shape[-1], dtype=torch.bool, device=f.device)
    return joint, f.masked_fill(same, -math.inf)


def _log_mean_exp(apart: Tensor) -> Tensor:
    """log E_product exp f of scores whose diagonal is minus infinity, (...,)."""
    b = apart.shape[-1]
    return apart.flatten(-2).logsumexp(dim=-1) - math.log(b * (b - 1))


def _valued(value: Tensor, slope: Tensor) -> Tensor:
    """`value`, with the gradient of `slope`."""
    return slope + (value - slope).detach()


def infonce(f: Tensor, symmetric: bool = False) -> Tensor:
    """InfoNCE, (...,): never above log B. `symmetric`: the mean of choosing y for x and x for y (CLIP's loss, sign turned)."""
    joint = _joint(f)
    rows = f.logsumexp(dim=-1).mean(dim=-1)
    ceiling = math.log(f.shape[-1])
    if not symmetric:
        return joint - rows + ceiling
    return joint - 0.5 * (rows + f.logsumexp(dim=-2).mean(dim=-1)) + ceiling


def nwj(f: Tensor) -> Tensor:
    """Nguyen-Wainwright-Jordan, (...,): unbiased in a batch, of great variance where the information is large."""
    joint, apart = _pairs(f)
    return joint - (_log_mean_exp(apart) - 1).exp()


def donsker_varadhan(f: Tensor) -> Tensor:
    """Donsker-Varadhan, (...,)."""
    joint, apart = _pairs(f)
    return joint - _log_mean_exp(apart)


def jensen_shannon(f: Tensor) -> Tensor:
    """E_joint -softplus(-f) - E_product softplus(f), (...,): no information, but the same optimal critic, with steady gradients."""
    _, apart = _pairs(f)
    b = f.shape[-1]
    joint = -softplus(-f.diagonal(dim1=-2, dim2=-1)).mean(dim=-1)
    return joint - softplus(apart).sum(dim=(-2, -1)) / (b * (b - 1))


def smile(f: Tensor, tau: float = 5.0, clipped_gradient: bool = False) -> Tensor:
    """SMILE with clip `tau`, (...,): its value, and by default the gradient of `jensen_shannon` (as its authors train).

    With `clipped_gradient` the gradient is that of the value itself; scores beyond tau are then free to grow.
    """
    joint, apart = _pairs(f)
    clipped = apart.clamp(-tau, tau).masked_fill(torch.isneginf(apart), -math.inf)
    value = joint - _log_mean_exp(clipped)
    return value if clipped_gradient else _valued(value, jensen_shannon(f))


def mine(f: Tensor, average: Tensor | None = None, rate: float = 0.01) -> tuple[Tensor, Tensor]:
    """MINE: the value of Donsker-Varadhan, (...,), with the gradient of E_joint f - E_product exp(f) / A, and log A for the next step.

    Args:
        f: scores, (..., B, B).
        average: log of the moving average A of E_product exp f from the step before, (...,); None at the first step.
        rate: share of this batch in the moving average.
    """
    joint, apart = _pairs(f)
    here = _log_mean_exp(apart)
    now = here.detach()
    if average is not None:
        now = torch.logaddexp(average + math.log1p(-rate), now + math.log(rate))
    return _valued(joint - here, joint - (here - now).exp()), now


def nce_club(f: Tensor) -> Tensor:
    """NCE-CLUB, (...,): above the information if f is the optimal critic of InfoNCE (train it with `infonce`, on other rows)."""
    joint = _joint(f)
    b = f.shape[-1]
    everything = f.mean(dim=(-2, -1))
    return (joint - everything) * (b / (b - 1))  # = joint mean - mean off the diagonal


def conditional_infonce(f: Tensor, same: Tensor) -> Tensor:
    """InfoNCE of I(X;Y|C), (...,): each row's own pair among the pairs of the rows of its label; never above the mean log of their number.

    Liang et al. 2023, arXiv 2306.05268, eq. 13.

    Args:
        f: scores, (..., B, B).
        same: whether two rows have one label, (..., B, B); true on the diagonal.
    """
    joint = _joint(f)
    among = f.masked_fill(~same, -math.inf).logsumexp(dim=-1) - same.sum(dim=-1).to(f.dtype).log()
    return joint - among.mean(dim=-1)


def conditional_nce_club(f: Tensor, same: Tensor) -> Tensor:
    """NCE-CLUB of I(X;Y|C), (...,): above it if f is the optimal critic of `conditional_infonce`. Rows alone with their label tell nothing and do not count.

    Liang et al. 2023, arXiv 2306.05268, eq. 14.

    Args:
        f, same: as in `conditional_infonce`.
    """
    itself = torch.eye(f.shape[-1], dtype=torch.bool, device=f.device)
    others = (same & ~itself).to(f.dtype)
    number = others.sum(dim=-1)
    excess = f.diagonal(dim1=-2, dim2=-1) - (f * others).sum(dim=-1) / number.clamp_min(1.0)
    return (excess * (number > 0)).sum(dim=-1) / (number > 0).sum(dim=-1).clamp_min(1)
