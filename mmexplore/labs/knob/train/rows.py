"""The rows of two views, ready for networks: standardised by the training rows, as float32 tensors on a device.

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
class Rows:
    """Training rows and held-out rows of two views.

    Attributes:
        views: as they were drawn.
        train, held: numbers of the rows, (n_train,) and (n_held,).
        x, y: standardised, all rows, (n, dx) and (n, dy), on the device.
        scaling_x, scaling_y: how.
    """

    views: TwoViews
    train: np.ndarray
    held: np.ndarray
    x: Tensor
    y: Tensor
    scaling_x: Scaling
    scaling_y: Scaling

    def sides(self, numbers: Tensor | np.ndarray) -> dict[str, Tensor]:
        """The two views of some rows, by the names the graphs give them."""
        chosen = torch.as_tensor(numbers, device=self.x.device)
        return {"X": self.x[chosen], "Y": self.y[chosen]}

    def spread(self, view: str) -> Tensor:
        """Variances of a view's columns."""
        scaling = self.scaling_x if view == "X" else self.scaling_y
        return torch.as_tensor(scaling.spread, dtype=self.x.dtype, device=self.x.device)


def prepare(views: TwoViews, device: str | torch.device) -> Rows:
    """Standardise by the training rows; images come flattened.

    Raises:
        BadData: views that do not fit: too few rows, too many columns, or columns that do not vary.
    """
    flat = views.flat1, views.flat2
    images = views.image1 is not None, views.image2 is not None
    check_views(*flat, pixels=images)
    train, held = np.flatnonzero(~views.held_out), np.flatnonzero(views.held_out)
    if len(train) < 2:
        raise BadData(f"{len(train)} rows are left for training; allowed: at least 2")
    scaled = []
    for view, image in zip(flat, images, strict=True):
        middle, spread = view[train].mean(axis=0), view[train].std(axis=0)
        size = np.full(len(spread), np.sqrt(np.mean(spread**2))) if image else np.where(spread > 0, spread, 1.0)
        scaled.append(Scaling(middle, size, (spread / size) ** 2))
    x, y = (
        torch.as_tensor((view - scaling.middle) / scaling.size, dtype=torch.float32, device=device)
        for view, scaling in zip(flat, scaled, strict=True)
    )
    return Rows(views, train, held, x, y, *scaled)


def own_rows(data: dict[str, np.ndarray], device: str | torch.device) -> Rows:
    """A visitor's own two views."""
    return prepare(given_views(data), device)
