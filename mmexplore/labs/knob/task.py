"""Dial compression against what is kept: one network, trained once, that answers every setting of the knobs.

The method's loss is divided by beta, so that at every setting the same information is asked for and compression gets cheaper:

    L / beta = sum of rates / beta - (sum of shared terms + gamma sum of reconstructions)

and one network with log beta and gamma as further inputs (FiLM: Perez et al. 2018; trained over sampled settings: Dosovitskiy &
Djolonga 2020) is trained over log beta uniform and gamma on `GAMMAS`' dial; gamma = 0 has weights of its own, since a network that also
learns to reconstruct views does not find what gamma = 0 asks for (so the step from 0 to the first gamma may be a jump). Both learn from a batch
of rows in every update (`mmexplore.labs.knob.train.learner` says what an update is made of). Matched latents open by jumps at gamma = 0,
which a network that is a smooth function of beta turns into slopes: next to a jump it is worse than a network of a single setting. Compared with closed
forms that weigh a reconstruction by itself, theirs is beta times this gamma. All informations are in nats and say so; 1 nat = 1.4427 bit.

What a run holds
================

Sizes: B settings of beta and G of gamma (41 x 11 for a conditioned network; 1 where a knob does not act or is fixed), L latents, K
dimensions of each, T loss terms, N plotted rows and the first M of them as sample items (rows held out of training), F factors,
E rare features, dx and dy columns. float arrays are float32 unless said otherwise; nan = does not apply there.

``run.arrays("grid")``
----------------------
The dial
  beta (B,) float64, rising; gamma (G,) float64, rising, from 0
  latents (L,) text: "Zx", "Zy", "Z", "Wx", "Wy" in the order of the encoder graph; latents[0] is "the" latent
  terms (T,) text: symbols of the loss terms, "I_E(X;Zx)", "I_D(Y;Zx)", "I(Zx;Zy)"
Rows
  rows_fitted, rows_judged () int32   training rows that readers are fitted on, held-out rows that everything is judged on: the first 1,024
                           and 768, or all there are; the same for every method and for raw views and untrained networks. (The information on
                           Gaussian coordinates, which is scored against exact theory, is of 4,096 and 4,096 rows, for every method.)
Rates and informations (held-out samples)
  term_nats (B,G,T)        each term. I_D of a view is H + E log q with H the entropy of a Gaussian of the view's column
                           variances: what the reconstruction gains over knowing the columns' spread
  rate_nats (B,G,L)        rate: mean KL(q(z|.) || N(0,I)), the sum over dimensions
  information_nats, information_high_nats (B,G,L)   I(X;Z) of every latent between two bounds (Poole et al. 2019): of the encoder against its
                           own mean over 256 rows, with and without the row itself; at most log 256, and at most the rate
  kl_nats (B,G,L,K)        the same per dimension; dimensions in one order for all settings, the most used first
  relevance_nats (B,G)     I(latents[0]; Y) by an independent estimator on held-out rows: the vertical of the information plane. At least
                           mutual_nats where that is of the same latent: Zy is made from Y
  relevance_error_nats (B,G)  its standard error over rows
  relevance_bound_nats (B,G)  training's own score: the sum of the shared terms (of reconstructions where none is shared). A decoder's term is
                           no bound of an information: the entropy of independent Gaussian columns stands in for that of the view
  relevance_ceiling_nats ()   what the estimator can show at most (log of the samples in a score matrix); nan = no ceiling
  mutual_nats, mutual_error_nats (B,G)  I(Zx;Zy) by an independent estimator; only for methods with Zx--Zy: the higher of two InfoNCE bounds on
                           held-out rows, of critics of its own and of the density ratio of the latents' canonical correlations. At gamma = 0 of
                           Gaussian data, where exact theory speaks of it, of 4,096 rows
  label_nats (B,G,L)       information of the latent on the label from below: H(label) less the held-out cross entropy of the logistic probe;
                           only for labelled data
  label_entropy_nats ()    H(label)
Exact answers (only for Gaussian data)
  correlations (R,) float64   the true canonical correlations
  excess_nats (B,G)        excess Lagrangian (rate/beta - information) - the exact minimum, >= 0 up to sampling noise. One encoder:
                           rate of latents[0], relevance_nats, Gaussian IB. Symmetric: both rates, mutual_nats, symmetric IB
What is kept
  factors (F,) text, factor_kind (F,) text "shared" | "x" | "y" | "synergy" | "label", factor_score (F,) text "accuracy" | "R²"
  kept (B,G,L,F)           score of the linear probe on *sampled* latents, on held-out rows: multinomial logistic regression for classes, ridge
                           regression on the latent and 24 random features of it for numbers
  kept_mean (B,G,L,F)      the same probe on posterior means: the trap
  kept_mlp (B,G,L,F)       score of an MLP probe (one hidden layer) on sampled latents; trained at the settings mlp_beta x mlp_gamma and
                           interpolated between them in their place on the dial
  factor_chance (F,)       score of knowing nothing; factor_raw, factor_raw_mlp (2,F) scores of the same probes on the raw X and the raw Y;
  factor_untrained, factor_untrained_mlp (L,F)   on the means of untrained encoders
Pictures
  rows (N,) int32          numbers of the plotted rows in the data; scatter_range () float: code c stands for -range + 2 range c / 255
  scatter (B,G,L,N,2) uint8, scatter_mean (B,G,L,N,2) uint8   sampled latents and means in two directions: the dimensions
                           themselves for K <= 2, else the plane of the most used directions, turned to move smoothly over settings
                           (the noise of a row is the same at all settings)
  row_factors (N,F)        values of the factors; a class factor holds codes into class_names
  class_names (C,) text    names of the label's classes; empty without a label
  item_x (N,dx) uint8, item_y (N,dy) uint8                     the rows themselves, coded
  recon_x (B,G,M,dx) uint8, recon_y (B,G,M,dy) uint8           reconstructions from the sampled latents
  low_x, high_x (dx,), low_y, high_y (dy,)  code c stands for low + (high - low) c / 255
  image_x (2,), image_y (2,) int32: height and width if the columns are pixels, else 0, 0; columns_x (dx,), columns_y (dy,) text
  told_x, told_y () bool   whether the method trains on predicting this view; if not, a decoder beside it shows what could be predicted
What is discarded
  column_kept_x (B,G,dx), column_kept_y (B,G,dy) float16       R² of each column's reconstruction, held-out
  residual_x (B,G,N), residual_y (B,G,N) float16               mean squared residual of each plotted row, 1 = the mean variance
  rare (E,) text           rare features of X (held by 1 to 10 % of rows) that predict the label, or Y where there is none; E may be 0
  rare_share (E,), rare_nats (E,)  how rare, and the information of one occurrence in nats, on average, for one who knows nothing else
  rare_rows (N,E) bool     which of the plotted rows have them
  rare_gain_nats (B,G,E)   what one occurrence still adds about the label (or Y) for one who knows all of the latents (sampled), in nats, by
                           the MLP probe on held-out rows that have it; nan of too few rows. See `mmexplore.labs.knob.train.rare_features`
  rare_gain_error_nats (B,G,E)  its standard error over rows. The alarm: the gain is above 0 beyond chance and more than half of rare_nats

``run.frames()``: at most 31
----------------------------
numbers: loss (mean of L / beta since the last frame), one number a term as ``train.<symbol>`` (over the sampled settings, nats) and, on
held-out rows at the middle of the dial (the middle beta; gamma 1/16 where gamma acts): rate_nats, relevance_nats (independent),
relevance_bound_nats, mutual_nats, label_nats, excess_nats
arrays: a coarse grid (9 x 3 settings) with the names, meanings and dtypes above: beta, gamma, rate_nats, kl_nats, relevance_nats,
relevance_bound_nats, kept, label_nats, excess_nats, and at the middle of the dial (B = G = 1) scatter, recon_x, recon_y. What never
changes (latents, factors, rows, items, ranges, names) is in ``run.arrays("about")``, kept before the first frame.

``run.result()``
----------------
method, data (titles), n_train, n_held_out, n_fitted, n_judged, settings, parameters (weights of the network), seconds {train, judge, grid}, estimator
(words: how relevance_nats was found), grid_bytes, and the ceilings
in words.

Tasks of this kind
==================
`Knob` trains one network over all settings (``networks="conditioned"``), one for a single setting (``"fixed"``), or one of its own for each
of nine settings of beta at a single gamma (``"separate"``), which checks the first.
"""

