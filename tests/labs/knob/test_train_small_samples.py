"""The estimator for few samples against closed forms: Gaussian samples, independent samples, and a whole run."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from mmexplore.labs.knob.task import Knob
from mmexplore.labs.knob.train.program import run
from mmexplore.labs.knob.train.small_samples import GaussianCritic, infonce_terms, small_sample_information
from mmexplore.runs.recorder import Recorder


def views(device: str, rho: list[float], noise_columns: int, n: int, samples: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Samples of Gaussian views with given canonical correlations and columns of noise, (samples, n, ...), mixed."""
    rng = np.random.default_rng(0)
    r = np.array(rho)
    a = rng.normal(size=(samples, n, len(r)))
    b = r * a + np.sqrt(1 - r**2) * rng.normal(size=a.shape)
    b = np.concatenate([b, rng.normal(size=(samples, n, noise_columns))], -1)
    mixing = rng.normal(size=(b.shape[-1], b.shape[-1])) + 2 * np.eye(b.shape[-1])
    return torch.tensor(3 * a + 1, device=device), torch.tensor(b @ mixing, device=device)


def estimates(a: torch.Tensor, b: torch.Tensor, train: int) -> tuple[torch.Tensor, torch.Tensor]:
    order = torch.randperm(train, generator=torch.Generator().manual_seed(0)).to(a.device)
    return small_sample_information((a[:, :train], b[:, :train]), (a[:, train:], b[:, train:]), order, 256)


def test_independent_views_tell_nothing(device):
    for n in (60, 400):
        value, error = estimates(*views(device, [0.0, 0.0, 0.0], 12, n, 40), train=3 * n // 4)
        assert (value > -0.05).all()
        assert value.mean() < 0.03
        assert (value <= 4 * error + 1e-6).all()


@pytest.mark.parametrize(("rho", "n"), [([0.9], 200), ([0.9, 0.8], 400), ([0.95], 60)])
def test_dependent_views_tell_at_least_half_of_it_and_never_more(rho, n, device):
    exact = -0.5 * sum(math.log(1 - r * r) for r in rho)
    value, error = estimates(*views(device, rho, 3, n, 40), train=3 * n // 4)
    assert 0.5 * exact < value.mean() < exact
    assert (value < exact + 3 * error).all()


def test_the_critic_is_the_density_ratio_of_its_correlations(device):
    # E f(a, b) over the joint law of correlation q, less E log E_b' exp f, is -1/2 log(1 - q^2)
    a, b = views(device, [0.8], 0, 4000, 1)
    critic = GaussianCritic(a, b)
    q = critic.correlations.item()
    assert q == pytest.approx(0.8 * 0.8, abs=0.02)  # shrunk by a fifth
    found = infonce_terms(critic.scores(a, b)).mean().item()
    # the same expectation where the true correlation is 0.8
    expected = (q * 0.8 - q * q) / (1 - q * q) - 0.5 * math.log(1 - q * q)
    assert found == pytest.approx(expected, abs=0.03)


def test_a_run_on_few_rows_says_so_and_holds_no_nonsense(device):
    rng = np.random.default_rng(0)
    data = {"x1": rng.normal(size=(60, 3)), "x2": rng.normal(size=(60, 2))}
    recorder = Recorder.in_memory(data=data, device=device)
    run(Knob(method="dvsib", data="own?id=abc", width=8, depth=1, batch=64, latent=3, steps=60), recorder)
    grid = recorder.arrays["grid"]
    for name in ("relevance", "mutual"):
        value, error = grid[f"{name}_nats"], grid[f"{name}_error_nats"]
        assert (value >= 0).all()
        assert (value <= 4 * error).all()  # the views are independent
    assert any("Only 45 samples" in sentence for sentence in recorder.warnings)
