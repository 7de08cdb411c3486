"""Every setting of the dial evaluated at once: the arrays of `mmexplore.labs.knob.task`.

The noise of a row is the same at all settings, so that what moves from setting to setting moves because of the knob. Settings go through
in parts, which bounds the memory and changes no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mmexplore.info.bottleneck import excess_lagrangian_nats
from mmexplore.labs.knob.graphs import VIEWS
from mmexplore.labs.knob.train.dial import KnobSettings
from mmexplore.labs.knob.train.judge import APART, Judge
from mmexplore.labs.knob.train.learner import KnobLearner
from mmexplore.labs.knob.train.networks import Place, Posterior
from mmexplore.labs.knob.train.pictures import SCATTER_RANGE, coded, planes
from mmexplore.labs.knob.train.probes import channel_information, gaussian_information
from mmexplore.labs.knob.train.rare_features import MOST_ROWS, label_gain, number_gain
from mmexplore.labs.knob.train.readers import Perceptron
from mmexplore.labs.knob.train.small_samples import SmallSampleJudge, correlated_information
from mmexplore.labs.knob.train.subjects import Subjects
from mmexplore.training.loop import torch_stream

_PART = 30_000  # rows times settings that go through the networks at once: small pieces stay in the cache
_PAIRED = 256  # held-out rows among which a latent's own row is looked for
_MLP_NODES = 5, 3  # settings of beta and of gamma at which the MLP probe is trained; between them it is interpolated


class Evaluation:
    """Measures a learner over settings.

    Args:
        learner: what is measured.
        subjects: what is asked.
        judge: critics of its own, for informations that no closed form gives; None asks for none.
    """

    def __init__(self, learner: KnobLearner, subjects: Subjects, judge: Judge | SmallSampleJudge | None) -> None:
        self.learner, self.subjects, self.judge = learner, subjects, judge
        self.method = learner.method
        self.latents = self.method.graphs.latents
        self._noises: dict[str, Tensor] = {}
        self._starts: dict[tuple[str, str], tuple[Tensor | None, ...]] = {}

    def grid(
        self, beta: np.ndarray, gamma: np.ndarray, *, numbers: bool = True, pictures: bool = True, quick: bool = False
    ) -> dict[str, np.ndarray]:
        """The arrays of the grid beta x gamma: numbers, pictures or both; `quick`: on few rows, and only what frames show."""
        settings = self.learner.dial.settings(beta, gamma)
        held_out, fit = self.subjects.judged(quick), self.subjects.fitted(quick)
        # whole columns of gamma where they fit: classifiers then begin from those of the beta before
        step = max(1, _PART // len(fit) // len(gamma)) * len(gamma) if self.learner.conditioned else len(settings)
        self._starts.clear()
        was = self.learner.model.training
        self.learner.model.eval()
        with torch.inference_mode():
            parts = [
                self._part(settings.part(start, start + step), held_out, fit, numbers, pictures, quick)
                for start in range(0, len(settings), step)
            ]
            raw = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
            if numbers and not quick:
                raw |= self._exact_relevance(settings)
                self._exact_mutual(settings, raw)
        self.learner.model.train(was)
        shape = (len(beta), len(gamma))
        arrays = {name: value.reshape(*shape, *value.shape[1:]) for name, value in raw.items()}
        arrays |= {"beta": beta, "gamma": gamma}
        self._order(arrays)
        if "relevance_nats" in arrays and "mutual_nats" in arrays and self.latents[0] == "Zx":
            # Zy is made from Y: what is known of I(Zx;Zy) from below is known of I(Zx;Y) as well
            better = arrays["mutual_nats"] > arrays["relevance_nats"]
            for name in ("nats", "error_nats"):
                arrays[f"relevance_{name}"] = np.where(better, arrays[f"mutual_{name}"], arrays[f"relevance_{name}"])
        if pictures:
            self._scatter(arrays)
        if numbers:
            self._excess(arrays)
        arrays.pop("means_", None)
        arrays.pop("sampled_", None)
        return arrays

    def at(self, settings: KnobSettings) -> dict[str, np.ndarray]:
        """The numbers at given settings, (S, ...), on many rows."""
        self.learner.model.eval()
        held_out, fit = self.subjects.judged(), self.subjects.fitted()
        self._starts.clear()
        with torch.inference_mode():
            numbers = self._part(settings, held_out, fit, numbers=True, pictures=False, quick=True)
        self.learner.model.train()
        return numbers

    def _noise(self, name: str, numbers: np.ndarray) -> Tensor:
        """Noise of some rows for one latent, (n, k), the same at every call for the same choice of rows."""
        key = f"{name} {int(numbers[0])} {len(numbers)}"
        if key not in self._noises:
            stream = torch_stream(self.learner.spec.seed, f"noise of the evaluation {name} {int(numbers[0])}")
            drawn = torch.randn((len(numbers), self.learner.spec.latent), generator=stream)
            self._noises[key] = drawn.to(self.subjects.device)
        return self._noises[key]

    def _part(
        self, settings: KnobSettings, held_out: np.ndarray, fit: np.ndarray, numbers: bool, pictures: bool, quick: bool
    ) -> dict[str, np.ndarray]:
        learner = self.learner
        model = learner.model
        sides, rows = learner.data.sides(held_out), {"held_out": held_out} | ({"fit": fit} if numbers else {})
        means: dict[str, dict[str, Tensor]] = {}
        sampled: dict[str, dict[str, Tensor]] = {}
        out: dict[str, Tensor] = {}
        for which, chosen in rows.items():
            posteriors = model.encode(sides if which == "held_out" else learner.data.sides(chosen), settings)
            means[which] = self._drawn(posteriors, chosen, means=True)
            sampled[which] = self._drawn(posteriors, chosen, means=False)
            if which == "held_out":
                self._rates(out, posteriors, settings)
                if numbers:
                    values = model.values(
                        sides,
                        settings,
                        learner.noise,
                        posteriors=posteriors,
                        latents=sampled[which],
                        apart=learner.each,
                    )
                    self._terms(out, values.terms, settings)
                if numbers and self.method.stochastic and not quick:
                    self._information(out, posteriors, sampled[which])
        if numbers:
            self._relevance(out, sampled, sides, settings, held_out, fit, quick)
            self._linear_probes(out, sampled, means, held_out, fit, quick)
        if pictures:
            self._pictures(out, sampled["held_out"], means["held_out"], sides, settings)
        return {name: value.cpu().numpy() for name, value in out.items()}

    def _terms(self, out: dict[str, Tensor], terms: Mapping[str, Tensor], settings: KnobSettings) -> None:
        columns, shared, own = [], torch.zeros_like(settings.beta), torch.zeros_like(settings.beta)
        for term in self.method.terms:
            value = terms[term.symbol]
            value = value.mean(-1) if value.ndim > 1 else value
            if term.kind == "mutual" and not self.learner.model.alignments[term.symbol].in_nats:
                value = torch.full_like(value, torch.nan)
            columns.append(value)
            if term.role == "shared":
                shared = shared + value
            elif term.role == "reconstruction":
                own = own + value
        out["term_nats"] = torch.stack(columns, -1)
        out["relevance_bound_nats"] = shared if any(t.role == "shared" for t in self.method.terms) else own

    def _rates(self, out: dict[str, Tensor], posteriors: Mapping[str, Any], settings: KnobSettings) -> None:
        k = self.learner.spec.latent
        if not self.method.stochastic:
            out["kl_nats"] = torch.full((len(settings), len(self.latents), k), torch.nan, device=settings.beta.device)
        else:
            out["kl_nats"] = torch.stack([posteriors[name].kl.mean(-2) for name in self.latents], -2)
        out["rate_nats"] = out["kl_nats"].sum(-1)

    def _relevance(
        self,
        out: dict[str, Tensor],
        sampled: Mapping[str, Mapping[str, Tensor]],
        sides: Mapping[str, Tensor],
        settings: KnobSettings,
        held_out: np.ndarray,
        fit: np.ndarray,
        quick: bool,
    ) -> None:
        """Informations by an independent estimator; where Gaussian coordinates are known a quick one, see `_exact_relevance`."""
        main = self.latents[0]
        if quick:
            self._of_coordinates(out, sampled["fit"][main], fit, sampled["held_out"][main], held_out)
        if self.judge is not None:
            for a, b in self.judge.pairs:
                name = "relevance" if b == "Y" else "mutual"
                estimate = self._judged((a, b), sampled["fit"], sampled["held_out"], sides, settings)
                out[f"{name}_nats"], out[f"{name}_error_nats"] = estimate

    def _judged(
        self,
        pair: tuple[str, str],
        fit: Mapping[str, Tensor],
        new: Mapping[str, Tensor],
        sides: Mapping[str, Tensor],
        settings: KnobSettings,
    ) -> tuple[Tensor, Tensor]:
        """A lower bound by the judge; of two latents the higher of it and of that by their own correlations."""
        assert self.judge is not None
        value, error = self.judge.estimate(pair, new, sides, settings)
        if pair[1] not in new or not isinstance(self.judge, Judge):
            return value, error
        a, b = pair
        other, other_error = correlated_information((fit[a], fit[b]), (new[a], new[b]), APART)
        return torch.maximum(value, other), torch.where(other > value, other_error, error)

    def _of_coordinates(
        self, out: dict[str, Tensor], fit: Tensor, fit_rows: np.ndarray, new: Tensor, new_rows: np.ndarray
    ) -> None:
        """The information on Y's Gaussian coordinates, where there are some."""
        fit_v, new_v = self.subjects.coordinates(fit_rows), self.subjects.coordinates(new_rows)
        if fit_v is not None and new_v is not None:
            estimate = gaussian_information(self.subjects.exact_reader(fit), fit_v, new, new_v)
            out["relevance_nats"], out["relevance_error_nats"] = estimate

    def _exact_relevance(self, settings: KnobSettings) -> dict[str, np.ndarray]:
        """The information of the first latent on Y's Gaussian coordinates, of many rows: what is scored against exact theory should not be
        short of what a fit on few rows leaves out. Nothing where no coordinates are known."""
        name, rows = self.latents[0], (self.subjects.fitted(exact=True), self.subjects.judged(exact=True))
        if self.subjects.coordinates(rows[0]) is None:
            return {}
        step = max(1, _PART // len(rows[0])) if self.learner.conditioned else len(settings)
        parts = []
        for start in range(0, len(settings), step):
            some, out = settings.part(start, start + step), dict[str, Tensor]()
            first, second = (self._latents_of(some, numbers, means=False, only=name)[name] for numbers in rows)
            self._of_coordinates(out, first, rows[0], second, rows[1])
            parts.append({key: value.cpu().numpy() for key, value in out.items()})
        return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}

    def _exact_mutual(self, settings: KnobSettings, raw: dict[str, np.ndarray]) -> None:
        """The information of two latents where exact theory speaks of it, at gamma = 0, of many rows, put in place of that of fewer."""
        known = self.subjects.coordinates(self.subjects.judged()) is not None
        spoken = settings.gamma == 0
        if not known or "mutual_nats" not in raw or not bool(spoken.any()):
            return
        knobs, copy = (None if t is None else t[spoken] for t in (settings.place.knobs, settings.place.copy))
        place = Place(knobs, copy)
        some = KnobSettings(settings.beta[spoken], settings.gamma[spoken], place)
        rows = self.subjects.fitted(exact=True), self.subjects.judged(exact=True)
        fit, new = (self._latents_of(some, numbers, means=False) for numbers in rows)
        sides = self.learner.data.sides(rows[1])
        estimate = self._judged(("Zx", "Zy"), fit, new, sides, some)
        for name, value in zip(("mutual_nats", "mutual_error_nats"), estimate, strict=True):
            raw[name][spoken.cpu().numpy()] = value.cpu().numpy()

    def _information(
        self, out: dict[str, Tensor], posteriors: Mapping[str, Any], sampled: Mapping[str, Tensor]
    ) -> None:
        """I(X;Z) of every latent between two bounds; the rate, the mean KL to N(0, I), bounds it from above as well."""
        bounds = [
            channel_information(
                sampled[name][..., :_PAIRED, :],
                posteriors[name].mean[..., :_PAIRED, :],
                posteriors[name].log_variance[..., :_PAIRED, :],
            )
            for name in self.latents
        ]
        out["information_nats"] = torch.stack([low for low, _ in bounds], -1)
        out["information_high_nats"] = torch.minimum(torch.stack([high for _, high in bounds], -1), out["rate_nats"])

    def _linear_probes(
        self,
        out: dict[str, Tensor],
        sampled: Mapping[str, Mapping[str, Tensor]],
        means: Mapping[str, Mapping[str, Tensor]],
        held_out: np.ndarray,
        fit: np.ndarray,
        quick: bool,
    ) -> None:
        subjects = self.subjects
        fit_targets, held_out_targets = subjects.targets(fit), subjects.targets(held_out)
        for name, by_part in (("kept", sampled), ("kept_mean", means)):
            if quick and name == "kept_mean":
                break
            reads = []
            for latent in self.latents:
                new, first = by_part["held_out"][latent], self._starts.get((name, latent), ())
                read = subjects.linear(by_part["fit"][latent], new, fit_targets, held_out_targets, first)
                self._starts[name, latent] = read.starts
                reads.append(read)
            out[name] = torch.stack([read.scores for read in reads], -2)
            labels = [read.label_nats for read in reads if read.label_nats is not None]
            if name == "kept" and labels:
                out["label_nats"] = torch.stack(labels, -1)

    # -- the nonlinear probe, at some of the settings ----------------------------------------------------------------

    def nonlinear(self, beta: np.ndarray, gamma: np.ndarray, *, means: bool = False) -> dict[str, np.ndarray]:
        """What an MLP probe reads, and what rare features add to it: arrays over the grid beta x gamma, interpolated between the settings at
        which probes were trained (`mlp_beta`, `mlp_gamma`).

        Args:
            beta, gamma: the grid.
            means: read posterior means instead of samples, and ask for no rare features.
        """
        nodes = [_nodes(len(beta), _MLP_NODES[0]), _nodes(len(gamma), _MLP_NODES[1], second=True)]
        if not self.learner.conditioned:
            nodes = [np.arange(len(beta)), np.arange(len(gamma))]  # every setting has networks of its own
        settings = self.learner.dial.settings(beta[nodes[0]], gamma[nodes[1]])
        was = self.learner.model.training
        self.learner.model.eval()
        with torch.no_grad():
            coarse = self._nonlinear(settings, means)
        self.learner.model.train(was)
        shape = tuple(len(at) for at in nodes)
        arrays = {
            name: _spread(value.cpu().numpy().reshape(*shape, *value.shape[1:]), nodes, (len(beta), len(gamma)))
            for name, value in coarse.items()
        }
        return arrays | {"mlp_beta": beta[nodes[0]], "mlp_gamma": gamma[nodes[1]]}

    def _latents_of(self, settings: KnobSettings, rows: np.ndarray, means: bool, only: str = "") -> dict[str, Tensor]:
        posteriors = self.learner.model.encode(self.learner.data.sides(rows), settings, only)
        return self._drawn(posteriors, rows, means)

    def _drawn(self, posteriors: Mapping[str, Posterior], rows: np.ndarray, means: bool) -> dict[str, Tensor]:
        """Latents of rows: samples, with each row's own noise, or means; of a deterministic method the same."""
        if means or not self.method.stochastic:
            return {name: posterior.mean for name, posterior in posteriors.items()}
        return {name: posterior.sample(self._noise(name, rows)) for name, posterior in posteriors.items()}

    def _nonlinear(self, settings: KnobSettings, means: bool) -> dict[str, Tensor]:
        subjects = self.subjects
        fit, judged = subjects.fitted(), subjects.judged()
        before, after = (self._latents_of(settings, rows, means) for rows in (fit, judged))
        truth = subjects.targets(judged)
        scores, probe = [], None
        for name in self.latents:
            probe = subjects.nonlinear(before[name], fit)
            scores.append(subjects.nonlinear_scores(probe(after[name]), truth))
        out = {"kept_mlp": torch.stack(scores, -2)}
        if not means:
            out |= self._rare(settings, probe if len(self.latents) == 1 else None)
        return out

    def _rare(self, settings: KnobSettings, probe: Perceptron | None) -> dict[str, Tensor]:
        """What one occurrence of each rare feature adds to all the latents together, (S, E), and its standard error; nan of too few rows."""
        subjects, data = self.subjects, self.learner.data
        count = len(subjects.rare.names)
        gains = torch.full((2, len(settings), count), torch.nan, device=subjects.device)
        fit = subjects.fitted()
        if len(fit) == len(data.train):  # offsets are fitted on rows that the probe has not seen
            fit, probe = fit[: 2 * len(fit) // 3], None
        if count and probe is None:
            probe = subjects.nonlinear(self._together(settings, fit), fit)
        others = self._answers(probe, settings, subjects.judged()) if probe is not None else None
        for e in range(count):
            has = subjects.rare.rows[:, e]
            spare, new = (rows[has[rows]][:MOST_ROWS] for rows in (data.train[len(fit) :], data.held_out))
            if min(len(spare), len(new)) < 2:
                continue
            first, second = self._answers(probe, settings, spare), self._answers(probe, settings, new)
            codes = subjects.codes(spare), subjects.codes(new)
            if codes[0] is not None and codes[1] is not None:
                gains[0, :, e], gains[1, :, e] = label_gain(first, codes[0], second, codes[1])
            elif others is not None:
                gains[0, :, e], gains[1, :, e] = number_gain(first, second, others)
        return {"rare_gain_nats": gains[0], "rare_gain_error_nats": gains[1]}

    def _together(self, settings: KnobSettings, rows: np.ndarray) -> Tensor:
        latents = self._latents_of(settings, rows, means=False)
        return torch.cat([latents[name] for name in self.latents], -1)

    def _answers(self, probe: Perceptron | None, settings: KnobSettings, rows: np.ndarray) -> Tensor:
        """log q(label|z) of rows, (S, m, C), or what is left of Y's leading components, (S, m, c)."""
        assert probe is not None
        outputs = probe(self._together(settings, rows))
        if self.subjects.labelled:
            return self.subjects.log_answers(outputs)
        at = torch.as_tensor(rows, device=self.subjects.device)
        return self.subjects.asked_of_y[at] - self.subjects.answers_of_y(outputs)

    # -- pictures ----------------------------------------------------------------------------------------------------

    def _pictures(
        self,
        out: dict[str, Tensor],
        sampled: Mapping[str, Tensor],
        means: Mapping[str, Tensor],
        sides: Mapping[str, Tensor],
        settings: KnobSettings,
    ) -> None:
        subjects = self.subjects
        n, m = len(subjects.plotted), subjects.items
        for view in VIEWS:
            reconstruction, _ = self.learner.model.decode(view, sampled, settings)
            residual = (reconstruction - sides[view]).square()
            spread = self.learner.data.spread(view)
            counts = (spread > 1e-8).to(residual.dtype)
            variance = sides[view].var(0, correction=0)
            name = view.lower()
            explained = 1 - residual.mean(-2) / variance.clamp_min(1e-8)
            out[f"column_kept_{name}"] = torch.where(counts * variance > 1e-6, explained, torch.nan).to(torch.float16)
            out[f"residual_{name}"] = ((residual[:, :n] * counts).sum(-1) / (spread * counts).sum()).to(torch.float16)
            codes = subjects.pixels(view, reconstruction[:, :m].cpu().numpy().astype(np.float64))
            out[f"recon_{name}"] = torch.as_tensor(codes)
        out["means_"] = torch.stack([means[name][:, :n] for name in self.latents], 1)
        out["sampled_"] = torch.stack([sampled[name][:, :n] for name in self.latents], 1)

    def _order(self, arrays: dict[str, np.ndarray]) -> None:
        """Dimensions of each latent, the most used over all settings first."""
        kl = arrays["kl_nats"]
        used = np.nan_to_num(kl).sum(axis=(0, 1))  # (L, K)
        order = np.argsort(-used, axis=-1, kind="stable")
        arrays["kl_nats"] = np.take_along_axis(kl, order[None, None], axis=-1)
        for name in ("means_", "sampled_"):
            if name in arrays:
                arrays[name] = np.take_along_axis(arrays[name], order[None, None, :, None, :], axis=-1)

    def _scatter(self, arrays: dict[str, np.ndarray]) -> None:
        means, sampled = arrays["means_"].astype(np.float64), arrays["sampled_"].astype(np.float64)
        scale = np.ones(len(self.latents))
        if not self.method.stochastic:  # deterministic latents have no scale of their own
            scale = means.std(axis=(0, 1, 3, 4)).clip(1e-9)
        scattered: dict[str, list[np.ndarray]] = {"scatter": [], "scatter_mean": []}
        for i in range(len(self.latents)):
            plane = planes(means[:, :, i])
            for name, points in (("scatter", sampled), ("scatter_mean", means)):
                place = np.einsum("bgnk,bgkc->bgnc", points[:, :, i] / scale[i], plane)
                scattered[name].append(coded(place, -SCATTER_RANGE, SCATTER_RANGE))
        arrays |= {name: np.stack(values, 2) for name, values in scattered.items()}

    def _excess(self, arrays: dict[str, np.ndarray]) -> None:
        truth = self.subjects.data.views.canonical
        if truth is None or not self.method.stochastic:
            return
        rate, beta = arrays["rate_nats"].astype(np.float64), arrays["beta"][:, None]
        beta = np.broadcast_to(beta, rate.shape[:2])
        if "mutual_nats" in arrays:
            cost, relevance, against = rate[..., :2].sum(-1), arrays["mutual_nats"], "symmetric"
        else:
            cost, relevance, against = rate[..., 0], arrays["relevance_nats"], "gaussian"
        if np.isfinite(cost).all() and np.isfinite(relevance).all():
            excess = excess_lagrangian_nats(
                cost, relevance.astype(np.float64), beta, truth.correlations, against=against
            )
            arrays["excess_nats"] = np.asarray(excess, dtype=np.float32)


def _nodes(count: int, most: int, second: bool = False) -> np.ndarray:
    """So many of `count` settings, evenly with both ends; and the second one (gamma = 0 and the gammas above it have networks of their own)."""
    if count <= most:
        return np.arange(count)
    even = np.round(np.linspace(0, count - 1, most)).astype(int)
    return np.union1d(even, 1) if second else even


def _spread(coarse: np.ndarray, nodes: list[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """From some settings of a grid to all of them: linear in the place on each dial."""
    for axis, (at, count) in enumerate(zip(nodes, shape, strict=True)):
        place = np.interp(np.arange(count), at, np.arange(len(at)))
        below = np.minimum(place.astype(int), max(0, len(at) - 2))
        share = (place - below).reshape([-1 if i == axis else 1 for i in range(coarse.ndim)])
        upper = np.minimum(below + 1, len(at) - 1)
        coarse = (1 - share) * coarse.take(below, axis) + share * coarse.take(upper, axis)
    return coarse.astype(np.float32)
