"""Readers against scikit-learn, what they can and cannot read against known laws, and what a rare feature adds against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from mmexplore.datasets.views import two_views
from mmexplore.labs.knob.train.data import standardise
from mmexplore.labs.knob.train.probes import channel_information
from mmexplore.labs.knob.train.rare_features import label_gain, number_gain
from mmexplore.labs.knob.train.readers import logistic, perceptron
from mmexplore.labs.knob.train.subjects import Subjects
from mmexplore.training.loop import torch_stream


def blobs(dimensions, classes, spread=1.2, n=1200, seed=0):
    """Classes around random middles, and which class each row is of."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, classes, n)
    middles = spread * rng.normal(size=(classes, dimensions))
    return middles[codes] + rng.normal(size=(n, dimensions)) * rng.uniform(0.5, 2.0, dimensions), codes


def tensor(array, device):
    return torch.tensor(array, device=device).float() if array.dtype.kind == "f" else torch.tensor(array, device=device)


def surprise(outputs, chosen, codes):
    logs = outputs.log_softmax(-1)
    return -logs.gather(-1, codes[chosen].expand(logs.shape[:-1])[..., None]).mean(-2).sum()


@pytest.mark.parametrize(("dimensions", "classes"), [(2, 3), (4, 10), (40, 5)])  # the last by conjugate gradients
def test_the_logistic_probe_is_scikit_learns(dimensions, classes, device):
    z, codes = blobs(dimensions, classes)
    fit, new = slice(0, 800), slice(800, None)
    ours = logistic(tensor(z[fit], device)[None], tensor(codes[fit], device), classes)
    scaler = StandardScaler().fit(z[fit])
    theirs = LogisticRegression(C=1.0, tol=1e-9, max_iter=5000).fit(scaler.transform(z[fit]), codes[fit])
    expected = theirs.predict_proba(scaler.transform(z[new]))
    found = ours.log_probabilities(tensor(z[new], device)[None])[0].exp().cpu().numpy()
    np.testing.assert_allclose(found, expected, atol=0.005)
    assert log_loss(codes[new], found / found.sum(-1, keepdims=True)) == pytest.approx(
        log_loss(codes[new], expected), abs=5e-4
    )


def test_many_settings_at_once_are_each_by_itself_wherever_one_begins(device):
    z, codes = blobs(3, 4)
    scales = torch.tensor([0.3, 1.0, 3.0], device=device)[:, None, None]
    noise = torch.randn((3, *z.shape), generator=torch.Generator().manual_seed(0)).to(device)
    stacked = scales * tensor(z, device) + noise
    known = tensor(codes, device)
    together = logistic(stacked, known, 4)
    begun = logistic(stacked, known, 4, start=together.weights[[2, 0, 1]])
    for s in range(3):
        alone = logistic(stacked[s : s + 1], known, 4).log_probabilities(stacked[s : s + 1])[0]
        for other in (together, begun):
            torch.testing.assert_close(other.log_probabilities(stacked)[s].exp(), alone.exp(), atol=0.01, rtol=0)


