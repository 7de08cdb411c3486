"""What does each loss keep? Every objective on the generator of known bits, measured in the same way.

What the recorder gets (a contract: the page is drawn from it). Sizes: O objectives, ``raw`` and ``untrained`` first; K seeds; A = 4 atoms in
the order shared, unique1, unique2, synergy (the label that is asked for is s, u1, u2, a xor b; each is one bit); Z = 6 read-outs: z1, z2, z12
(the representations of the views and of both, side by side or fused), then loss1, loss2, loss12 (the same behind the projection head, where the
loss acts; equal to the first three where there is no head). Every objective has the same width, number of training steps and probes.

    arrays "names" (before the first frame): objectives (O,) texts, titles (O,), atoms (A,), readouts (Z,), seeds (K,).
    frames: one for each objective as it is finished, `step` = its index in O;
        numbers  objective: index;  done: 1;  seconds: spent on it;  kept_shared, kept_unique1, kept_unique2, kept_synergy and
                 readable_shared, ...: means over seeds, bits and shares of 1, of z12.
        arrays   kept (K, A, Z): bits of 1 kept, max(0, 1 - held-out cross-entropy in bits) of a probe with one hidden layer;
                 kept_linear (K, A, Z): the same of a linear probe;  readable (K, A, Z): linearly readable, max(0, 2 accuracy - 1) of the linear probe;
                 untrained_kept, untrained_readable (K, A, Z): the same of its networks before training, of z12 and loss12 (else nan; nan for baselines);
                 pid (K, A, 4): atoms (R, U1, U2, S) of each label read from the embeddings, from I1 = kept z1, I2 = kept z2, I12 = the
                 largest of kept z1, z2, z12, with R = min(I1, I2): exact for these labels, each of one pure kind. A shared bit may sit
                 in one view's embedding alone: it is then shown as unique to that view.
    arrays "table" (at the end): kept, kept_linear, readable, untrained_kept, untrained_readable (O, K, A, Z); pid (O, K, A, 4); seconds (O,).
    result(): objectives, titles, atoms, readouts; kept, readable: O lists of A means (z12); spread: O lists of A standard deviations over seeds;
        probe_noise; rows for fit, choice of stop and score of the probes; seconds; device.

`KeptSweep` does the same over widths and learning rates, so that one sees which entries are stable. W widths, Q rates.

    arrays "names": as above, readouts (2,) z12 and loss12; embeddings (W,), rates (Q,).
    frames: one for each objective, width and rate, `step` counting them; numbers  objective, embedding, rate: indices;  done: 1;  seconds;
        arrays   kept, readable (K, A, 2).
    arrays "table" (at the end): kept, readable (O, W, Q, K, A, 2).
    result(): objectives, titles, atoms, embeddings, rates; least, most: O lists of A means over seeds (z12), over widths and rates; seconds; device.

Reading: embeddings are centred, divided by one global rms, get N(0, probe_noise^2) added (a deterministic residual would else count as kept)
and are standardised. Probes are fitted on 4,000 fresh rows, stopped by 1,000 more and scored on another 3,000; none was trained on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mmexplore.datasets.views.bits import Bits
from mmexplore.errors import BadSpec
from mmexplore.labs.losses.methods import Methods, WithMethods
from mmexplore.labs.losses.objectives import Objective, objectives
from mmexplore.labs.losses.objectives.generative import Dvsib
from mmexplore.labs.losses.task import FactorCl, check_methods
from mmexplore.runs.task import Task, param, task
from mmexplore.spec import Named, Parameter

EVERYTHING = (
    "clip,cross-self,comm,comm-linear,factorcl-ssl,factorcl-indaug,factorcl-sup,supcon,vae,dvsib?gamma=0.0,dvsib,dvsib?gamma=1.0,"
    "dvcca?gamma=0.0,dvcca,predict,masked,late,early"
)
_GAMMA = "dvsib.gamma"
_BETWEEN = "Of the row between gamma 0 (shared information only) and gamma 1 (the views are reconstructed as well)."


class TableMethods(Methods):
    """The rows of the table by name. ``dvsib.gamma`` is that of the row between gamma 0 and gamma 1, which stay where they are."""

    def _between(self) -> list[int]:
        return [k for k, (_, o) in enumerate(self.entries) if isinstance(o, Dvsib) and 0 < o.gamma < 1]

    def paths(self) -> tuple[str, ...]:
        """As `Methods.paths`; without ``dvsib.gamma`` where there is no such row."""
        return tuple(path for path in super().paths() if path != _GAMMA or self._between())

    def at(self, path: str) -> Parameter:
        """As `Named.at`."""
        parameter = super().at(path)
        if path != _GAMMA:
            return parameter
        if not self._between():
            raise BadSpec("the table has no row of DVSIB between gamma 0 and 1; allowed: name one, dvsib?gamma=0.5")
        return replace(parameter, low=0.05, high=0.95, widget="slider", help=_BETWEEN)

    def get(self, path: str) -> Any:
        """As `Named.get`."""
        parameter = self.at(path)
        return getattr(self.entries[self._between()[0]][1], parameter.name) if path == _GAMMA else super().get(path)

    def put(self, **changes: Any) -> Named:
        """As `Named.put`."""
        gamma = changes.pop(_GAMMA, None)
        entries = list(super().put(**changes).entries)
        if gamma is not None:
            value = round(self.at(_GAMMA).check(gamma), 6)
            for k in self._between():
                entries[k] = (entries[k][0], entries[k][1].replace(gamma=value))
        return Named(entries)


# What a table and a sweep about it have in common.
KEPT_ALIKE = (
    "methods",
    "flip",
    "private",
    "unique",
    "shared",
    "nuisance",
    "seeds",
    "steps",
    "batch",
    "width",
    "probe_noise",
    "latents",
    "seed",
)


def _numbers(text: str, name: str, kind: type, low: float, high: float) -> tuple[Any, ...]:
    """Up to six numbers set apart by commas.

    Raises:
        BadSpec: something else, or a number beyond the ends, or one twice.
    """
    try:
        values = tuple(kind(part) for part in text.split(",") if part.strip())
    except ValueError:
        values = ()
    if not 1 <= len(values) <= 6 or len(set(values)) < len(values) or not all(low <= value <= high for value in values):
        raise BadSpec(
            f"{name} is {text!r}; allowed: 1 to 6 different numbers from {low:g} to {high:g}, set apart by commas"
        )
    return values


@task
class Kept(WithMethods, Task):
    """Every objective on the one generator."""

    kind = "kept"
    version = 2
    program = "mmexplore.labs.losses.train.table:run"

    methods: str = param(
        EVERYTHING, label="Objectives", help="Names of objectives with their own values, set apart by commas."
    )
    flip: bool = Bits.field("flip")
    private: float = Bits.field("private")
    unique: float = Bits.field("unique")
    shared: float = Bits.field("shared")
    nuisance: float = Bits.field("nuisance")
    seeds: int = param(
        3,
        label="Seeds",
        low=1,
        high=10,
        step=1,
        help="Each with its own views, weights and batches; trained side by side.",
    )
    steps: int = param(
        500,
        label="Training steps",
        low=0,
        high=10_000,
        step=50,
        widget="number",
        help="The same number for every loss.",
    )
    batch: int = param(128, label="Batch", low=16, high=1024, step=16)
    width: int = param(64, label="Width", low=8, high=256, step=8)
    embedding: int = param(
        4,
        label="Embedding",
        low=1,
        high=64,
        step=1,
        help="Of a view; what is read of both views is twice as wide for every loss, side by side or fused.",
    )
    rate: float = param(3e-3, label="Learning rate", low=1e-5, high=0.03, step=1e-5, widget="log")
    probe_noise: float = param(
        0.25,
        label="Probe noise",
        low=0.0,
        high=1.0,
        step=0.05,
        help="Added to embeddings of unit power before the probes are fitted: traces do not count as kept.",
    )
    latents: str = FactorCl.field("latents")
    seed: int = param(1, label="Seed", low=0, high=2**31 - 1, step=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_methods(self.chosen())

    def chosen(self) -> tuple[Objective, ...]:
        """The objectives that are trained, in order."""
        return objectives(self.methods)

    def by_name(self) -> TableMethods:
        """What paths that begin with ``methods`` lead into."""
        return TableMethods(self.chosen())

    def views(self) -> Bits:
        """The declaration of the generator."""
        return Bits(
            flip=self.flip, private=self.private, unique=self.unique, shared=self.shared, nuisance=self.nuisance
        )

    def title(self) -> str:
        """What is run, in words."""
        return f"What {len(self.chosen())} losses keep of four bits, {self.seeds} seeds"

    def seconds(self) -> float:
        """As `Task.seconds`."""
        update = 0.011 * self.width / 64 * (0.6 + 0.4 * self.batch / 128)
        return len(self.chosen()) * self.seeds * (1.0 + self.steps * update)


@task
class KeptSweep(WithMethods, Task):
    """The table over widths and learning rates: which entries are stable."""

    kind = "kept-sweep"
    program = "mmexplore.labs.losses.train.table_sweep:run"

    methods: str = Kept.field("methods")
    flip: bool = Bits.field("flip")
    private: float = Bits.field("private")
    unique: float = Bits.field("unique")
    shared: float = Bits.field("shared")
    nuisance: float = Bits.field("nuisance")
    embeddings: str = param(
        "2,4,8", label="Embeddings", max_length=60, help="Widths of a view's embedding, set apart by commas."
    )
    rates: str = param("0.001,0.003,0.01", label="Learning rates", max_length=60, help="Set apart by commas.")
    seeds: int = Kept.field("seeds")
    steps: int = Kept.field("steps")
    batch: int = Kept.field("batch")
    width: int = Kept.field("width")
    probe_noise: float = Kept.field("probe_noise")
    latents: str = Kept.field("latents")
    seed: int = Kept.field("seed")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_methods(self.chosen())
        self.widths()
        self.learning_rates()

    @classmethod
    def over(cls, kept: Kept, embeddings: str, rates: str) -> KeptSweep:
        """The sweep about a table: its own values but for width and rate."""
        return cls(**{name: getattr(kept, name) for name in KEPT_ALIKE}, embeddings=embeddings, rates=rates)

    def chosen(self) -> tuple[Objective, ...]:
        """The objectives that are trained, in order."""
        return objectives(self.methods)

    def by_name(self) -> TableMethods:
        """As `Kept.by_name`."""
        return TableMethods(self.chosen())

    def widths(self) -> tuple[int, ...]:
        """Widths of a view's embedding."""
        return _numbers(self.embeddings, "embeddings", int, 1, 64)

    def learning_rates(self) -> tuple[float, ...]:
        """Learning rates."""
        return _numbers(self.rates, "rates", float, 1e-5, 0.03)

    def seconds(self) -> float:
        """As `Task.seconds`: tables side by side, at six tenths of the cost of one after the other."""
        widths, rates = self.widths(), self.learning_rates()
        return 0.6 * len(widths) * len(rates) * self.table(widths[0], rates[0]).seconds()

    def table(self, embedding: int, rate: float) -> Kept:
        """The table at one width and rate."""
        return Kept(**{name: getattr(self, name) for name in KEPT_ALIKE}, embedding=embedding, rate=rate)

    def title(self) -> str:
        """What is run, in words."""
        settings = len(self.widths()) * len(self.learning_rates())
        return f"What {len(self.chosen())} losses keep of four bits at {settings} widths and rates, {self.seeds} seeds"
