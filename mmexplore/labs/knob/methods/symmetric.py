"""Symmetric methods: each view is compressed by itself, and the mutual information of the two latents is maximised."""

from __future__ import annotations

from mmexplore.labs.knob.methods import Method, declare

_DVMIB = "Abdelaleem, Nemenman & Martini 2023, arXiv 2310.03311"

declare(
    Method(
        name="dvsib",
        title="DVSIB",
        sentence="Compress X and Y, each by itself, so that the latents share information; gamma adds reconstruction of the views.",
        encoder="X->Zx; Y->Zy",
        decoder="Zx--Zy; Zx->X; Zy->Y",
        keeps="what the views share; with gamma also what varies most in each",
        discards="at gamma = 0 everything private; at small beta everything: in theory by a jump",
        reference=_DVMIB,
        family="symmetric",
    )
)
declare(
    Method(
        name="dvsib-private",
        title="DVSIB-private",
        sentence="DVSIB with a private latent for each view, which takes over what only reconstruction needs.",
        encoder="X->Zx; Y->Zy; X->Wx; Y->Wy",
        decoder="Zx--Zy; Zx,Wx->X; Zy,Wy->Y",
        keeps="in Zx and Zy what the views share; in Wx and Wy what is each view's own",
        discards="in Zx and Zy what is private, as far as Wx and Wy take it",
        reference=_DVMIB,
        family="symmetric",
    )
)
