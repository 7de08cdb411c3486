"""What stands behind the page: the sign of beta, the bounds, the traps, what is exact, and references."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.ui.failures import plain
from mmexplore.ui.terms import terms


def about(scene: KnobScene) -> None:
    """Definitions, assumptions, traps."""
    left, right = st.columns(2)
    with left:
        st.markdown(
            "**The knob.** A method is two graphs: what is compressed (left) and what must be predicted from the latents (right). Its loss is the rate of the "
            "latents minus β times the information they keep: *large β keeps more, small β compresses more* (one over the β of a β-VAE's own paper). γ weighs the "
            "reconstruction of a view from its own latent against the information that the views share; γ = 1 with decoders of variance 1 (and "
            "MINE for the shared information) is the published loss.\n\n"
            "**The rate** of a latent is the mean of KL(q(z|x) ‖ N(0, I)) on held-out samples, an upper bound of I(X;Z). **Its information** is measured by an "
            "estimator that had no part in training, on held-out samples, with its standard error. Training's own score is drawn as a dotted line. Of a "
            "decoder it is no bound: the entropy of independent Gaussian columns stands in for H(Y), and it is often far above.\n\n"
            "**Exact.** For the warped Gaussian the curves are closed forms, since an invertible warp changes no information: the Gaussian "
            "information bottleneck for one encoder, the symmetric one for two. A trained network is scored by its excess Lagrangian over them, in nats."
        )
    with right:
        st.markdown(
            "**Traps.** *Means instead of samples*: a latent is what is transmitted, noise included. Probes on posterior means see through the "
            "noise and predict the label from a latent of hardly any bits; the switch in *What is kept* shows both. *Decoders of variance 1* trace reverse "
            "water-filling and not the bottleneck; a learned covariance restores it, a variance for each column where what is left open of the columns is uncorrelated. *Collapse*: in theory the symmetric bottleneck jumps (the dial of one conditioned network glides), and a "
            "pair of latents that has collapsed is kept so by a barrier; see *Collapse and hysteresis*. Losing *rare features* hardly changes the mean loss and matters for the samples that have them. The alarm in "
            "*What is lost* asks what one occurrence adds about the label for one who knows the latents already: a feature that can no longer be rebuilt is no loss "
            "where the latents hold what it tells.\n\n"
            "**Probes.** Classes are read by multinomial logistic regression, numbers by ridge regression on the latent and random features of it; beside them an MLP probe of "
            "one hidden layer. All methods, raw views and untrained networks are read on the same samples. A probe is a lower bound of what can be known.\n\n"
            "**One network for all settings** is conditioned on log β and γ's place (FiLM layers) and trained over all of them; *Train live* checks it against networks of "
            "their own.\n\n"
            "**References.** Abdelaleem, Nemenman & Martini 2023 (arXiv 2310.03311) for the family; Chechik, Globerson, Tishby & Weiss 2005 (JMLR 6, 165) for the exact "
            "curve; Martini & Nemenman 2023 (arXiv 2309.05649) for the symmetric one; Dosovitskiy & Djolonga 2020 for one network over all losses; Perez et al. 2018 "
            "for FiLM."
        )
    terms(
        "information bottleneck",
        "β",
        "γ",
        "rate",
        "relevance",
        "active latent",
        "collapse",
        "encoder",
        "reconstruction",
        "linear probe",
        "MLP probe",
        "canonical correlations",
    )
    rows = [
        f"| {'**' if name == scene.method else ''}{plain(m.title)}{'**' if name == scene.method else ''} | `{m.encoder}` | `{m.decoder}` | `{m.formula}` | {plain(m.reference)} |"
        for name in methods()
        for m in (method(name),)
    ]
    st.markdown(
        "\n".join(["| method | encoder graph | decoder graph | minimised | from |", "|:--|:--|:--|:--|:--|", *rows])
    )
