"""Losses derived from graphs against losses written by hand with torch.distributions, in value and in the encoders' gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.train.dial import KnobInputs, KnobSettings
from mmexplore.labs.knob.train.model import Model, loss_over_beta
from mmexplore.labs.knob.train.networks import Build, Decoder, Place
from mmexplore.training.loop import torch_stream

BETA, GAMMA = 5.0, 0.25
ALONE = Place(None, None)
ROWS = 24


def model_of(name: str, device: str, variance: str = "learned") -> Model:
    build = Build(0, 1, 8, 1, torch_stream(0, "weights"))
    model = Model(method(name), {"X": torch.ones(4), "Y": torch.ones(3)}, 2, variance, "infonce", build)
    return model.double().to(device)


def settings_on(device: str) -> KnobSettings:
    return KnobInputs(1.0, 64.0, (), torch.device(device)).settings(np.array([BETA]), np.array([GAMMA]))


def stream(seed: int, device: str) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed)


@pytest.fixture
def sides(device) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn((1, ROWS, 4), generator=generator, dtype=torch.float64)
    y = x[..., :3] + torch.randn((1, ROWS, 3), generator=generator, dtype=torch.float64)
    return {"X": x.to(device), "Y": y.to(device)}


def by_hand(name: str, model: Model, sides: dict[str, Tensor], latents: dict[str, Tensor]) -> Tensor:
    """L / beta of three methods, as their papers write them."""

    def rate(latent: str, rows: Tensor) -> Tensor:
        out = model.encoders[latent].network(rows, ALONE)[0]
        mean, log_variance = out[..., :2], out[..., 2:]
        return kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0)).sum(-1).mean()

    def told(view: str, z: Tensor) -> Tensor:
        decoder = model.decoders[view]
        law = Normal(decoder.network(z, ALONE)[0], (0.5 * decoder.log_variance).exp())
        # entropy of a Gaussian with the columns' variances, 1 here
        return law.log_prob(sides[view]).sum(-1).mean() + Normal(0.0, 1.0).entropy() * sides[view].shape[-1]

    if name == "dvib":
        return rate("Zx", sides["X"]) / BETA - told("Y", latents["Zx"])
    if name == "beta-dvcca":
        return rate("Zx", sides["X"]) / BETA - (told("Y", latents["Zx"]) + GAMMA * told("X", latents["Zx"]))
    scores = model.alignments["I(Zx;Zy)"].critic(latents["Zx"], latents["Zy"], ALONE)[0]
    right = torch.arange(ROWS, device=scores.device)
    cross = torch.nn.functional.cross_entropy
    mutual = math.log(ROWS) - 0.5 * (cross(scores, right) + cross(scores.T, right))
    own = told("X", latents["Zx"]) + told("Y", latents["Zy"])
    return (rate("Zx", sides["X"]) + rate("Zy", sides["Y"])) / BETA - (mutual + GAMMA * own)


@pytest.mark.parametrize("name", ["dvib", "beta-dvcca", "dvsib"])
def test_derived_losses_equal_hand_written_ones(name, sides, device):
    model = model_of(name, device)
    settings = settings_on(device)
    values = model.values(sides, settings, stream(1, device))
    derived = loss_over_beta(model.method.terms, values.terms, settings.beta, settings.gamma).double()
    written = by_hand(name, model, sides, values.latents)
    assert derived.item() == pytest.approx(written.item(), abs=1e-6)

    weights = list(model.encoders.parameters())
    even = model.evened(settings).double().item()  # one positive factor for a whole setting
    expected = torch.autograd.grad(even * written, weights, retain_graph=True)
    found = torch.autograd.grad(model.surrogate(values, settings), weights)
    for a, b in zip(expected, found, strict=True):
        torch.testing.assert_close(a, b, atol=1e-9, rtol=1e-6)


def test_a_spectator_moves_no_encoder(sides, device):
    model = model_of("dvib", device)
    settings = settings_on(device)
    values = model.values(sides, settings, stream(1, device))
    assert list(values.spectators) == ["X"]
    none = torch.autograd.grad(
        values.spectators["X"].mean(), list(model.encoders.parameters()), allow_unused=True, retain_graph=True
    )
    assert all(g is None or not g.any() for g in none)
    some = torch.autograd.grad(values.spectators["X"].mean(), list(model.decoders["X"].parameters()), allow_unused=True)
    assert any(g is not None and g.any() for g in some)


def test_a_full_covariance_tells_what_a_multivariate_normal_tells(device):
    decoder = Decoder(Build(0, 1, 4, 0, torch_stream(0, "weights")), 2, torch.ones(3), "full").double().to(device)
    with torch.no_grad():
        decoder.mixing.copy_(torch.tensor([[[0.3, -0.5, 0.2]]]))
        decoder.log_variance.copy_(torch.tensor([[[0.1, -0.4, 0.6]]]))
    z, view = (torch.randn((1, 5, d), dtype=torch.float64, generator=stream(d, "cpu")).to(device) for d in (2, 3))
    mean, _ = decoder(z, ALONE)
    # residual_j - sum_{i<j} m_ji residual_i = noise_j of variance v_j
    lower = torch.eye(3, dtype=torch.float64, device=device)
    lower[1, 0], lower[2, 0], lower[2, 1] = -0.3, 0.5, -0.2
    inverse = torch.linalg.inv(lower)
    cov = inverse @ torch.diag(decoder.log_variance[0, 0].exp()) @ inverse.T
    law = torch.distributions.MultivariateNormal(mean[0], covariance_matrix=cov)
    expected = law.log_prob(view[0]) + 3 * Normal(0.0, 1.0).entropy()
    torch.testing.assert_close(decoder.gain((mean, None), view, ALONE)[0], expected.double(), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("name", methods())
def test_every_method_of_the_table_takes_a_step(name, sides, device):
    model = model_of(name, device)
    settings = settings_on(device)
    values = model.values(sides, settings, stream(1, device))
    assert set(values.terms) == {term.symbol for term in model.method.terms}
    model.surrogate(values, settings).backward()
    assert all(
        any(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in encoder.parameters())
        for encoder in model.encoders.values()
    )
