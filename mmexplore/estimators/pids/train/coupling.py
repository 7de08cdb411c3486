"""Couplings of two posteriors by Sinkhorn's iteration in the log domain, one for each label, and what they tell.

On B rows let r_a(y) = p(y|x1_a) / B and c_b(y) = p(y|x2_b) / B, balanced so that both sum to the same p(y). A score A(a,b,y) becomes
the joint law  log q(a,b,y) = A + f(a,y) + g(b,y)  whose sums over b are r and over a are c. Every member of BROJA's set on these
rows has this form for some A, so minimising I_q(X1,X2;Y) over A gives the union information of the rows.

The iteration runs without gradients until its marginals are met; a few more steps carry the gradient: the rest of the chain
contributes less and less as the iteration contracts (one-step differentiation, Bolte, Pauwels & Vaiter 2023, arXiv 2305.13768).
Sinkhorn 1964; Cuturi 2013 (arXiv 1306.0895); Liang et al. 2023 (arXiv 2302.12247), algorithm 1.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from mmexplore.units import BITS_PER_NAT

UNROLLED = 5
HOTTEST = 30.0
_TINY = 1e-12


class CouplingInformations(NamedTuple):
    """What a coupling tells, in nats, and how far it misses its marginals.

    Attributes:
        union_nats: I_q(X1,X2;Y).
        given1_nats: I_q(X2;Y|X1) row by row of x1, shape (B,); its mean is the information.
        given2_nats: I_q(X1;Y|X2) row by row of x2, shape (B,).
        residual: total variation between the coupling's marginals and those asked for.
    """

    union_nats: Tensor
    given1_nats: Tensor
    given2_nats: Tensor
    residual: float


def balanced(p1: Tensor, p2: Tensor, rounds: int = 200) -> tuple[Tensor, Tensor]:
    """Posteriors (B, K) each, reweighted by label so that both average to the same p(y)."""
    goal = 0.5 * (p1.mean(dim=0) + p2.mean(dim=0))
    return _to_mean(p1, goal, rounds), _to_mean(p2, goal, rounds)


def _to_mean(p: Tensor, goal: Tensor, rounds: int) -> Tensor:
    for _ in range(rounds):
        mean = p.mean(dim=0)
        if float((mean - goal).abs().max()) < 1e-9:
            break
        p = p * (goal / (mean + _TINY))
        p = p / p.sum(dim=1, keepdim=True)
    return p


def coupled(scores: Tensor, p1: Tensor, p2: Tensor, rounds: int, tolerance: float) -> tuple[Tensor, int]:
    """Log of the coupling, shape (K, B, B), and the rounds spent.

    The potentials f and g are kept as logarithms; sums run over exp(A - max A), computed once, which double precision holds for any
    score that a temperature up to `HOTTEST` can make.

    Args:
        scores: A, shape (K, B, B).
        p1, p2: balanced posteriors, shape (B, K).
        rounds: at most so many iterations without gradient.
        tolerance: total variation of the marginals at which to stop.
    """
    log_r = (p1 / len(p1)).clamp_min(_TINY / len(p1)).log().T  # (K, B)
    log_c = (p2 / len(p2)).clamp_min(_TINY / len(p2)).log().T
    scores = scores - scores.detach().amax(dim=(1, 2), keepdim=True)
    kernel = scores.exp()  # (K, B, B)
    turned = kernel.transpose(1, 2)
    with torch.no_grad():
        fixed, across = kernel.detach(), turned.detach().contiguous()
        g, goal, spent = torch.zeros_like(log_c), log_c.exp(), 0
        for spent in range(1, rounds + 1):
            f = log_r - _log_sums(fixed, g)
            columns = _log_sums(across, f)
            if spent % 5 == 0 and float((columns + g).exp().sub(goal).abs().sum()) < tolerance:
                break
            g = log_c - columns
    for _ in range(UNROLLED if scores.requires_grad else 1):
        f = log_r - _log_sums(kernel, g)
        g = log_c - _log_sums(turned, f)
    return scores + f[:, :, None] + g[:, None, :], spent


def _log_sums(kernel: Tensor, potential: Tensor) -> Tensor:
    """log sum_b kernel[k, a, b] exp(potential[k, b]), shape (K, B)."""
    top = potential.detach().amax(dim=1, keepdim=True)
    return (kernel @ (potential - top).exp()[:, :, None])[:, :, 0].clamp_min(1e-300).log() + top


def coupling_informations(log_q: Tensor, p1: Tensor, p2: Tensor) -> CouplingInformations:
    """Informations of a coupling, (K, B, B)."""
    q = log_q.exp()
    log_pair = log_q.logsumexp(dim=0)  # (B, B)
    log_y = (p1.mean(dim=0) + _TINY).log()
    rows, columns = q.sum(dim=2), q.sum(dim=1)  # (K, B)
    union = (q * (log_q - log_pair - log_y[:, None, None])).sum()
    own1 = (rows * ((rows + 1e-300).log() - rows.sum(dim=0).log())).sum(
        dim=0
    )  # (B,): minus entropy of y given x1_a, times p(a)
    own2 = (columns * ((columns + 1e-300).log() - columns.sum(dim=0).log())).sum(dim=0)
    both = (q * (log_q - log_pair)).sum(dim=0)  # (B, B)
    residual = max(
        float((rows - p1.T / len(p1)).abs().sum().detach()), float((columns - p2.T / len(p2)).abs().sum().detach())
    )
    return CouplingInformations(union, (both.sum(dim=1) - own1) * len(p1), (both.sum(dim=0) - own2) * len(p2), residual)


def bits(nats: Tensor) -> float:
    """A scalar tensor of nats as bits."""
    return float(nats.detach()) * BITS_PER_NAT
