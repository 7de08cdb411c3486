"""Generative objectives: masked reconstruction, prediction of the other view, autoencoders, and variational bottlenecks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mmexplore.labs.losses.objectives.declaration import Objective, objective
from mmexplore.spec import param

_METHODS = "mmexplore.labs.losses.train.methods"
_KNOB = "Abdelaleem, Nemenman & Martini 2025, arXiv 2310.03311"


def _beta(default: float) -> Any:
    return param(
        default,
        label="Beta",
        low=0.1,
        high=256.0,
        step=0.1,
        widget="log",
        help="Large keeps more, small compresses more.",
    )


def _gamma(default: float, words: str) -> Any:
    return param(default, label="Gamma", low=0.0, high=16.0, step=0.05, widget="slider", help=words)


@objective
class Masked(Objective):
    """Reconstruct what was masked."""

    name = "masked"
    title = "Masked reconstruction"
    family = "generative"
    sentence = "Mask a third of the inputs and at times a whole view; reconstruct both views from one fused embedding."
    formula = "L = |x1 - x1^|^2 + |x2 - x2^|^2 of both views from the fused embedding of the masked ones"
    reference = "He et al. 2022, arXiv 2111.06377; Bachmann et al. 2022 (MultiMAE), arXiv 2204.01678"
    keeps = ("kept", "depends", "depends", "ingredients")
    why = "What takes up much of the input's variance is kept, whether or not it informs about a label; ingredients of synergy are not combined."
    fused = True
    terms: ClassVar[Mapping[str, str]] = {
        "error1": "mean squared error of view 1 (variance is 1)",
        "error2": "mean squared error of view 2",
    }
    program = f"{_METHODS}.masked:MaskedMethod"

    hidden: float = param(
        0.3,
        label="Hidden share",
        low=0.0,
        high=0.9,
        step=0.05,
        help="Of the numbers of a view (of patches of a picture).",
    )
    blind: float = param(
        0.25,
        label="Whole view hidden",
        low=0.0,
        high=0.9,
        step=0.05,
        help="Chance that one of the views is hidden whole.",
    )


@objective
class Predict(Objective):
    """One view from the other."""

    name = "predict"
    title = "Predict the other view"
    family = "generative"
    sentence = "The embedding of each view must predict the other view, as a language model continues from one modality to the next."
    formula = "L = |x2 - g(z1)|^2 + |x1 - h(z2)|^2"
    reference = "Ngiam et al. 2011 (multimodal deep learning); Reed et al. 2022, arXiv 2205.06175 (autoregression over modalities)"
    keeps = ("kept", "lost", "lost", "lost")
    why = "What is unique to one view does not help to predict the other."
    terms: ClassVar[Mapping[str, str]] = {
        "error1": "mean squared error of view 1 from view 2",
        "error2": "mean squared error of view 2 from view 1",
    }
    program = f"{_METHODS}.predict:PredictMethod"


@objective
class Vae(Objective):
    """Each view for itself."""

    name = "vae"
    title = "VAE a view"
    family = "generative"
    sentence = "Each view is compressed and reconstructed by itself; the other view is never seen."
    formula = "L = sum_i KL(q(zi|xi) || N(0, I)) - beta log p(xi|zi)"
    reference = "Kingma & Welling 2014, arXiv 1312.6114; Higgins et al. 2017"
    keeps = ("depends", "depends", "depends", "ingredients")
    why = "Kept is what takes up variance of the view, up to the price of a bit set by beta."
    terms: ClassVar[Mapping[str, str]] = {
        "rate": "KL of both latents, bits",
        "nll_nats": "negative log likelihood of both views, nats",
    }
    stochastic = True
    program = f"{_METHODS}.bottleneck:VaeMethod"

    beta: float = _beta(1.0)


@objective
class Dvsib(Objective):
    """Compress both, keep what the latents share, and some of the views."""

    name = "dvsib"
    title = "DVSIB"
    family = "bottleneck"
    sentence = (
        "Compress both views, keep what their latents share (beta) and, weighted by gamma, what reconstructs each view."
    )
    formula = "L = KL1 + KL2 - beta NCE(z1, z2) - gamma [log p(x1|z1) + log p(x2|z2)]"
    reference = _KNOB
    keeps = ("kept", "depends", "depends", "depends")
    why = "At gamma 0 only shared information is worth its rate; gamma > 0 rewards what is unique to each view, and synergy's parts, as well."
    terms: ClassVar[Mapping[str, str]] = {
        "rate": "KL of both latents, bits",
        "nce_12": "NCE bound of I(Z1;Z2), bits",
        "nll_nats": "negative log likelihood of both views, nats",
    }
    stochastic = True
    program = f"{_METHODS}.bottleneck:DvsibMethod"

    beta: float = _beta(16.0)
    gamma: float = _gamma(0.1, "Weight of reconstruction: 0 keeps what is shared only.")


@objective
class Dvcca(Objective):
    """Compress one view to reconstruct the other, or both."""

    name = "dvcca"
    title = "DVCCA"
    family = "bottleneck"
    sentence = "The latent of each view must reconstruct the other view and, weighted by gamma, its own."
    formula = "L = KL(zi) - beta [log p(xj|zi) + gamma log p(xi|zi)] for both views"
    reference = "Wang, Yan, Lee & Livescu 2016, arXiv 1610.03454; " + _KNOB
    keeps = ("kept", "depends", "depends", "depends")
    why = "Reconstructing the other view rewards shared information only (gamma 0); reconstructing its own rewards the unique part, and synergy's parts, as well."
    terms: ClassVar[Mapping[str, str]] = {
        "rate": "KL of both latents, bits",
        "nll_nats": "negative log likelihood of what is reconstructed, nats",
    }
    stochastic = True
    program = f"{_METHODS}.bottleneck:DvccaMethod"

    beta: float = _beta(1.0)
    gamma: float = _gamma(
        1.0, "Weight of reconstructing a view from its own latent: 0 reconstructs the other view only."
    )
