"""What stands behind the page: the sign of beta, the bounds, the traps, what is exact, and references."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.knob.methods import method, methods
from mmexplore.labs.knob.scene import KnobScene
from mmexplore.ui.failures import plain


def about(scene: KnobScene) -> None:
    """Definitions, assumptions, traps."""
    left, right = st.columns(2)
    with left:
        st.markdown(
            "**The knob.** A method is two graphs: what is compressed (left) and what must be told from the codes (right). Its loss is the cost of the "
            "codes minus β times what they tell: *large β keeps more, small β compresses more* (one over the β of a β-VAE's own paper). γ weighs telling a view "
            "back from its own code against what the views tell each other; γ = 1 is the published loss.\n\n"
            "**The cost** of a code is the mean of KL(q(z|x) ‖ N(0, I)) on held-out rows, an upper bound of I(X;Z). **What it tells** is measured by an "
            "estimator that had no part in training, on held-out rows, with its standard error. What training believed is drawn as a dotted line: "
            "it is a bound, and often far off.\n\n"
            "**Exact.** For the warped Gaussian the curves are closed forms, since an invertible warp changes no information: the Gaussian "
            "information bottleneck for one encoder, the symmetric one for two. A trained network is scored by its excess Lagrangian over them, in nats."
        )
    with right:
        st.markdown(
            "**Traps.** *Means instead of samples*: a code is what is transmitted, noise included. Readers trained on posterior means see through the "
            "noise and find the label in a code of hardly any bits; the switch in *What is kept* shows both. *Decoders of variance 1* trace reverse "
            "water-filling and not the bottleneck; a learned variance restores it. *Collapse*: the symmetric bottleneck jumps, and a network that has fallen "
            "to nothing stays there; see *Collapse and hysteresis*. *Rare features* are cheap to lose for the mean and dear for whom they concern: the alarm in "
            "*What is lost* looks for them.\n\n"
            "**One network for all settings** is told log β and γ's place (FiLM layers) and trained over all of them; *Train live* checks it against networks of "
            "their own.\n\n"
            "**References.** Abdelaleem, Nemenman & Martini 2023 (arXiv 2310.03311) for the family; Chechik, Globerson, Tishby & Weiss 2005 (JMLR 6, 165) for the exact "
            "curve; Martini & Nemenman 2023 (arXiv 2309.05649) for the symmetric one; Dosovitskiy & Djolonga 2020 for one network over all losses; Perez et al. 2018 "
            "for FiLM."
        )
    rows = [
        f"| {'**' if name == scene.method else ''}{plain(m.title)}{'**' if name == scene.method else ''} | `{m.encoder}` | `{m.decoder}` | `{m.formula}` | {plain(m.reference)} |"
        for name in methods()
        for m in (method(name),)
    ]
    st.markdown(
        "\n".join(["| method | encoder graph | decoder graph | minimised | from |", "|:--|:--|:--|:--|:--|", *rows])
    )
