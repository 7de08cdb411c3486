"""The two bounds on Gaussian pairs of known information: NCE <= I <= NCE-CLUB, unconditional and conditional.

Pairs: d coordinates of correlation rho each, I(X1;X2) = -d/2 ln(1 - rho^2) nats. At the optimal critic NCE-CLUB is not I but the sum of
both directed divergences between joint and product law, here d rho^2 / (1 - rho^2) nats: never below 2 I. Given Z: X1 = Z + A, X2 = Z + B
with Z ~ N(0, I_d) and A, B such a pair of 2.32 nats (the truth of the paper's tables 9 and 10), so I(X1;X2|Z) = 2.32 nats; every
row of a batch shares one Z, so that the product law of the bounds is that given Z.

What the recorder gets (a contract). T = true informations, the conditional one last where it is asked for; K seeds. All in bits.

    arrays "names": truth (T,) bits; truth_nats (T,); club_exact (T,) bits: NCE-CLUB at the optimal critic; conditional (T,) 0 or 1;
        ceiling (T,): log2 of the batch.
    frames: numbers  update, updates, ceiling, loss (mean over all);  arrays  nce (T, K), club (T, K): means over `score_batches` fresh batches.
    arrays "result": nce, club (T, K): the final ones, over more batches, with nce_error, club_error (T, K): their standard errors.
    result(): truth, truth_nats, club_exact, nce, club (means over seeds), ordered: T booleans (mean nce <= truth <= mean club), ceiling, critic, seconds, device.
"""

from __future__ import annotations

from mmexplore.errors import BadSpec
from mmexplore.runs.task import Task, param, task


@task
class Bounds(Task):
    """Train one critic for each true information by InfoNCE and read both bounds off it."""

    kind = "bounds"
    program = "mmexplore.labs.losses.train.gaussian_bounds:run"

    truths_nats: str = param(
        "2,4,6,8,10", label="True informations", unit="nat", help="Numbers set apart by commas.", max_length=80
    )
    conditional: bool = param(
        True, label="Conditional pair", help="Besides, a pair of 2.32 nats given a third variable."
    )
    dims: int = param(20, label="Dimensions", low=1, high=100, step=1, help="Of each view.")
    critic: str = param(
        "separable",
        label="Critic",
        choices=("separable", "concatenated"),
        help="concatenated: the paper's, B x B passes a step.",
    )
    batch: int = param(128, label="Batch", low=16, high=1024, step=16, help="NCE never exceeds log2 of it.")
    width: int = param(128, label="Width", low=16, high=512, step=16)
    steps: int = param(1500, label="Training steps", low=100, high=20_000, step=100)
    rate: float = param(1e-3, label="Learning rate", low=1e-5, high=0.03, step=1e-4)
    seeds: int = param(3, label="Seeds", low=1, high=10, step=1)
    looks: int = param(25, label="Evaluations", low=2, high=60, step=1)
    seed: int = param(1, label="Seed", low=0, high=2**31 - 1, step=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.truths()

    def truths(self) -> tuple[float, ...]:
        """The true informations, nats."""
        try:
            truths = tuple(float(part) for part in self.truths_nats.split(",") if part.strip())
        except ValueError:
            truths = ()
        if not 1 <= len(truths) <= 12 or not all(0.0 < value <= 40.0 for value in truths):
            raise BadSpec(
                f"truths_nats is {self.truths_nats!r}; allowed: 1 to 12 numbers above 0 and at most 40, set apart by commas"
            )
        return truths

    def title(self) -> str:
        """What is run, in words."""
        return f"Bounds of {self.truths_nats} nats, {self.critic} critic, batch {self.batch}"

    def seconds(self) -> float:
        """As `Task.seconds`; a concatenated critic passes every pair of a batch."""
        passes = self.batch / 12 if self.critic == "concatenated" else 1.0
        critics = len(self.truths()) + self.conditional
        return 0.0023 * critics * self.seeds * self.steps * self.batch / 128 * max(0.3, self.width / 128) * passes