def test_a_class_between_two_others_is_read_which_least_squares_masks(device):
    """Three classes on a line: the optimal line of least squares for the middle one is flat, so it is never chosen."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 3000)
    z = (codes - 1.0)[:, None] * 4 + rng.normal(size=(3000, 1))
    found = logistic(tensor(z, device)[None], tensor(codes, device), 3).log_probabilities(tensor(z, device)[None])
    right = (found[0].argmax(-1).cpu().numpy() == codes).mean()
    line = np.column_stack([z, np.ones(3000)])
    fitted = line @ np.linalg.lstsq(line, np.eye(3)[codes], rcond=None)[0]
    bayes = 1 - (4 / 3) * 0.5 * math.erfc(2 / math.sqrt(2))  # two of four half-lines a class on average
    assert right == pytest.approx(bayes, abs=0.01)
    assert (fitted.argmax(-1) == codes).mean() < 0.75


def test_the_mlp_probe_reads_what_is_not_linear_about_as_well_as_scikit_learns(device):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(1800, 2))
    codes = (z[:, 0] * z[:, 1] > 0).astype(int)
    fit, new = slice(0, 1024), slice(1024, None)
    known = tensor(codes[fit], device)
    probe = perceptron(
        tensor(z[fit], device)[None], 2, lambda out, chosen: surprise(out, chosen, known), torch_stream(0, "mlp")
    )
    right = (probe(tensor(z[new], device)[None])[0].argmax(-1).cpu().numpy() == codes[new]).mean()
    theirs = MLPClassifier((48,), max_iter=300, random_state=0).fit(z[fit], codes[fit]).score(z[new], codes[new])
    straight = LogisticRegression().fit(z[fit], codes[fit]).score(z[new], codes[new])
    assert right > theirs - 0.03
    assert straight < 0.75 < 0.9 < right


@pytest.mark.parametrize("snr", [0.5, 3.0, 20.0])
def test_the_information_of_a_gaussian_channel_lies_between_its_bounds(snr, device):
    generator = torch.Generator().manual_seed(1)
    x, noise = (torch.randn((8, 256, 2), generator=generator) for _ in range(2))
    mean, log_variance = x.to(device), torch.full((8, 256, 2), -math.log(snr), device=device)
    low, high = channel_information(mean + (0.5 * log_variance).exp() * noise.to(device), mean, log_variance)
    exact = math.log1p(snr)  # two coordinates of 1/2 log(1 + snr)
    assert low.mean().item() <= exact + 0.05
    assert high.mean().item() >= exact - 0.05
    assert low.mean().item() == pytest.approx(exact, abs=0.3)


def test_the_rows_that_are_read_hang_on_the_data_alone(device):
    subjects = Subjects(standardise(two_views("noisy-digits?n=6000").draw(), device), 0)
    assert (len(subjects.fitted()), len(subjects.judged())) == (1024, 768)
    assert not set(subjects.fitted()) & set(subjects.judged())
    about = subjects.about()
    assert (int(about["rows_fitted"]), int(about["rows_judged"])) == (1024, 768)


def test_the_raw_views_are_read_as_scikit_learn_reads_them(device):
    data = standardise(two_views("noisy-digits?n=3000").draw(), device)
    subjects = Subjects(data, 0)
    about = subjects.about()
    fit, new = subjects.fitted(), subjects.judged()
    label = data.views.y
    for v, view in enumerate((data.x, data.y)):
        rows = view.cpu().numpy()
        scaler = StandardScaler().fit(rows[fit])
        linear = LogisticRegression(C=1.0, max_iter=5000).fit(scaler.transform(rows[fit]), label[fit])
        score = linear.score(scaler.transform(rows[new]), label[new])
        assert about["factor_raw"][v, 0] == pytest.approx(score, abs=0.006)
        mlp = MLPClassifier((48,), max_iter=200, random_state=0).fit(scaler.transform(rows[fit]), label[fit])
        assert about["factor_raw_mlp"][v, 0] == pytest.approx(
            mlp.score(scaler.transform(rows[new]), label[new]), abs=0.05
        )


def test_a_feature_that_settles_the_label_adds_all_that_is_left_open(device):
    """q(y|z) says a half; with the feature y is certain: log 2 an occurrence, less what the prior of the offsets costs."""
    half = torch.full((2, 400, 2), math.log(0.5), device=device)
    ones = torch.ones(400, dtype=torch.long, device=device)
    gain, error = label_gain(half, ones, half, ones)
    assert gain.tolist() == pytest.approx([math.log(2)] * 2, abs=0.03)
    assert (error < 1e-3).all()


@pytest.mark.parametrize("classes", [2, 10])
def test_a_feature_that_adds_nothing_raises_no_alarm(classes, device):
    """Labels drawn from q(y|z) itself, 200 times: the gain is at most the noise that fitting adds, and 3.3 standard errors are rarely passed."""
    generator = torch.Generator().manual_seed(2)
    logs = torch.randn((200, 300, classes), generator=generator).log_softmax(-1)
    codes = torch.distributions.Categorical(logits=logs).sample()
    alarms = 0
    for s in range(200):
        gain, error = label_gain(
            logs[s : s + 1, :150].to(device),
            codes[s, :150].to(device),
            logs[s : s + 1, 150:].to(device),
            codes[s, 150:].to(device),
        )
        alarms += int((gain > 3.3 * error).item())
    assert alarms <= 2


def test_a_feature_that_moves_numbers_adds_half_the_squared_shift(device):
    generator = torch.Generator().manual_seed(3)
    rows = torch.randn((4, 4000, 3), generator=generator).to(device)
    shift = torch.tensor([1.0, 0.0, -0.5], device=device)
    gain, error = number_gain(rows[:, :1000] + shift, rows[:, 1000:2000] + shift, rows[:, 2000:])
    assert gain.mean().item() == pytest.approx(0.625, abs=0.05)
    nothing, error = number_gain(rows[:, :1000], rows[:, 1000:2000], rows[:, 2000:])
    assert (nothing < 3.3 * error + 0.005).all()
