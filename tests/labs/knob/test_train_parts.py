from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from mmexplore.labs.knob.methods import methods
from mmexplore.labs.knob.task import GAMMAS, Knob
from mmexplore.labs.knob.train.alignments import BarlowAlignment, ClipAlignment, GaussianInformation, VicRegAlignment
from mmexplore.labs.knob.train.dial import KnobInputs, gamma_at, gamma_place
from mmexplore.labs.knob.train.learner import clip_copies, rows_per_update
from mmexplore.labs.knob.train.networks import Build, Encoder, Network, Place
from mmexplore.labs.knob.train.pictures import coded, planes
from mmexplore.labs.knob.train.probes import RandomFeatureProbe, gaussian_information, r2
from mmexplore.training.loop import torch_stream

ALONE = Place(None, None)


def noise(shape: tuple[int, ...], device: str, seed: int = 0) -> torch.Tensor:
    """Normal numbers, the same on every device."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(device)


def test_gamma_has_one_place_on_its_dial(device):
    gammas = torch.tensor(GAMMAS, device=device)
    place = gamma_place(gammas)
    torch.testing.assert_close(place, torch.arange(11.0, device=device))
    torch.testing.assert_close(gamma_at(place), gammas)


def test_drawn_settings_cover_the_dial(device):
    dial = KnobInputs(1.0, 64.0, ("beta", "gamma"), torch.device(device))
    drawn = dial.draw(64, torch_stream(0, "settings", device))
    # stratified: one in each 64th of the log range
    strata = (64 * drawn.beta.log() / math.log(64)).long().sort().values
    assert strata.tolist() == list(range(64))
    assert drawn.place.knobs.abs().max() <= 1
    # half of them at gamma = 0, which has weights of its own
    assert (drawn.gamma == 0).sum() == (drawn.place.copy == 0).sum() == 32
    ends = dial.settings(np.array([1.0, 64.0]), np.array([0.0, 4.0]))
    assert ends.place.knobs.tolist() == [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    assert ends.place.copy.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("name", methods())
def test_every_network_with_weights_of_its_own_gets_a_batch_of_rows(name):
    """gamma = 0, gamma > 0 and methods without gamma alike; what does not divide by the settings is left out."""
    got = rows_per_update(Knob(method=name))
    assert 512 - got.settings < got.per_stretch <= 512
    assert got.settings % got.stretches == 0
    assert rows_per_update(Knob(method=name), n_train=200).rows == max(2, min(got.rows, 200 // got.settings))


def test_networks_of_one_setting_each_get_fewer_rows_the_more_there_are():
    one = rows_per_update(Knob(method="dvsib", networks="fixed"))
    nine = rows_per_update(Knob(method="dvsib", networks="separate"))
    assert (one.stretches, one.per_stretch) == (1, 512)
    assert (nine.stretches, nine.per_stretch) == (9, 128)


def test_copies_that_answer_one_after_the_other_answer_as_gathered_ones(device):
    network = Network(Build(2, 2, 8, 1, torch_stream(0, "weights")), 3, 2, turn_inputs=True).to(device)
    with torch.no_grad():
        network.heads.heads += 0.1 * noise(network.heads.heads.shape, device)
    x, knobs = noise((6, 5, 3), device), noise((6, 2), device, 1)
    copy = torch.tensor([0, 0, 0, 1, 1, 1], device=device)
    gathered, _ = network(x, Place(knobs, copy))
    torch.testing.assert_close(network(x, Place(knobs, copy, even=True))[0], gathered)
    drawn = KnobInputs(1.0, 64.0, ("beta", "gamma"), torch.device(device)).draw(6, torch_stream(0, "settings", device))
    assert drawn.place.even and drawn.place.copy.tolist() == copy.tolist()


def test_copies_are_clipped_one_by_one(device):
    """As if each copy were clipped alone: a steep one leaves a flat one as it is."""
    weights = [
        torch.nn.Parameter(torch.zeros(2, 3, 4, device=device)),
        torch.nn.Parameter(torch.zeros(2, 1, 4, device=device)),
    ]
    shared = torch.nn.Parameter(torch.zeros(2, 5, device=device))
    for k, weight in enumerate(weights):
        weight.grad = noise(tuple(weight.shape), device, k) * torch.tensor([100.0, 0.01], device=device)[:, None, None]
    shared.grad = noise((2, 5), device, 7)
    before = [weight.grad.clone() for weight in (*weights, shared)]
    clip_copies([*weights, shared], 2, 1.0)
    for copy in (0, 1):
        alone = [torch.nn.Parameter(torch.zeros_like(gradient[copy])) for gradient in before[:2]]
        for weight, gradient in zip(alone, before[:2], strict=True):
            weight.grad = gradient[copy].clone()
        torch.nn.utils.clip_grad_norm_(alone, 1.0)
        for weight, one in zip(weights, alone, strict=True):
            torch.testing.assert_close(weight.grad[copy], one.grad)
    torch.testing.assert_close(shared.grad, before[2] / before[2].norm(), atol=1e-5, rtol=1e-5)


def test_a_conditioned_network_begins_as_one_plain_network(device):
    build = Build(2, 1, 8, 1, torch_stream(0, "weights"))
    network = Network(build, 3, 2, turn_inputs=True).to(device)
    x = noise((4, 5, 3), device)
    a, _ = network(x, Place(noise((4, 2), device, 1), None))
    b, _ = network(x, Place(noise((4, 2), device, 2), None))
    torch.testing.assert_close(a, b)


def test_a_stack_is_its_networks_side_by_side(device):
    stack = Network(Build(0, 3, 8, 1, torch_stream(0, "weights")), 4, 2).to(device)
    x = noise((3, 5, 4), device)
    order = torch.tensor([2, 0, 1], device=device)
    whole, _ = stack(x, Place(None, order))
    for place, s in enumerate(order.tolist()):
        h = torch.nn.functional.silu(x[place] @ stack.layers[0].weight[s] + stack.layers[0].bias[s])
        torch.testing.assert_close(whole[place], h @ stack.layers[1].weight[s] + stack.layers[1].bias[s])


def test_shared_rows_and_repeated_rows_give_the_same(device):
    encoder = Encoder(Build(1, 1, 8, 2, torch_stream(0, "weights")), 3, 2).to(device)
    with torch.no_grad():
        encoder.network.heads.heads += 0.1 * noise(encoder.network.heads.heads.shape, device)
    x, place = noise((5, 3), device, 1), Place(torch.tensor([[-1.0], [0.3]], device=device), None)
    torch.testing.assert_close(encoder(x, place).mean, encoder(x.expand(2, 5, 3), place).mean)


def test_gaussian_information_is_that_of_the_correlation(device):
    rng = np.random.default_rng(0)
    rho = 0.8
    u = rng.normal(size=(40_000, 2))
    v = rho * u + math.sqrt(1 - rho**2) * rng.normal(size=u.shape)
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    exact = -math.log(1 - rho**2)
    a, b, v = (torch.tensor(rows, device=device) for rows in (u @ turn, 3 * v, v))
    a, b = a[None], b[None]
    assert GaussianInformation()(a, b, ALONE).item() == pytest.approx(exact, abs=0.02)
    z, known = a.float(), v.float()
    fit, new = slice(0, 20_000), slice(20_000, None)
    reader = RandomFeatureProbe(z[:, fit], torch_stream(0, "features"))
    value, error = gaussian_information(reader, known[fit], z[:, new], known[new])
    assert value.item() == pytest.approx(exact, abs=0.03)
    assert 0 < error.item() < 0.02


def test_aligned_latents_are_the_optimum_of_each_alignment(device):
    generator = torch.Generator().manual_seed(0)
    z = torch.linalg.qr(torch.randn((1, 64, 3), generator=generator))[0].to(device) * 8
    other = torch.randn((1, 64, 3), generator=generator).to(device)
    for align in (BarlowAlignment(), VicRegAlignment(), ClipAlignment().to(device), GaussianInformation()):
        assert align(z, z, ALONE).item() > align(z, other, ALONE).item()
    centred = z - z.mean(-2, keepdim=True)
    white = torch.linalg.qr(centred)[0] * 8
    assert BarlowAlignment()(white, white, ALONE).item() == pytest.approx(0, abs=1e-4)


def test_r2_of_the_mean_is_zero(device):
    truth = noise((50, 2), device)
    found = r2(truth.mean(0).expand(1, 50, 2), truth)
    torch.testing.assert_close(found, torch.zeros_like(found), atol=1e-5, rtol=0)


def test_codes_are_bytes_between_low_and_high():
    assert coded(np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), -1.0, 1.0).tolist() == [0, 0, 128, 255, 255]


def test_planes_follow_their_neighbours_and_hold_the_most_used_directions():
    rng = np.random.default_rng(0)
    base = rng.normal(size=(200, 4)) * np.array([2.0, 1.0, 0.05, 0.05])
    angles = np.linspace(0, 1.2, 9)
    means = []
    for t in angles:  # the used plane turns slowly from (1, 2) towards (3, 2)
        turn = np.eye(4)
        turn[0, 0] = turn[2, 2] = np.cos(t)
        turn[0, 2], turn[2, 0] = np.sin(t), -np.sin(t)
        means.append(base @ turn)
    found = planes(np.array(means)[:, None])
    points = np.stack([m @ p for m, p in zip(means, found[:, 0], strict=True)])
    for plane in found[:, 0]:
        np.testing.assert_allclose(plane.T @ plane, np.eye(2), atol=1e-9)
    assert (points.var(axis=1).sum(axis=1) > 0.99 * base.var(axis=0).sum()).all()
    steps = np.abs(np.diff(points, axis=0)).mean(axis=(1, 2))
    assert steps.max() < 0.1  # no jump: the latents' own coordinates move .15 a step
