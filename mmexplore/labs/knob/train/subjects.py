"""What is asked of every representation: which rows, which factors, which pictures; fixed before training begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from mmexplore.datasets.views import Factor, TwoViews
from mmexplore.labs.knob.train.data import Data
from mmexplore.labs.knob.train.pictures import SCATTER_RANGE, coded, limits
from mmexplore.labs.knob.train.probes import TURNS, RandomFeatureProbe, accuracy, r2
from mmexplore.labs.knob.train.rare_features import RareFeatures, leading, rare_features
from mmexplore.labs.knob.train.readers import Perceptron, logistic, perceptron
from mmexplore.training.loop import torch_stream

PLOTTED = 160
ITEMS = 6
# Rows that readers are fitted on and judged on: as many for every method, however many settings its dial has. A quick look takes fewer.
FITTED, JUDGED = 1024, 768
EXACT_FITTED, EXACT_JUDGED = 4096, 4096  # of Gaussian coordinates, which are scored against exact theory
_QUICK = 4
_EXACT_TURNS = 12

_KINDS = {"unique1": "x", "unique2": "y"}  # as the files of runs call them


def asked(views: TwoViews) -> tuple[Factor, ...]:
    """The factors that are asked for, the label first where there is one."""
    if views.y is None:
        return views.factors
    label = [f for f in views.factors if f.values is views.y][:1]
    rest = [f for f in views.factors if f.values is not views.y]
    return (*(label or [Factor("label", "label", views.y, len(views.class_names))]), *rest)


@dataclass(frozen=True)
class Read:
    """What the linear readers make of a representation.

    Attributes:
        scores: of every factor, (S, F).
        label_nats: information on the label from below, (S,); None without a label.
        starts: weights of the classifiers, to begin from at settings nearby.
    """

    scores: Tensor
    label_nats: Tensor | None
    starts: tuple[Tensor | None, ...]


class Subjects:
    """Rows, factors and items of a data set, on a device.

    Args:
        data: the two views.
        seed: of the probes' random features.
    """

    def __init__(self, data: Data, seed: int) -> None:
        self.data, self.seed = data, seed
        views = data.views
        self.factors = asked(views)
        self.rare: RareFeatures = rare_features(views)
        self.device = data.x.device
        self._slices: list[slice] = []
        blocks = []
        start = 0
        for factor in self.factors:
            values = np.asarray(factor.values)
            if factor.classes:
                block = np.eye(factor.classes)[values]
            else:
                train = values[data.train]
                block = (values - train.mean(axis=0)) / np.maximum(train.std(axis=0), 1e-12)
                block = block.reshape(len(values), -1)
            self._slices.append(slice(start, start + block.shape[1]))
            start += block.shape[1]
            blocks.append(block)
        columns = np.concatenate(blocks, axis=1) if blocks else np.zeros((views.n, 0))
        self._columns = torch.as_tensor(columns, dtype=torch.float32, device=self.device)
        self.plotted = data.held_out[: min(PLOTTED, len(data.held_out))]
        self.items = min(ITEMS, len(self.plotted))

    def judged(self, quick: bool = False, exact: bool = False) -> np.ndarray:
        """Held-out rows on which everything is judged; the plotted rows come first."""
        return self.data.held_out[: JUDGED // _QUICK if quick else EXACT_JUDGED if exact else JUDGED]

    def fitted(self, quick: bool = False, exact: bool = False) -> np.ndarray:
        """Training rows that readers are fitted on."""
        return self.data.train[: FITTED // _QUICK if quick else EXACT_FITTED if exact else FITTED]

    def targets(self, numbers: np.ndarray) -> Tensor:
        """Columns to read, of some rows, (n, q)."""
        return self._columns[torch.as_tensor(numbers, device=self.device)]

    def codes(self, numbers: np.ndarray) -> Tensor | None:
        """Labels of some rows, (n,)."""
        label = self.data.views.y
        return None if label is None else torch.as_tensor(label[numbers], device=self.device)

    def coordinates(self, numbers: np.ndarray) -> Tensor | None:
        """Canonical coordinates of Y, (n, m), where the data are Gaussian beneath: those that X knows something of."""
        truth = self.data.views.canonical
        if truth is None:
            return None
        known = truth.v[:, truth.correlations > 0]
        return torch.as_tensor(known[numbers], dtype=torch.float32, device=self.device) if known.size else None

    def reader(self, fit: Tensor, turns: int = TURNS) -> RandomFeatureProbe:
        """A probe of a representation, with the same random features every time."""
        return RandomFeatureProbe(fit, torch_stream(self.seed, "features of the probes"), turns)

    def exact_reader(self, fit: Tensor) -> RandomFeatureProbe:
        """A probe for Gaussian coordinates: every feature costs about 1 / (2 rows) nats a coordinate, so it has few."""
        return self.reader(fit, _EXACT_TURNS)

    def linear(
        self, fit: Tensor, new: Tensor, fit_truth: Tensor, truth: Tensor, starts: Sequence[Tensor | None] = ()
    ) -> Read:
        """Every factor by its linear reader: classes by logistic regression, numbers by ridge regression on random features.

        Args:
            fit, new: representations of the rows that are fitted and judged, (S, n, k).
            fit_truth, truth: their targets.
            starts: `Read.starts` of settings nearby.
        """
        numbers = self.reader(fit) if any(not factor.classes for factor in self.factors) else None
        scores, label, kept = [], None, list[Tensor | None]()
        for i, (factor, part) in enumerate(zip(self.factors, self._slices, strict=True)):
            if not factor.classes:
                assert numbers is not None
                predicted = numbers.features(new) @ numbers.fit(fit_truth[:, part])
                scores.append(r2(predicted, truth[:, part]).mean(-1))
                kept.append(None)
                continue
            codes, first = truth[:, part].argmax(-1), starts[i] if i < len(starts) else None
            start = first if first is not None and len(first) == len(fit) else None
            read = logistic(fit, fit_truth[:, part].argmax(-1), factor.classes, start)
            logs = read.log_probabilities(new)
            scores.append(accuracy(logs, codes))
            kept.append(read.weights)
            if i == 0 and self.labelled:
                label = self.label_entropy(truth) - _surprise(logs, codes).mean(-1)
        whole = torch.stack(scores, -1) if scores else new.new_zeros((len(new), 0))
        return Read(whole, label, tuple(kept))

    @property
    def labelled(self) -> bool:
        """Whether there is a label, which then is the first factor."""
        return self.data.views.y is not None

    def label_entropy(self, truth: Tensor) -> Tensor:
        """Entropy of the label among rows with these targets, in nats."""
        share = truth[:, self._slices[0]].mean(0)
        return -torch.special.xlogy(share, share).sum()

    # -- the nonlinear reader ----------------------------------------------------------------------------------------

    @cached_property
    def asked_of_y(self) -> Tensor:
        """Y's leading whitened components, (n, c): what stands for a label where there is none."""
        return torch.as_tensor(leading(self.data.views), dtype=torch.float32, device=self.device)

    def nonlinear(self, fit: Tensor, rows: np.ndarray) -> Perceptron:
        """One perceptron that reads all factors, and Y's leading components where there is no label, (S, n, q) in that order."""
        at = torch.as_tensor(rows, device=self.device)
        truth = self._columns[at]
        more = None if self.labelled else self.asked_of_y[at]
        width = truth.shape[1]

        def loss(outputs: Tensor, chosen: Tensor) -> Tensor:
            known, total = truth[chosen], outputs.new_zeros(())
            for factor, part in zip(self.factors, self._slices, strict=True):
                if factor.classes:
                    logs = outputs[..., part].log_softmax(-1)
                    total = total + _surprise(logs, known[:, part].argmax(-1)).mean(-1).sum()
                else:
                    total = total + 0.5 * (outputs[..., part] - known[:, part]).square().mean(-2).sum()
            if more is not None:
                total = total + 0.5 * (outputs[..., width:] - more[chosen]).square().mean(-2).sum()
            return total

        outputs = width + (0 if more is None else more.shape[1])
        return perceptron(fit, outputs, loss, torch_stream(self.seed, "weights of the MLP probe"))

    def nonlinear_scores(self, outputs: Tensor, truth: Tensor) -> Tensor:
        """Scores of all factors, (S, F), of a perceptron's outputs."""
        scores = [
            accuracy(outputs[..., part], truth[:, part].argmax(-1))
            if factor.classes
            else r2(outputs[..., part], truth[:, part]).mean(-1)
            for factor, part in zip(self.factors, self._slices, strict=True)
        ]
        return torch.stack(scores, -1) if scores else outputs.new_zeros((len(outputs), 0))

    def log_answers(self, outputs: Tensor) -> Tensor:
        """Log probabilities of the label's classes, (S, n, C), of a perceptron's outputs."""
        return outputs[..., self._slices[0]].log_softmax(-1)

    def answers_of_y(self, outputs: Tensor) -> Tensor:
        """Predictions of Y's leading components, (S, n, c), of a perceptron's outputs."""
        return outputs[..., self._columns.shape[1] :]

    @cached_property
    def codes_range(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Low and high of each view's codes, in the view's own units."""
        views = self.data.views
        return {"X": limits(views.flat1, views.image1 is not None), "Y": limits(views.flat2, views.image2 is not None)}

    def pixels(self, view: str, standardised: np.ndarray) -> np.ndarray:
        """Codes of a standardised view."""
        scaling = self.data.scaling_x if view == "X" else self.data.scaling_y
        return coded(scaling.back(standardised), *self.codes_range[view])

    def about(self) -> dict[str, np.ndarray]:
        """What never changes during a run."""
        views, data = self.data.views, self.data
        fit, held_out = self.fitted(), self.judged()
        fit_targets, held_out_targets = self.targets(fit), self.targets(held_out)
        raw, raw_mlp = [], []
        for side in (data.x, data.y):
            first = side[torch.as_tensor(fit, device=self.device)][None]
            new = side[torch.as_tensor(held_out, device=self.device)][None]
            raw.append(self.linear(first, new, fit_targets, held_out_targets).scores[0].cpu().numpy())
            outputs = self.nonlinear(first, fit)(new)
            raw_mlp.append(self.nonlinear_scores(outputs, held_out_targets)[0].cpu().numpy())
        chance = []
        for factor in self.factors:
            known = np.asarray(factor.values)
            largest = np.bincount(known[data.train]).argmax() if factor.classes else 0
            chance.append(float((known[held_out] == largest).mean()) if factor.classes else 0.0)
        values = [np.asarray(f.values, dtype=np.float32).reshape(views.n, -1)[self.plotted, 0] for f in self.factors]
        n = len(self.plotted)
        arrays = {
            "factors": np.array([f.name for f in self.factors], dtype=np.str_),
            "factor_kind": np.array([_KINDS.get(f.kind, f.kind) for f in self.factors], dtype=np.str_),
            "factor_score": np.array(["accuracy" if f.classes else "R²" for f in self.factors], dtype=np.str_),
            "factor_chance": np.array(chance, dtype=np.float32),
            "factor_raw": np.stack(raw).astype(np.float32),
            "factor_raw_mlp": np.stack(raw_mlp).astype(np.float32),
            "rows_fitted": np.array(len(fit), dtype=np.int32),
            "rows_judged": np.array(len(held_out), dtype=np.int32),
            "rows": self.plotted.astype(np.int32),
            "scatter_range": np.array(SCATTER_RANGE, dtype=np.float32),
            "row_factors": np.stack(values, 1) if values else np.zeros((n, 0), dtype=np.float32),
            "class_names": np.array(views.class_names, dtype=np.str_),
            "rare": np.array(self.rare.names, dtype=np.str_),
            "rare_share": self.rare.share.astype(np.float32),
            "rare_nats": self.rare.nats.astype(np.float32),
            "rare_rows": self.rare.rows[self.plotted],
        }
        sides = (
            ("x", views.flat1, views.image1, views.columns1),
            ("y", views.flat2, views.image2, views.columns2),
        )
        for name, view, image, columns in sides:
            low, high = self.codes_range[name.upper()]
            arrays |= {
                f"item_{name}": coded(view[self.plotted], low, high),
                f"low_{name}": low.astype(np.float32),
                f"high_{name}": high.astype(np.float32),
                f"image_{name}": np.array(image or (0, 0), dtype=np.int32),
                f"columns_{name}": np.array(columns, dtype=np.str_),
            }
        if views.y is not None:
            share = np.bincount(views.y[held_out]) / len(held_out)
            share = share[share > 0]
            arrays["label_entropy_nats"] = np.array(-(share * np.log(share)).sum(), dtype=np.float32)
        if views.canonical is not None:
            arrays["correlations"] = views.canonical.correlations
        return arrays


def _surprise(logs: Tensor, codes: Tensor) -> Tensor:
    """-log q of each row's class, (S, n)."""
    return -logs.gather(-1, codes.expand(logs.shape[:-1])[..., None])[..., 0]
