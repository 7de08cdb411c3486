"""Probes: what they find is what there is, on rows they have not seen."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression, LogisticRegression

from mmexplore.datasets.views import two_views
from mmexplore.labs.losses.objectives import objectives
from mmexplore.labs.losses.train.method import Shape, make
from mmexplore.labs.losses.train.probes import Answers, hidden_probe, linear_probe
from mmexplore.labs.losses.train.reading import plane, reader
from mmexplore.labs.losses.train.rows import draw_rows
from mmexplore.labs.losses.train.table import blurred, decomposition


def problem(device, n=600, d=5, seed=0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((2, n, d), generator=g) * torch.tensor([1.0, 3.0, 0.2, 1.0, 1.0])
    noise = torch.randn((2, n, 3), generator=g)
    score = x[..., 0] + 0.3 * x[..., 1] + 0.8 * noise[..., 0]
    label = (score > 0).long()
    three = torch.bucketize(x[..., 3] + 0.5 * noise[..., 1], torch.tensor([-0.5, 0.5]))
    factors = torch.stack([x[..., 2] * 5 + noise[..., 2], x[..., 4]], dim=-1)
    labels = torch.stack([label, three], dim=-1).to(device)
    return x.to(device), Answers(labels, (2, 3), factors.to(device), (1, 1))


def array(tensor):
    return tensor.cpu().numpy()


def test_the_linear_probe_is_logistic_and_linear_regression(device):
    x, asked = problem(device)
    fit, held = slice(0, 400), slice(400, 600)
    found = linear_probe(x[:, fit], asked.rows(fit), x[:, held], asked.rows(held), 300)
    x, labels, factors = array(x), array(asked.labels), array(asked.factors)
    for k in range(2):
        for i in range(2):
            truth = labels[k, held, i]
            other = LogisticRegression(C=1e4, max_iter=2000).fit(x[k, fit], labels[k, fit, i])
            loss = -np.mean(np.log(other.predict_proba(x[k, held])[np.arange(200), truth]))
            assert found.cross_entropy[k, i].item() == pytest.approx(loss, abs=4e-3)
            assert found.accuracy[k, i].item() == pytest.approx(other.score(x[k, held], truth), abs=0.011)
            line = LinearRegression().fit(x[k, fit], factors[k, fit, i])
            guess, truth = line.predict(x[k, held]), factors[k, held, i]
            base = factors[k, fit, i].mean()
            want = 1 - np.sum((guess - truth) ** 2) / np.sum((truth - base) ** 2)
            assert found.r2[k, i].item() == pytest.approx(want, abs=3e-3)


def test_an_exclusive_or_is_read_by_a_hidden_layer_only(device):
    g = torch.Generator().manual_seed(0)
    x = torch.randint(0, 2, (1, 1500, 2), generator=g).float().to(device) * 2 - 1
    y = (x.prod(dim=-1) > 0).long()[..., None]
    asked = Answers(y, (2,), x[..., :0], ())
    fit, stop, held = slice(0, 800), slice(800, 1000), slice(1000, 1500)
    line = linear_probe(x[:, fit], asked.rows(fit), x[:, held], asked.rows(held))
    net = hidden_probe(
        x[:, fit],
        asked.rows(fit),
        x[:, held],
        asked.rows(held),
        seed=0,
        stop=(x[:, stop], asked.rows(stop)),
        hidden=16,
        steps=400,
    )
    assert abs(line.accuracy.item() - 0.5) < 0.3
    assert line.cross_entropy.item() > 0.9 * math.log(2)
    assert net.accuracy.item() == 1.0
    assert net.cross_entropy.item() < 0.02


@pytest.mark.parametrize("probe", [linear_probe, lambda *a: hidden_probe(*a, seed=0, steps=40, hidden=8)])
def test_probes_never_see_held_out_answers(probe, device):
    x, asked = problem(device)
    fit, held = slice(0, 400), slice(400, 600)
    scores = probe(x[:, fit], asked.rows(fit), x[:, held], asked.rows(held))
    flipped = Answers(1 - asked.labels[..., :1], (2,), asked.factors, asked.widths)
    one = Answers(asked.labels[..., :1], (2,), asked.factors, asked.widths)
    first = probe(x[:, fit], one.rows(fit), x[:, held], one.rows(held))
    second = probe(x[:, fit], one.rows(fit), x[:, held], flipped.rows(held))
    assert torch.allclose(
        first.accuracy + second.accuracy, torch.ones(2, 1, device=device)
    )  # the same guesses, scored against the opposite
    assert torch.isfinite(scores.cross_entropy).all()


@pytest.mark.parametrize("size", [1.0, 3e-2, 1e-3])
@pytest.mark.parametrize("offset", [0.0, 0.4, 1.0])
def test_embeddings_on_a_line_are_read_along_it(size, offset, device):
    """What an untrained network puts out behind a deep head: one direction, all others at the rounding of a large mean."""
    g = torch.Generator().manual_seed(0)
    along, direction = torch.randn((12, 3000, 1), generator=g), torch.randn((12, 1, 24), generator=g)
    x = (offset + size * along * direction).to(device)
    labels = (along > 0).long().to(device)
    asked = Answers(labels, (2,), along.to(device), (1,))
    fit, held = slice(0, 2000), slice(2000, 3000)
    found = linear_probe(x[:, fit], asked.rows(fit), x[:, held], asked.rows(held))
    assert found.accuracy.min() > 0.97 and found.r2.min() > 0.97
    assert torch.isfinite(found.cross_entropy).all()


def test_untrained_networks_behind_deep_heads_can_be_read(device):
    """Their outputs lie on one or two directions, a thousandth of their mean: in single precision the covariance is not positive."""
    rows = draw_rows(two_views("bits"), range(1, 9), device)
    views = (tuple(x.shape[2:]) for x in (rows.x1, rows.x2))
    shape = Shape(rows.seeds, *views, (2,), 64, 1, 4, str(rows.x1.device))
    method = make(objectives("comm?head=mlp2")[0], shape)
    scores, there = reader(rows, 128).linear(method, 3000, 5)
    assert there and torch.isfinite(scores.cross_entropy).all()
    assert scores.accuracy.min() > 0.4


def test_constant_embeddings_tell_nothing(device):
    x, asked = problem(device)
    fit, held = slice(0, 400), slice(400, 600)
    nothing = torch.full_like(x, 0.3)
    found = linear_probe(nothing[:, fit], asked.rows(fit), nothing[:, held], asked.rows(held))
    ones = asked.labels[:, held, 0].float().mean(dim=1)
    constant = torch.minimum((found.accuracy[:, 0] - ones).abs(), (found.accuracy[:, 0] - (1 - ones)).abs())
    assert constant.max() < 1e-6 and found.r2.max() < 0.02


def test_noise_drowns_traces_and_nothing_else(device):
    g = torch.Generator().manual_seed(0)
    bit = torch.randint(0, 2, (1, 4000), generator=g).float() * 2 - 1
    strong = torch.randn((1, 4000), generator=g)
    embeddings = torch.stack([strong, 0.01 * bit], dim=-1).to(device)
    seen = blurred(embeddings, 0.25, torch.Generator(device).manual_seed(1))
    power = 0.5 * (1.0 + 1e-4)  # the square of the global rms of both columns
    assert seen[..., 0].std().item() == pytest.approx(math.sqrt(1 / power + 0.25**2), rel=0.03)
    correlation = np.corrcoef(array(seen)[0, :, 1], bit[0])[0, 1]
    assert correlation == pytest.approx(0.01 / math.sqrt(power) / 0.25, abs=0.05)


def test_atoms_read_off_add_up():
    kept = np.array([[[0.9, 0.2, 0.95], [0.0, 0.0, 1.0], [1.0, 0.0, 0.99], [0.5, 0.5, 0.5]]])
    r, u1, u2, s = np.moveaxis(decomposition(kept), -1, 0)
    assert np.allclose(r + u1, kept[..., 0])
    assert np.allclose(r + u2, kept[..., 1])
    assert np.allclose(r + u1 + u2 + s, kept.max(axis=-1))
    assert np.allclose(s[0], [0.05, 1.0, 0.0, 0.0])


def test_the_plane_is_that_of_the_first_two_principal_components(device):
    x = torch.randn((300, 4), generator=torch.Generator().manual_seed(0)) * torch.tensor([0.1, 4.0, 1.0, 0.2])
    drawn = plane(x.to(device)).cpu()
    assert torch.allclose(drawn.std(dim=0), torch.ones(2, dtype=torch.float64), atol=1e-6)
    assert abs(np.corrcoef(drawn[:, 0], x[:, 1])[0, 1]) > 0.99
    assert abs(np.corrcoef(drawn[:, 1], x[:, 2])[0, 1]) > 0.98