from __future__ import annotations

import math

import numpy as np

from mmexplore.errors import BadSpec
from mmexplore.labs.knob.methods import method as method_named
from mmexplore.labs.knob.methods import methods
from mmexplore.runs.task import Task, param, task

BETA_SETTINGS = 41
SEPARATE_SETTINGS = 9
# The dial of gamma: nothing, then doublings up to 4; the place on the dial, 0 to 10, is what the network is conditioned on.
GAMMAS = (0.0, *(2.0**k for k in range(-7, 3)))

_NETWORKS = ("conditioned", "fixed", "separate")


def nearest_gamma(gamma: float) -> float:
    """The one of `GAMMAS` that is nearest on their dial: in steps from 0 to the first, then in doublings."""
    first = GAMMAS[1]
    place = [g / first if g <= first else 1.0 + math.log2(g / first) for g in (gamma, *GAMMAS)]
    return GAMMAS[min(range(len(GAMMAS)), key=lambda k: abs(place[k + 1] - place[0]))]


@task
class Knob(Task):
    """Train one method of the periodic table on two views."""

    kind = "knob"
    version = 2
    program = "mmexplore.labs.knob.train.program:run"

    method: str = param(
        "dvib", label="Method", choices=methods(), help="Which graphs: what is compressed and what is predicted."
    )
    data: str = param("warped-gaussian", label="Data", help="Two views: a name and its settings.", max_length=4000)
    latent: int = param(4, label="Latent dimensions", low=1, high=32, step=1, help="Dimensions of each latent.")
    networks: str = param(
        "conditioned",
        label="Networks",
        choices=_NETWORKS,
        help="One conditioned on the knobs; one for a single setting; or one of its own for each of nine betas.",
    )
    beta: float = param(
        8.0, label="Beta", low=0.1, high=1024.0, help="For networks of a single setting: large keeps more."
    )
    gamma: float = param(
        1.0, label="Gamma", low=0.0, high=4.0, help="For networks of a single gamma: weight of reconstructing a view."
    )
    low: float = param(
        1.0,
        label="Smallest beta",
        low=0.1,
        high=16.0,
        step=0.5,
        help="Where the dial begins: compress more.",
        widget="number",
    )
    high: float = param(
        64.0,
        label="Largest beta",
        low=2.0,
        high=1024.0,
        step=1.0,
        help="Where the dial ends: keep more.",
        widget="number",
    )
    mi: str = param(
        "infonce",
        label="Mutual information",
        choices=("infonce", "smile", "mine"),
        help="The bound on the mutual information of two latents that is maximised.",
    )
    variance: str = param(
        "learned",
        label="Decoder variance",
        choices=("fixed", "learned", "full"),
        help="Fixed at 1; learned for each column and setting; or a learned covariance (up to 32 columns).",
    )
    network: str = param("mlp", label="Network", choices=("mlp", "linear"), help="Linear networks have exact answers.")
    width: int = param(80, label="Width", low=4, high=512, step=4, help="Units of a hidden layer.")
    depth: int = param(2, label="Hidden layers", low=1, high=4, step=1, help="Of encoders and decoders.")
    steps: int = param(
        1500, label="Training steps", low=1, high=20_000, step=100, help="Updates of the weights.", widget="number"
    )
    batch: int = param(
        512,
        label="Batch",
        low=32,
        high=4096,
        step=32,
        help="Samples of an update, over all its settings; gamma = 0 and gamma > 0 get as many each.",
    )
    rate: float = param(
        0.005,
        label="Learning rate",
        low=1e-5,
        high=0.1,
        help="Of Adam; falls along a cosine to a hundredth. Linear networks learn at four times this rate.",
    )
    seed: int = param(
        0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of the weights, the order of the samples and the noise."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low >= self.high:
            raise BadSpec(f"low is {self.low:g} and high is {self.high:g}; allowed: low below high")

    def title(self) -> str:
        """What is run, in words."""
        name = method_named(self.method).title
        on = self.data.partition("?")[0].replace("-", " ")
        extra = {
            "conditioned": "",
            "fixed": f", beta {self.beta:g} only",
            "separate": ", a network for each beta",
        }[self.networks]
        return f"{name} on {on}{extra}"

    def seconds(self) -> float:
        """As `Task.seconds`: the conditioned networks, and separate ones alike, and their reading; gamma doubles the rows and has many settings
        to be read, and matched latents cost most."""
        update = 0.0056 * (0.7 + 0.3 * self.batch / 512) * max(0.5, self.width / 80) * self.depth / 2
        conditioned_on_gamma = self.networks == "conditioned" and "gamma" in method_named(self.method).knobs
        read = 1.7 + (8.0 if conditioned_on_gamma else 1.3)
        if "dvsib" in self.method:
            return read + self.steps * update * (4.2 if conditioned_on_gamma else 3.0)
        return read + self.steps * update * (1.5 if conditioned_on_gamma else 1.3)

    def dial(self) -> tuple[np.ndarray, np.ndarray]:
        """The settings of the final grid: beta, (B,), and gamma, (G,); one setting where a knob does not act."""
        acting = method_named(self.method).knobs
        if "beta" not in acting or self.networks == "fixed":
            beta = np.array([self.beta])
        else:
            count = BETA_SETTINGS if self.networks == "conditioned" else SEPARATE_SETTINGS
            beta = np.geomspace(self.low, self.high, count)
        gamma = np.array(GAMMAS)
        if "gamma" not in acting or self.networks != "conditioned":
            gamma = np.array([self.gamma if "gamma" in acting else 1.0])
        return beta, gamma
