"""Bounds of score matrices: small cases by hand, gradients by hand, order at the optimal critic of Gaussian pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from mmexplore.errors import BadData
from mmexplore.training import bounds

LOG2, LOG3 = math.log(2.0), math.log(3.0)
JOINT = (LOG2 + math.log(6.0)) / 2


@pytest.fixture
def small(device: str) -> torch.Tensor:
    """Scores whose exponentials are whole numbers: exp f = [[2, 1], [3, 6]]."""
    return torch.tensor([[LOG2, 0.0], [LOG3, LOG2 + LOG3]], dtype=torch.float64, device=device)


def gaussian_scores(
    device: str, rho: float, d: int, batch: int, copies: int, seed: int = 0
) -> tuple[torch.Tensor, float]:
    """Log density ratios of `copies` batches of d independent pairs of correlation rho, and their information in nats."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((copies, batch, d))
    y = rho * x + math.sqrt(1 - rho**2) * rng.standard_normal((copies, batch, d))
    a, b = x[:, :, None, :], y[:, None, :, :]  # (copies, B, 1, d), (copies, 1, B, d)
    ratio = -0.5 * math.log(1 - rho**2) - (rho**2 * (a**2 + b**2) - 2 * rho * a * b) / (2 * (1 - rho**2))
    return torch.as_tensor(ratio.sum(axis=-1), device=device), -0.5 * d * math.log(1 - rho**2)


def test_small_cases_by_hand(small):
    # rows: log(2/3 * 2), log(6/9 * 2); columns: log(2/5 * 2), log(6/7 * 2)
    assert bounds.infonce(small).item() == pytest.approx(math.log(4 / 3), abs=1e-13)
    both = 0.25 * (math.log(4 / 3) * 2 + math.log(4 / 5) + math.log(12 / 7))
    assert bounds.infonce(small, symmetric=True).item() == pytest.approx(both, abs=1e-13)
    assert bounds.donsker_varadhan(small).item() == pytest.approx(JOINT - math.log(2.0), abs=1e-13)
    assert bounds.nwj(small).item() == pytest.approx(JOINT - 2.0 / math.e, abs=1e-13)
    assert bounds.nce_club(small).item() == pytest.approx(JOINT - LOG3 / 2, abs=1e-13)
    # softplus(-log a) = log(1 + 1/a), softplus(log a) = log(1 + a)
    shannon = -(math.log(3 / 2) + math.log(7 / 6)) / 2 - (math.log(2.0) + math.log(4.0)) / 2
    assert bounds.jensen_shannon(small).item() == pytest.approx(shannon, abs=1e-13)


def test_smile_clips_the_product_and_not_the_joint(small):
    # clip at log 2: exp f off the diagonal 1, 3 -> 1, 2
    assert bounds.smile(small, tau=LOG2).item() == pytest.approx(JOINT - math.log(1.5), abs=1e-13)
    assert bounds.smile(small, tau=50.0).item() == pytest.approx(bounds.donsker_varadhan(small).item(), abs=1e-13)


def test_smile_is_trained_by_jensen_shannon_unless_told_otherwise(small):
    f = small.clone().requires_grad_()
    (own,) = torch.autograd.grad(bounds.smile(f, tau=LOG2), f)
    (shannon,) = torch.autograd.grad(bounds.jensen_shannon(f), f)
    torch.testing.assert_close(own, shannon, rtol=0, atol=1e-12)
    # d/df of -softplus(-f)/2 on the diagonal is sigmoid(-f)/2 = 1/(1 + e^f)/2, off it -e^f/(1 + e^f)/2
    expected = small.new_tensor([[1 / 6, -1 / 4], [-3 / 8, 1 / 14]])
    torch.testing.assert_close(own, expected, rtol=0, atol=1e-12)
    (clipped,) = torch.autograd.grad(bounds.smile(f, tau=LOG2, clipped_gradient=True), f)
    # the score log 3 is cut: it has no gradient; the other takes exp 0 / (1 + 2)
    expected = small.new_tensor([[1 / 2, -1 / 3], [0.0, 1 / 2]])
    torch.testing.assert_close(clipped, expected, rtol=0, atol=1e-12)


