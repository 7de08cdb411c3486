"""The landing page's parts: what the atoms are, a miniature to try it on, and examples to start from."""

from __future__ import annotations

import streamlit as st

from mmexplore.dialgrid import grid_scene
from mmexplore.info.pid import pid
from mmexplore.scene import Scene
from mmexplore.ui.dial import dial
from mmexplore.ui.grids import answer, scene_grid
from mmexplore.ui.words import ATOM_WORDS, reading

DECOMPOSE = "pages/decompose.py"

# atom -> an everyday case and the taxonomy's word for it (Liang, Zadeh & Morency 2022, arXiv 2209.03430)
_CARDS = {
    "redundancy": ("A smile and a cheerful voice: either one tells the mood.", "equivalence, enhancement"),
    "unique1": ("Only the picture shows the colour of the car.", "independence, dominance"),
    "unique2": ("Only the caption names the person.", "independence, dominance"),
    "synergy": ("Sarcasm: the words say yes, the tone says no; the meaning is in the clash.", "modulation, emergence"),
}

_EXAMPLES = (
    ("Smiling while joking (AND)", {"gate": "and"}, "Redundant and synergistic at once"),
    ("Sarcasm (XOR)", {"gate": "xor"}, "Pure synergy: each alone tells nothing"),
    (
        "From redundancy to synergy",
        {"source": "mix", "gate": "rdn", "other": "xor"},
        "Mix two worlds under your finger",
    ),
    ("Two clouds, turned", {"gate": "gaussians"}, "Unique information becomes shared"),
    ("Tumours: mean and worst cell", {"source": "real", "real": "breast_cancer"}, "Real data, mostly redundant"),
    ("Irises: sepal and petal", {"source": "real", "real": "iris"}, "Real data, the petal knows more"),
    ("Odd or even, from half images", {"source": "real", "real": "digits_parity"}, "Real data with synergy"),
    ("Draw your own table", {"source": "draw"}, "Any p(x1, x2, y), any what-if"),
)

_MIX = Scene(source="mix", gate="rdn", other="xor", mix=0.5, dial_x="mix", dial_y="noise")


def cards() -> None:
    """Redundancy, the two unique parts and synergy, each in two sentences."""
    for column, (atom, (case, taxonomy)) in zip(st.columns(4), _CARDS.items(), strict=True):
        words = ATOM_WORDS[atom]
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{words.title} · {words.symbol}**")
            st.markdown(words.sentence)
            st.caption(f"{case} *({taxonomy})*")


@st.fragment
def miniature() -> None:
    """A dial that walks from a redundant world to a synergistic one."""
    grid, _tables, _ = scene_grid(_MIX)
    key = "home.dial"
    at = st.session_state.get("home.at", (_MIX.mix, _MIX.noise))
    scene = _MIX.put(mix=at[0], noise=at[1])
    result = pid(scene.table())
    st.subheader("Try it: two modalities that agree, or that must be combined", anchor=False)
    st.markdown(
        "At the left end both modalities show the same bit (redundancy); at the right end the target is their exclusive "
        f"or (synergy). Now: {reading(result, scene.names())}"
    )
    dial(
        grid,
        at,
        key=key,
        views=("bars", "diagram", "curve"),
        exact=answer(scene, result, at),
        names=scene.names(),
        title=grid_scene(scene).title(),  # without the dial's own values: what stands still is not sent again
        compact=True,
        on_commit=lambda value: st.session_state.__setitem__("home.at", (round(value[0], 6), round(value[1], 6))),
    )


def examples() -> None:
    """Links into the Decompose page."""
    st.subheader("Start from an example", anchor=False)
    columns = st.columns(4)
    for index, (label, values, why) in enumerate(_EXAMPLES):
        with columns[index % 4].container(border=True, height="stretch"):
            st.page_link(
                DECOMPOSE, label=label, query_params=Scene().put(**values).to_query(), icon=":material/arrow_forward:"
            )
            st.caption(why)
    st.caption(
        "The decomposition is that of Bertschinger, Rauh, Olbrich, Jost & Ay 2014 (arXiv 1311.2852), also used by Liang et al. "
        "2023 (arXiv 2302.12247); other definitions are one click away. Words in italics: Liang, Zadeh & Morency 2022 (arXiv 2209.03430)."
    )
