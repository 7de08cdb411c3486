"""The words behind the page: which "shared" is meant, why raw and untrained rows stand in every table, and who said what."""

from __future__ import annotations

import streamlit as st

from mmexplore.labs.losses.objectives import ATOMS_KEPT, BASELINES, OBJECTIVES
from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.ui.failures import plain
from mmexplore.ui.terms import terms

_TEXT = """
**Three words that are easily mixed up.** FactorCL (Liang et al. 2023) calls *shared* the co-information I(X\u2081;X\u2082;Y) = I1 + I2 \u2212 I12,
and *unique 1* the conditional information I(X\u2081;Y|X\u2082) = I12 \u2212 I2. The decomposition splits these further: its redundancy R and synergy S
give *shared* = R \u2212 S and *unique* = U + S. So FactorCL's S is not the decomposition's S: for an XOR the one is \u22121 bit, the other +1.
On this page *shared* is never written as a letter, and synergy is always called synergy. Z_S and Z_U are names of network heads only.

**Factors and information are two things.** The generator has *shared* factors (ws) and *view-specific* ones (w1, w2). *Unique information* is an atom of a
decomposition. The paper's label depends on view-specific factors of both views and yet has no unique information at all: U1 = U2 = 0, R = .46, S = .54 bit, since
the sign of a sum needs both summands. For the four bits of the first view, names and atoms agree.

**Two layers.** A contrastive loss usually sees the representation through a projection head. *At the representation* is before the head, *at the loss* behind it; without
a head both are one. Which of them is read, and at which learning rate, moves an accuracy more than the choice of the loss: trained to the end, the layer that
CLIP's loss acts on holds what both views share and little else; the layer before a head keeps more, the longer the head and the shorter the training. Methods are compared
at the representation, which is equally wide for all. At the loss FactorCL is read from all five heads of a view, side by side, which is five times as wide.

**Why raw inputs and an untrained encoder stand in every table.** A linear probe on raw inputs can be nearly perfect when the views are wide and the
label simple, and random features keep a lot by width alone. So each method's own networks are read before training as well, at both layers. A loss has brought the
probe something only where it beats them; where it falls below, training has made the label harder to read. Published tables without these rows cannot tell the two apart. R\u00b2 of the factors, or a narrow embedding, says more
than an accuracy close to 1.

**When synergy sits at chance.** A linear probe of the two embeddings side by side cannot read an XOR, and most losses do not reward it. CoMM's loss does,
if its fusion is nonlinear; it is all or nothing, depending on seed, batch and amplitude. The page warns wherever a label of pure synergy is at chance.

**Bounds.** NCE \u2264 I \u2264 NCE-CLUB for the best critic. NCE never exceeds log\u2082 of the batch, drawn as a ceiling. NCE-CLUB is an upper bound only with
the best critic; with a poor one it may lie below the truth, so FactorCL's subtracted terms are estimates, not guarantees.

**FactorCL's conditional terms.** I(X\u2081;X\u2082|Y) is bounded with negatives of the same label (equations 13 and 14). With negatives of all labels and the label in
both inputs, the same terms stand for I(X\u2081;X\u2082|Y) + H(Y); with the label in one input, as in the public code, for I(X\u2081,Y;X\u2082). No lower bound exceeds the mean log\u2082 of the
number of rows of one label in a batch. Without labels no two rows have one condition: what the paper writes as I(X\u2081;X\u2082|X\u2081\u2032,X\u2082\u2032) is computed, there and here, as
I(X\u2081,X\u2081\u2032;X\u2082,X\u2082\u2032), and named so.

**Drawn latents.** VAE, DVSIB and DVCCA pay a rate for a latent that is drawn. Their means carry in their last digits what a draw loses, so a probe of the means sees more than
the code: the switch *Latents* shows by how much.

**Where this differs from public code.** CoMM: heads there have batch normalisation, negatives come from within an augmentation too, and the fusion is a transformer. Cross + Self: terms within
a view weigh half as much there. FactorCL: critics there are concatenated, and the label
as a condition stands in one input; IndAug is in the paper alone.

**Critics.** *Separable* critics score a pair by the inner product of two embeddings, B passes a training step; *concatenated* ones, as in the paper, take every pair
of a batch, B\u00b2 passes. Which one ran is part of the setting and of the link. *As in the public code* gives the pair's CLUB term of FactorCL-SSL each view
beside itself in place of its augmentation, as the published code does.

**Probes.** Fitted on training rows (for the four bits: on fresh rows), scored on rows neither training nor any probe has seen. Leaks and nulls (labels shuffled,
second view from another sample) stand under *Factors*.
"""

_REFERENCES = (
    "Liang, Deng, Ma, Zou, Morency & Salakhutdinov 2023, *Factorized contrastive learning*, arXiv 2306.05268",
    "Dufumier, Castillo-Navarro, Tuia & Thiran 2025, *What to align in multimodal contrastive learning?* (CoMM), arXiv 2409.07402",
    "van den Oord, Li & Vinyals 2018, arXiv 1807.03748 (InfoNCE); Cheng et al. 2020, arXiv 2006.12013 (CLUB)",
    "Radford et al. 2021, arXiv 2103.00020 (CLIP); Khosla et al. 2020, arXiv 2004.11362 (SupCon)",
    "Abdelaleem, Nemenman & Martini 2025, arXiv 2310.03311 (DVSIB, DVCCA and the rest of that family)",
    "Mukherjee, Asnani & Kannan 2019, arXiv 1906.01824 (conditional Gaussian pairs)",
    "Hermann & Lampinen 2020, arXiv 2006.12433 (Trifeature)",
    "Bertschinger, Rauh, Olbrich, Jost & Ay 2014, arXiv 1311.2852 (the decomposition)",
)
_FATE = {"kept": "kept", "lost": "lost", "ingredients": "its parts", "depends": "depends"}


def about(scene: FactorClScene) -> None:
    """Words, the methods as they are declared, references."""
    with st.container(width=900):
        st.markdown(_TEXT)
        st.markdown("**The losses, and what theory says of them**")
        head = ["loss", *ATOMS_KEPT]
        rows = [
            "| " + " | ".join([plain(cls.title), *(_FATE[f] for f in cls.keeps)]) + " |"
            for _, cls in OBJECTIVES.items()
        ]
        st.markdown("\n".join(["| " + " | ".join(head) + " |", "|:--|" + ":--|" * len(ATOMS_KEPT), *rows]))
        for name, cls in OBJECTIVES.items():
            if name not in BASELINES:
                with st.expander(cls.title, key=f"learn.about {name}"):
                    st.markdown(f"{plain(cls.sentence)} {plain(cls.why)}\n\n`{cls.formula}`\n\n{plain(cls.reference)}")
        terms(
            "contrastive learning",
            "InfoNCE",
            "representation",
            "projection head",
            "linear probe",
            "MLP probe",
            "held-out",
            "redundancy",
            "unique information",
            "synergy",
        )
        st.markdown("**References**\n\n" + "\n".join(f"- {r}" for r in _REFERENCES))
