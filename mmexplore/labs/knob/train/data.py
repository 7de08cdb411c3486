"""The samples of two views, ready for networks: standardised by the training samples, as float32 tensors on a device.

Columns of a table get variance 1 each; pixels keep their relative variances and get variance 1 on average, so that a residual of 1 means
the same as knowing nothing of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mmexplore.datasets.views import TwoViews, check_views
from mmexplore.datasets.views.own import given_views
from mmexplore.errors import BadData


@dataclass(frozen=True)
class Scaling:
    """How a view was standardised: (view - middle) / size, with `spread` the variances of its columns afterwards."""

    middle: np.ndarray
    size: np.ndarray
    spread: np.ndarray

    def back(self, values: np.ndarray) -> np.ndarray:
        """In the view's own units."""
        return values * self.size + self.middle


@dataclass(frozen=True)
class Data:
    """Training samples and held-out samples of two views.

    Attributes:
        views: as they were drawn.
        train, held_out: numbers of the samples, (n_train,) and (n_held_out,).
        x, y: standardised, all samples, (n, dx) and (n, dy), on the device.
        scaling_x, scaling_y: how.
    """

    views: TwoViews
    train: np.ndarray
    held_out: np.ndarray
    x: Tensor
    y: Tensor
    scaling_x: Scaling
    scaling_y: Scaling

    def sides(self, numbers: Tensor | np.ndarray) -> dict[str, Tensor]:
        """The two views of some samples, by the names the graphs give them."""
        chosen = torch.as_tensor(numbers, device=self.x.device)
        return {"X": self.x[chosen], "Y": self.y[chosen]}

    def spread(self, view: str) -> Tensor:
        """Variances of a view's columns."""
        scaling = self.scaling_x if view == "X" else self.scaling_y
        return torch.as_tensor(scaling.spread, dtype=self.x.dtype, device=self.x.device)


def standardise(views: TwoViews, device: str | torch.device) -> Data:
    """Standardise by the training samples; images come flattened.

    Args:
        views: as they were drawn.
        device: where the tensors are to lie.

    Raises:
        BadData: views that do not fit: too few samples, too many columns, or columns that do not vary.
    """
    flat = views.flat1, views.flat2
    images = views.image1 is not None, views.image2 is not None
    check_views(*flat, pixels=images)
    train, held_out = np.flatnonzero(~views.held_out), np.flatnonzero(views.held_out)
    if len(train) < 2:
        raise BadData(f"{len(train)} samples are left for training; allowed: at least 2")
    scaled = []
    for view, image in zip(flat, images, strict=True):
        middle, spread = view[train].mean(axis=0), view[train].std(axis=0)
        size = np.full(len(spread), np.sqrt(np.mean(spread**2))) if image else np.where(spread > 0, spread, 1.0)
        scaled.append(Scaling(middle, size, (spread / size) ** 2))
    x, y = (
        torch.as_tensor((view - scaling.middle) / scaling.size, dtype=torch.float32, device=device)
        for view, scaling in zip(flat, scaled, strict=True)
    )
    return Data(views, train, held_out, x, y, *scaled)


def own_views(data: dict[str, np.ndarray], device: str | torch.device) -> Data:
    """A visitor's own two views."""
    return standardise(given_views(data), device)