def test_mine_keeps_a_moving_average_and_divides_by_it(small):
    f = small.clone().requires_grad_()
    value, average = bounds.mine(f)
    assert value.item() == pytest.approx(JOINT - LOG2, abs=1e-13)
    assert average.item() == pytest.approx(LOG2, abs=1e-13)  # (1 + 3) / 2
    value, average = bounds.mine(f, small.new_tensor(math.log(10.0)), rate=0.25)
    assert value.item() == pytest.approx(JOINT - LOG2, abs=1e-13)
    assert average.item() == pytest.approx(math.log(0.75 * 10 + 0.25 * 2), abs=1e-13)  # A = 8
    (slope,) = torch.autograd.grad(value, f)
    expected = small.new_tensor([[1 / 2, -1 / 16], [-3 / 16, 1 / 2]])  # -exp f / 2 / A
    torch.testing.assert_close(slope, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rho, d", [(0.5, 1), (0.9, 2), (0.9, 5)])
def test_order_at_the_optimal_critic(rho, d, device):
    f, truth = gaussian_scores(device, rho, d, batch=64, copies=60)
    nce, club = bounds.infonce(f), bounds.nce_club(f)
    spread = 4 / math.sqrt(len(f))
    assert (nce <= math.log(64)).all()
    assert nce.mean().item() <= truth + spread * nce.std().item()
    assert nce.mean().item() <= club.mean().item()
    # NCE-CLUB at the optimal critic is I + KL(product || joint) = d rho^2 / (1 - rho^2)
    assert club.mean().item() == pytest.approx(d * rho**2 / (1 - rho**2), abs=spread * club.std().item())
    assert club.mean().item() > truth


def test_values_at_the_optimal_critic(device):
    f, truth = gaussian_scores(device, 0.6, 2, batch=200, copies=40)
    for value in (bounds.donsker_varadhan(f), bounds.nwj(f + 1), bounds.smile(f, tau=20.0), bounds.infonce(f)):
        assert value.mean().item() == pytest.approx(truth, abs=0.03)


def test_large_information_saturates_infonce_at_log_batch(device):
    f, truth = gaussian_scores(device, 0.999, 6, batch=16, copies=20)
    assert truth > 15
    assert bounds.infonce(f).mean().item() == pytest.approx(math.log(16), abs=1e-3)


def test_what_the_critic_may_add_without_being_seen(device):
    f, _ = gaussian_scores(device, 0.8, 1, batch=10, copies=3)
    of_x = torch.linspace(-3, 3, 10, dtype=f.dtype, device=device)[:, None]
    for bound in (bounds.infonce, bounds.nce_club):
        torch.testing.assert_close(bound(f + of_x), bound(f), rtol=0, atol=1e-12)
    torch.testing.assert_close(bounds.donsker_varadhan(f + 7.0), bounds.donsker_varadhan(f), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["infonce", "nwj", "donsker_varadhan", "jensen_shannon", "smile", "nce_club"])
def test_batches_equal_one_by_one(name, device):
    f, _ = gaussian_scores(device, 0.7, 2, batch=8, copies=6, seed=3)
    bound = getattr(bounds, name)
    together = bound(f.reshape(2, 3, 8, 8))
    assert together.shape == (2, 3)
    torch.testing.assert_close(together.flatten(), torch.stack([bound(one) for one in f]), rtol=0, atol=1e-12)


def test_huge_scores_stay_finite(device):
    f = torch.full((4, 4), -4000.0, dtype=torch.float32, device=device).fill_diagonal_(4000.0)
    assert bounds.infonce(f).item() == pytest.approx(math.log(4))
    assert math.isfinite(bounds.donsker_varadhan(f).item())
    assert math.isfinite(bounds.smile(f).item())


@pytest.mark.parametrize("shape", [(3,), (3, 4), (1, 1), (2, 3, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(BadData, match="score matrix"):
        bounds.infonce(torch.zeros(shape))
