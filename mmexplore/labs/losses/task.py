"""The lab of losses: representations trained side by side on one set of data, all seeds in one computation, and what probes find in them.

Two runs: `FactorCl` trains the named methods one after the other; `FactorClSweep` follows accuracy over the share of the label that comes
from view-specific factors. What their recorders get (a contract: pages are drawn from it).

Sizes: M methods with ``raw`` and ``untrained`` before the named ones; K seeds; R = 10 read-outs in the order of
`mmexplore.labs.losses.objectives.READOUTS` (z1, z2, z12 at the representation; loss1, loss2, loss12 at the loss, behind the projection head, and equal
to those where there is none; heads of FactorCL s1, s2, u1, u2); L labels and F factors in the order of
`TwoViews.labels` (the first one, "y", is the label itself) and of its real-valued factors; P points. What a method does not have (heads, say) is nan.
All scores are of held-out rows, which neither training nor the fit of a probe has seen.

FactorCl
    arrays "names" (kept before the first frame): methods (M,) texts; titles (M,); readouts (R,); labels (L,); factors (F,);
        chance (K, L) share of the most frequent value; points_y (P,) label values of the drawn points; seeds (K,).
    frames, in the order of the methods; `step` counts training steps over all methods:
        numbers  method: index into M (0 raw, 1 untrained: one frame each, at step 0);  update: training steps of this method so far;
                 updates: how many it will have;  done: 1 in the last frame of a method, else 0;  seconds: spent on this method so far;
                 accuracy, accuracy_loss: mean over seeds of z12 -> y and loss12 -> y;  ceiling: log2 of the batch, bits;
                 loss, and the terms of `Objective.terms`: means over seeds and over the training steps since the last frame (bits unless the
                 name ends in _nats or the words say otherwise), none at step 0.
        arrays   accuracy (K, R, L): linear probe (multinomial logistic), while it trains of z1, z2, z12 and loss12 alone;  r2 (K, R, F): linear probe (ridge), R2 of each factor,
                 summed over its dimensions;  bounds (K, 2): on held-out rows, the NCE lower and NCE-CLUB upper bound of I(X1;X2), both of
                 the method's own cross-view critic (FactorCL: of its shared heads), bits, nan where it has none;  points1, points2 (P, 2): first two principal
                 coordinates of z1, z2 of the first seed, scaled to unit variance (nan where a fused method has no embedding of one view);
                 points12 (P, 2): the same of z12.
    arrays "method-I" (I the index, kept when method I is done) with the final scores of that method:
        accuracy (K, R, L) linear; mlp (K, R, L) accuracy of a probe with one hidden layer; r2 (K, R, F) linear; r2_mlp (K, R, F);
        accuracy_untrained, ...: the same four of its networks before training, of z12 and loss12 (else nan; nan for baselines); widths (R,).
    arrays "table" (at the end): the same stacked over methods: accuracy, mlp (M, K, R, L); r2, r2_mlp (M, K, R, F), the untrained ones and widths (M, R); and
        null_label (M, K, L): accuracy of z12 -> label, linear probe, with the labels of its training rows shuffled (at chance);
        null_views (M, K, L): the same with view 2 taken from another row before it is encoded, both in fit and held-out rows: what view 1
            tells stays, what only view 2 or both tell falls to chance;
        seconds (M,) of training and probing.
    result(): methods, titles, readouts, labels, factors (lists); rows, rows_test; seconds (total); truth: {redundancy, unique1, unique2, synergy,
        i1, i2, i12, gap: bits; shared_factorcl = I1 + I2 - I12, unique1_factorcl = I12 - I2, unique2_factorcl = I12 - I1: what FactorCL calls
        shared and unique; exact: bool; words: how it was found; synergy_at_chance: bool}; device.

FactorClSweep
    arrays "names": methods (M,), titles (M,), layers (2,) representation and loss, ratio (Q,) share of the label's variance from view-specific factors,
        shared (Q,) highest accuracy for one who knows what both views share alone (nan where it is not known), chance (K, Q).
    frames: numbers  method, update, updates, done, seconds;  arrays  accuracy (2, K, Q) of z12 -> y and loss12 -> y, and mlp (2, K, Q) in a method's last frame.
    arrays "table": accuracy, mlp (M, 2, K, Q).  result(): methods, titles, ratio, side, truth: list of Q truths as above, seconds.
"""

from __future__ import annotations

from mmexplore.datasets.views import View, two_views
from mmexplore.errors import BadSpec
from mmexplore.labs.losses.objectives import BASELINES, Objective, objectives
from mmexplore.runs.task import Task, param, task

FIVE = "clip,cross-self,factorcl-sup,factorcl-ssl,comm"


