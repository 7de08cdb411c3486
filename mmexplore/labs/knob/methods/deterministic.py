"""The limit without noise: deterministic latents of high mutual information, by one measure or another. There is no rate, and no knob acts."""

from __future__ import annotations

from mmexplore.labs.knob.methods import Method, declare

_ENCODER, _DECODER = "X->Zx; Y->Zy", "Zx--Zy"

declare(
    Method(
        name="dsib",
        title="DSIB",
        sentence="DVSIB without noise and without reconstruction: deterministic latents of the highest mutual information.",
        encoder=_ENCODER,
        decoder=_DECODER,
        keeps="what the views share",
        discards="nothing on purpose: private parts stay where they do no harm",
        reference="Abdelaleem, Nemenman & Martini 2023, arXiv 2310.03311",
        family="deterministic",
        stochastic=False,
    )
)
declare(
    Method(
        name="clip",
        title="CLIP / InfoNCE",
        sentence="DSIB with one critic: the cosine of two latents over a learned temperature, chosen among a batch both ways.",
        encoder=_ENCODER,
        decoder=_DECODER,
        keeps="what identifies a sample among the others through both views",
        discards="more than log(batch) of information cannot be rewarded",
        reference="van den Oord, Li & Vinyals 2018, arXiv 1807.03748; Radford et al. 2021, arXiv 2103.00020",
        family="deterministic",
        stochastic=False,
        alignment="clip",
    )
)
declare(
    Method(
        name="barlow-twins",
        title="Barlow Twins",
        sentence="DSIB with Gaussian latents: their cross-correlation is driven to the identity, so that dimensions are not redundant.",
        encoder=_ENCODER,
        decoder=_DECODER,
        keeps="as many decorrelated shared directions as there are dimensions",
        discards="nothing on purpose; how strongly a direction is shared no longer shows",
        reference="Zbontar, Jing, Misra, LeCun & Deny 2021, arXiv 2103.03230",
        family="deterministic",
        stochastic=False,
        alignment="barlow",
    )
)
declare(
    Method(
        name="vicreg",
        title="VICReg",
        sentence="DSIB by three penalties: equal latents, a spread of at least one, no correlation within a view.",
        encoder=_ENCODER,
        decoder=_DECODER,
        keeps="shared directions, each view decorrelated by itself",
        discards="directions that do not agree between the views",
        reference="Bardes, Ponce & LeCun 2022, arXiv 2105.04906",
        family="deterministic",
        stochastic=False,
        alignment="vicreg",
    )
)
declare(
    Method(
        name="deep-cca",
        title="Deep CCA",
        sentence="DSIB with the Gaussian measure itself: the information of the canonical correlations of the latents.",
        encoder=_ENCODER,
        decoder=_DECODER,
        keeps="the directions of highest canonical correlation",
        discards="nothing on purpose; dependence that is no correlation is not seen",
        reference="Andrew, Arora, Bilmes & Livescu 2013, ICML; the Gaussian information is -1/2 sum log(1 - rho^2)",
        family="deterministic",
        stochastic=False,
        alignment="cca",
    )
)
