"""What an evaluation and the final table show of a method: probe scores, bounds, projections of the embeddings, nulls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from mmexplore.labs.losses.objectives import LAYERS, READOUTS
from mmexplore.labs.losses.train.method import LossMethod
from mmexplore.labs.losses.train.probes import Answers, Scores, hidden_probe, linear_probe
from mmexplore.labs.losses.train.rows import StackRows
from mmexplore.training.bounds import infonce, nce_club
from mmexplore.training.loop import torch_stream
from mmexplore.units import BITS_PER_NAT

Table = Mapping[str, np.ndarray]

FIT_ROWS = 3000
LOOK_ROWS = 1000
LOOK_ITERATIONS = 25
SHUFFLES = 4
POINTS = 400
_BOUND_BATCHES = 4
WHOLE = ("z12", "loss12")
LOOKED = (*LAYERS["representation"], "loss12")  # while it trains
_BEFORE = dict(zip(LAYERS["loss"], LAYERS["representation"], strict=True))


@dataclass(frozen=True)
class StackProbes:
    """Reads embeddings of the rows of a stack.

    Attributes:
        rows: the rows; probes are fitted on their training part and scored on the held-out part.
        asked: labels and factors of all rows.
        batch: rows of a batch of the bounds.
        latents: "sampled" reads stochastic representations as they are drawn, "means" their means.
    """

    rows: StackRows
    asked: Answers
    batch: int
    latents: str = "sampled"

    def embeddings(self, method: LossMethod, part: slice | Tensor, second: Tensor | None = None) -> dict[str, Tensor]:
        """Embeddings of some rows; `second` are other rows' numbers for view 2."""
        with torch.no_grad():
            x2 = self.rows.x2[:, part] if second is None else self.rows.x2[:, second]
            return method.embeddings(self.rows.x1[:, part], x2, self._noise(part))

    def _noise(self, part: slice | Tensor) -> torch.Generator | None:
        """Draws the latents of some rows: the same ones whenever these rows are read."""
        if self.latents == "means":
            return None
        start = part.start if isinstance(part, slice) else int(part[0])
        return torch_stream(self.rows.seeds[0], f"latents from row {start or 0}", str(self.rows.x1.device))

    def quick(self, method: LossMethod) -> dict[str, np.ndarray]:
        """Linear probes of both layers, few rows and iterations."""
        scores, there = self.linear(method, LOOK_ROWS, LOOK_ITERATIONS, LOOKED)
        return self.spread(scores, there, {"accuracy": scores.accuracy, "r2": scores.r2})

    def linear(
        self, method: LossMethod, most: int, iterations: int, names: Sequence[str] = tuple(READOUTS)
    ) -> tuple[Scores, list[str]]:
        """Linear probes of the named read-outs."""
        return self._probed(method, most, names, partial(linear_probe, iterations=iterations))

    def final(
        self, method: LossMethod, iterations: int = 60, names: Sequence[str] = tuple(READOUTS)
    ) -> dict[str, np.ndarray]:
        """Linear and hidden-layer probes of the named read-outs; without a head the loss's layer is the representation."""
        line, there = self.linear(method, FIT_ROWS, iterations, names)
        net, _ = self._probed(method, FIT_ROWS, names, partial(hidden_probe, seed=self.rows.seeds[0]))
        scores = {"accuracy": line.accuracy, "mlp": net.accuracy, "r2": line.r2, "r2_mlp": net.r2}
        return self.spread(line, there, scores)

    def _probed(
        self, method: LossMethod, most: int, names: Sequence[str], probe: Callable[..., Scores]
    ) -> tuple[Scores, list[str]]:
        """Scores of a probe of the named read-outs, those of one width at once; and which there are."""
        fit = slice(0, min(most, self.rows.train))
        known, held_out = self.embeddings(method, fit), self.embeddings(method, self.rows.test)
        by_width: dict[int, list[str]] = {}
        for name in names:
            if name in known:
                by_width.setdefault(known[name].shape[-1], []).append(name)
        asked, wanted = self.asked.rows(fit), self.asked.rows(self.rows.test)
        parts = []
        for those in by_width.values():
            x, h = (torch.cat([embeddings[name] for name in those]) for embeddings in (known, held_out))
            parts.append(probe(x, asked.repeat(len(those)), h, wanted.repeat(len(those))))
        joined = [torch.cat([getattr(part, field) for part in parts]) for field in ("accuracy", "cross_entropy", "r2")]
        return Scores(*joined), [name for those in by_width.values() for name in those]

    def widths(self, method: LossMethod) -> np.ndarray:
        """Numbers of a row in each read-out, (R,); nan where it is missing."""
        embeddings = self.embeddings(method, slice(0, 2))
        names = [name if name in embeddings else _BEFORE.get(name, "") for name in READOUTS]
        return np.array([embeddings[name].shape[-1] if name in embeddings else np.nan for name in names])

    def spread(self, scores: Scores, there: Sequence[str], scores_of: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
        """Scores (R' K, ...) as arrays (K, R, ...), nan where a read-out is missing; without a head the loss acts on the representation."""
        k = len(self.rows.seeds)
        tables = {}
        for name, values in scores_of.items():
            table = np.full((k, len(READOUTS), values.shape[-1]), np.nan)
            for place, readout in enumerate(READOUTS):
                source = readout if readout in there else _BEFORE.get(readout)
                if source in there:
                    i = there.index(source)
                    table[:, place] = values[i * k : (i + 1) * k].cpu().numpy()
            tables[name] = table
        return tables

    def nulls(self, method: LossMethod, iterations: int = 40) -> dict[str, np.ndarray]:
        """Linear probe of z12 with the labels of the fit shuffled (mean of several shuffles), and with view 2 of another row throughout, (K, L)."""
        rows, device = self.rows, self.rows.x1.device
        fit = slice(0, min(LOOK_ROWS, rows.train))
        stream = torch_stream(rows.seeds[0], "nulls")
        asked, wanted = self.asked.rows(fit), self.asked.rows(rows.test)
        mixed = [torch.randperm(fit.stop, generator=stream).to(device) for _ in range(SHUFFLES)]
        none = asked.factors[..., :0]
        shuffled = Answers(torch.cat([asked.labels[:, m] for m in mixed], dim=-1), asked.classes * SHUFFLES, none, ())
        again = Answers(wanted.labels.repeat(1, 1, SHUFFLES), wanted.classes * SHUFFLES, wanted.factors[..., :0], ())
        known, held_out = self.embeddings(method, fit)["z12"], self.embeddings(method, rows.test)["z12"]
        label = linear_probe(known, shuffled, held_out, again, iterations).accuracy
        label = label.reshape(len(rows.seeds), SHUFFLES, -1).mean(dim=1)
        others = torch.arange(rows.train, rows.n, device=device)[
            torch.randperm(rows.n - rows.train, generator=stream).to(device)
        ]
        known = self.embeddings(method, fit, mixed[0])["z12"]
        held_out = self.embeddings(method, rows.test, others)["z12"]
        view = linear_probe(known, asked, held_out, wanted, iterations).accuracy
        return {"null_label": label.cpu().numpy(), "null_views": view.cpu().numpy()}

    def bounds(self, method: LossMethod) -> np.ndarray:
        """NCE and NCE-CLUB of the method's own critic on held-out rows, bits, (K, 2)."""
        rows = self.rows
        size = min(self.batch, rows.n - rows.train)
        values = []
        with torch.no_grad():
            for i in range(min(_BOUND_BATCHES, (rows.n - rows.train) // size)):
                part = slice(rows.train + i * size, rows.train + (i + 1) * size)
                scores = method.scores(rows.x1[:, part], rows.x2[:, part], self._noise(part))
                if scores is None:
                    return np.full((len(rows.seeds), 2), np.nan)
                values.append(torch.stack([infonce(scores), nce_club(scores)], dim=-1) * BITS_PER_NAT)
        return torch.stack(values).mean(dim=0).cpu().numpy()

    def points(self, method: LossMethod) -> dict[str, np.ndarray]:
        """Two principal coordinates of the embeddings of the first seed's held-out rows, unit variance, float32 (P, 2)."""
        embeddings = self.embeddings(method, slice(self.rows.train, min(self.rows.n, self.rows.train + POINTS)))
        return {
            f"points{name[1:]}": plane(embeddings[name][0]).cpu().numpy().astype(np.float32)
            for name in ("z1", "z2", "z12")
        }

    def points_y(self) -> np.ndarray:
        """Labels of the drawn points."""
        return self.rows.labels[0, self.rows.train : min(self.rows.n, self.rows.train + POINTS), 0].cpu().numpy()

    def chance(self) -> np.ndarray:
        """Share of the most frequent value of each label among held-out rows, (K, L)."""
        labels = self.rows.labels[:, self.rows.test]
        shares = [
            torch.nn.functional.one_hot(labels[..., i], c).float().mean(dim=1).amax(dim=-1)
            for i, c in enumerate(self.rows.classes)
        ]
        return torch.stack(shares, dim=-1).cpu().numpy()


def reader(rows: StackRows, batch: int, latents: str = "sampled") -> StackProbes:
    """A reader of all labels and factors of some rows."""
    factors = list(rows.factors.values())
    side = torch.cat(factors, dim=-1) if factors else rows.x1.new_zeros((len(rows.seeds), rows.n, 0))
    asked = Answers(rows.labels, rows.classes, side, tuple(f.shape[-1] for f in factors))
    return StackProbes(rows, asked, batch, latents)


def plane(z: Tensor) -> Tensor:
    """The first two principal coordinates of rows (n, d), each scaled to unit variance; signs fixed so that the largest loading is positive."""
    x = (z - z.mean(dim=0)).double()
    if x.shape[1] == 1:
        x = torch.cat([x, torch.zeros_like(x)], dim=1)
    _, vectors = torch.linalg.eigh(x.T @ x)
    axes = vectors[:, -2:].flip(1)
    axes = axes * torch.sign(axes.gather(0, axes.abs().argmax(dim=0, keepdim=True)))
    y = x @ axes
    return y / y.std(dim=0).clamp_min(1e-9)
