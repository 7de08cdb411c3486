"""Methods with one encoder, of X: what is to be predicted decides what is kept."""

from __future__ import annotations

from mmexplore.labs.knob.methods import Method, declare

_DVMIB = "Abdelaleem, Nemenman & Martini 2023, arXiv 2310.03311"

declare(
    Method(
        name="beta-vae",
        title="β-VAE",
        sentence="Compress X, reconstruct X: what varies most in X is kept, whether it is informative about Y or not.",
        encoder="X->Zx",
        decoder="Zx->X",
        keeps="the directions of X with the most variance, shared or private",
        discards="what varies little in X, even if it predicts Y",
        reference="Kingma & Welling 2014, arXiv 1312.6114; Higgins et al. 2017 (whose beta is one over this one)",
        family="one sided",
    )
)
declare(
    Method(
        name="dvib",
        title="DVIB",
        sentence="Compress X, predict Y: the deep variational information bottleneck with the other view as the target.",
        encoder="X->Zx",
        decoder="Zx->Y",
        keeps="the information of X about Y, the most predictable directions first",
        discards="everything private to X",
        reference="Alemi, Fischer, Dillon & Murphy 2017, arXiv 1612.00410",
        family="one sided",
    )
)
declare(
    Method(
        name="beta-dvcca",
        title="β-DVCCA",
        sentence="Compress X, predict both views from it; at beta = 1 with decoders of variance 1 this is deep variational CCA.",
        encoder="X->Zx",
        decoder="Zx->X; Zx->Y",
        keeps="the information of X about Y, and what varies most in X itself",
        discards="what varies little in both",
        reference=f"Wang, Yan, Lee & Livescu 2016, arXiv 1610.03454; with a knob: {_DVMIB}",
        family="one sided",
    )
)
declare(
    Method(
        name="beta-dvcca-private",
        title="β-DVCCA-private",
        sentence="A shared latent from X, and a private one for each view, so that the shared one need not encode everything.",
        encoder="X->Z; X->Wx; Y->Wy",
        decoder="Z,Wx->X; Z,Wy->Y",
        keeps="in Z the information of X about Y; in Wx and Wy what is each view's own",
        discards="in Z what only X has, as far as Wx takes it",
        reference=f"Wang, Yan, Lee & Livescu 2016, arXiv 1610.03454; with a knob: {_DVMIB}",
        family="one sided",
    )
)