@task
class FactorCl(Task):
    """Train methods side by side on one set of data."""

    kind = "factorcl"
    version = 2
    program = "mmexplore.labs.losses.train.program:run"

    methods: str = param(FIVE, label="Methods", help="Names of objectives with their own values, set apart by commas.")
    data: str = param("factors", label="Data", help="A declaration of two views with a label.")
    seeds: int = param(
        3,
        label="Seeds",
        low=1,
        high=10,
        step=1,
        help="Each draws its own data, weights and batches; trained side by side.",
    )
    steps: int = param(400, label="Training steps", low=0, high=20_000, step=50, help="Of each method.")
    batch: int = param(
        128, label="Batch", low=16, high=1024, step=16, help="An InfoNCE bound never exceeds log2 of it."
    )
    width: int = param(
        128,
        label="Width",
        low=8,
        high=512,
        step=8,
        help="Hidden units of the encoders and critics (channels of picture encoders: a quarter).",
    )
    layers: int = param(2, label="Hidden layers", low=1, high=4, step=1, help="Of the encoders.")
    embedding: int = param(
        32,
        label="Embedding",
        low=2,
        high=256,
        step=2,
        help="Its width, for one view: narrow ones cannot hold everything.",
    )
    rate: float = param(1e-3, label="Learning rate", low=1e-5, high=0.03, step=1e-5, widget="log")
    augment: str = param(
        "gentle",
        label="Augmentation",
        choices=("gentle", "strong"),
        help="gentle: small noise, a tenth hidden (pictures: small shifts, light, noise). strong: halves swapped as well (pictures: hue, large holes). "
        "Data that make their own positive pairs use those.",
    )
    latents: str = param(
        "sampled",
        label="Latents of VAE, DVSIB, DVCCA",
        choices=("sampled", "means"),
        help="What the probes read of a stochastic encoder. sampled: latents as they are drawn. means: their means, which keep in their last digits what "
        "a drawn latent has lost.",
    )
    looks: int = param(
        14,
        label="Evaluations",
        low=2,
        high=60,
        step=1,
        help="How often the probes are evaluated while a method trains.",
    )
    seed: int = param(1, label="Seed", low=0, high=2**31 - 1, step=1, help="The first one; the others follow it.")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_methods(self.chosen())
        two_views(self.data)

    def chosen(self) -> tuple[Objective, ...]:
        """The objectives that are trained, in order."""
        return objectives(self.methods)

    def views(self) -> View:
        """The declaration of the data."""
        return two_views(self.data)

    def title(self) -> str:
        """What is run, in words."""
        titles = [o.title for o in self.chosen()]
        names = ", ".join(titles) if len(titles) < 4 else f"{len(titles)} methods"
        return f"{names} on {self.views().title.lower()}, {self.seeds} seed{'s' if self.seeds > 1 else ''}"

    def seconds(self) -> float:
        """As `Task.seconds`; picture encoders cost fifteen times as much as those of columns."""
        pictures = 15.0 if "trifeature" in self.data else 1.0
        return len(self.chosen()) * self.seeds * (1.0 + self.steps * update_seconds(self) * pictures)


@task
class FactorClSweep(Task):
    """Accuracy over the view-specific share of the label, for all methods; all ratios and seeds are one computation."""

    kind = "factorcl-sweep"
    version = 2
    program = "mmexplore.labs.losses.train.sweep:run"

    methods: str = FactorCl.field("methods")
    side: str = param(
        "both",
        label="View-specific factors of",
        choices=("both", "first"),
        help="both: w1 and w2 in equal parts, as in the paper. first: w1 alone.",
    )
    label: str = param("linear", label="Label", choices=("linear", "network"))
    ratios: int = param(5, label="Ratios", low=2, high=11, step=1, help="From all shared to all view-specific.")
    rows: int = param(5000, label="Rows", low=500, high=40_000, step=500)
    seeds: int = FactorCl.field("seeds")
    steps: int = FactorCl.field("steps")
    batch: int = FactorCl.field("batch")
    width: int = FactorCl.field("width")
    layers: int = FactorCl.field("layers")
    embedding: int = FactorCl.field("embedding")
    rate: float = FactorCl.field("rate")
    augment: str = FactorCl.field("augment")
    latents: str = FactorCl.field("latents")
    looks: int = param(6, label="Evaluations", low=2, high=30, step=1)
    seed: int = FactorCl.field("seed")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_methods(self.chosen())

    def chosen(self) -> tuple[Objective, ...]:
        """The objectives that are trained, in order."""
        return objectives(self.methods)

    def unique_ratios(self) -> tuple[float, ...]:
        """The shares of the label's variance from view-specific factors, from 0 to 1."""
        return tuple(k / (self.ratios - 1) for k in range(self.ratios))

    def views(self, ratio: float) -> View:
        """The declaration of the data at one ratio."""
        unique1, unique2 = (10 * ratio, 0.0) if self.side == "first" else (5 * ratio, 5 * ratio)
        text = f"factors?shared={10 - 10 * ratio!r}&unique1={unique1!r}&unique2={unique2!r}&label={self.label}&rows={self.rows}"
        return two_views(text)

    def title(self) -> str:
        """What is run, in words."""
        return f"{len(self.chosen())} methods over {self.ratios} view-specific shares of the label, {self.seeds} seeds"

    def seconds(self) -> float:
        """As `Task.seconds`: all ratios side by side, at half the cost of one after the other."""
        return len(self.chosen()) * self.seeds * self.ratios * (0.5 + 0.5 * self.steps * update_seconds(self))


def update_seconds(task: FactorCl | FactorClSweep) -> float:
    """Seconds of one update of one method and seed, probes included, on the machine of `Task.seconds`."""
    return 0.010 * task.width / 64 * (0.3 + 0.35 * task.layers) * (0.6 + 0.4 * task.batch / 128)


def check_methods(chosen: tuple[Objective, ...]) -> None:
    """Refuse baselines among the methods: they are measured anyway."""
    for o in chosen:
        if o.name in BASELINES:
            raise BadSpec(f"methods names {o.name!r}; raw inputs and an untrained encoder stand in every table anyway")
