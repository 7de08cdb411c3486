"""Methods with an encoder that sees both views at once: nothing has to be predicted from one view to the other."""

from __future__ import annotations

from mmexplore.labs.knob.methods import Method, declare

_DVMIB = "Abdelaleem, Nemenman & Martini 2023, arXiv 2310.03311"

declare(
    Method(
        name="beta-joint-dvcca",
        title="β-joint-DVCCA",
        sentence="Compress both views into one latent and reconstruct both: a β-VAE of the views side by side.",
        encoder="X,Y->Z",
        decoder="Z->X; Z->Y",
        keeps="what varies most in the two views together; what they share counts twice",
        discards="what varies little in either",
        reference=_DVMIB,
        family="joint",
    )
)
declare(
    Method(
        name="beta-joint-dvcca-private",
        title="β-joint-DVCCA-private",
        sentence="One latent of both views, and a private one for each.",
        encoder="X,Y->Z; X->Wx; Y->Wy",
        decoder="Z,Wx->X; Z,Wy->Y",
        keeps="in Z what pays twice, the shared; in Wx and Wy what is each view's own",
        discards="what varies little in either view",
        reference=_DVMIB,
        family="joint",
    )
)
