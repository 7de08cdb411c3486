"""What is asked of every representation: which rows, which factors, which pictures; fixed before training begins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from mmexplore.datasets.views import Factor, TwoViews
from mmexplore.labs.knob.train.data import Data
from mmexplore.labs.knob.train.pictures import SCATTER_RANGE, coded, limits
from mmexplore.labs.knob.train.probes import TURNS, RandomFeatureProbe, accuracy, auc, r2
from mmexplore.labs.knob.train.rare_features import RareFeatures, rare_features
from mmexplore.training.loop import torch_stream

PLOTTED = 160
ITEMS = 6
_ROW_SETTINGS = 240_000  # held-out rows times settings that one evaluation affords; a quick look affords a twentieth
_MOST = 6_000
_LEAST = 512
_MANY_ROWS, _FEW_TURNS = 4000, 4


_KINDS = {"unique1": "x", "unique2": "y"}  # as the files of runs call them


def asked(views: TwoViews) -> tuple[Factor, ...]:
    """The factors that are asked for, the label first where there is one."""
    if views.y is None:
        return views.factors
    label = [f for f in views.factors if f.values is views.y][:1]
    rest = [f for f in views.factors if f.values is not views.y]
    return (*(label or [Factor("label", "label", views.y, len(views.class_names))]), *rest)


@dataclass(frozen=True)
class Targets:
    """Columns that probes read, of some rows.

    Attributes:
        columns: one-hot classes, standardised numbers and flags of rare features, side by side, (n, q).
        numbers: row numbers in the data.
    """

    columns: Tensor
    numbers: np.ndarray


def _afford(settings: int, quick: bool) -> int:
    budget, least = (_ROW_SETTINGS // 20, _LEAST // 2) if quick else (_ROW_SETTINGS, _LEAST)
    return int(min(_MOST, max(least, budget // max(1, settings))))


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
        self._rare = slice(start, start + len(self.rare.names))
        blocks.append(self.rare.rows.astype(float))
        columns = np.concatenate(blocks, axis=1) if blocks else np.zeros((views.n, 0))
        self._columns = torch.as_tensor(columns, dtype=torch.float32, device=self.device)
        self.plotted = data.held_out[: min(PLOTTED, len(data.held_out))]
        self.items = min(ITEMS, len(self.plotted))

    def held_out_rows(self, settings: int, quick: bool = False) -> np.ndarray:
        """Held-out rows that an evaluation at so many settings affords; the plotted rows come first."""
        return self.data.held_out[: max(_afford(settings, quick), len(self.plotted))]

    def fitting(self, settings: int, quick: bool = False) -> np.ndarray:
        """Training rows that probes are fitted on."""
        return self.data.train[: 2 * _afford(settings, quick)]

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
        """A probe for Gaussian coordinates: every feature costs about 1 / (2 rows) nats a coordinate, so few rows get few."""
        return self.reader(fit, TURNS if fit.shape[-2] > _MANY_ROWS else _FEW_TURNS)

    def scores(self, reader: RandomFeatureProbe, fit: Tensor, new: Tensor, truth: Tensor) -> Tensor:
        """Scores of all factors, (S, F), of probes fitted on the targets `fit` and asked of the representation `new`."""
        predicted = reader.features(new) @ reader.fit(fit)
        scores = []
        for factor, part in zip(self.factors, self._slices, strict=True):
            answers, known = predicted[..., part], truth[:, part]
            scores.append(accuracy(answers, known.argmax(-1)) if factor.classes else r2(answers, known).mean(-1))
        return torch.stack(scores, -1) if scores else new.new_zeros((len(new), 0))

    def rare_scores(self, reader: RandomFeatureProbe, fit: Tensor, new: Tensor, truth: Tensor) -> Tensor:
        """Areas under the ROC of all rare features, (S, E)."""
        predicted = reader.features(new) @ reader.fit(fit[:, self._rare])
        return auc(predicted, truth[:, self._rare] > 0.5)

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
        fit, held_out = self.fitting(100), self.held_out_rows(100)
        fit_targets, held_out_targets = self.targets(fit), self.targets(held_out)
        raw, raw_rare = [], np.zeros(0)
        for side in (data.x, data.y):
            first = side[torch.as_tensor(fit, device=self.device)][None]
            new = side[torch.as_tensor(held_out, device=self.device)][None]
            reader = self.reader(first)
            raw.append(self.scores(reader, fit_targets, new, held_out_targets)[0].cpu().numpy())
            if side is data.x:
                raw_rare = self.rare_scores(reader, fit_targets, new, held_out_targets)[0].cpu().numpy()
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
            "rows": self.plotted.astype(np.int32),
            "scatter_range": np.array(SCATTER_RANGE, dtype=np.float32),
            "row_factors": np.stack(values, 1) if values else np.zeros((n, 0), dtype=np.float32),
            "class_names": np.array(views.class_names, dtype=np.str_),
            "rare": np.array(self.rare.names, dtype=np.str_),
            "rare_share": self.rare.share.astype(np.float32),
            "rare_nats": self.rare.nats.astype(np.float32),
            "rare_rows": self.rare.rows[self.plotted],
            "rare_raw": raw_rare.astype(np.float32),
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
