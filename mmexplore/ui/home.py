"""The landing page's parts: what the atoms are, a miniature to try it on, and examples to start from."""

from __future__ import annotations

import streamlit as st

from mmexplore.info.pid import pid
from mmexplore.scenes.compare.presets import PRESETS as CONTESTS
from mmexplore.scenes.compare.scene import CompareScene
from mmexplore.scenes.decompose.dialgrid import grid_scene
from mmexplore.scenes.decompose.scene import Scene
from mmexplore.scenes.factorcl.presets import PRESETS as LABS
from mmexplore.scenes.knob.presets import PRESETS as KNOBS
from mmexplore.spec import Spec
from mmexplore.ui.dial import dial
from mmexplore.ui.grids import answer, scene_grid
from mmexplore.ui.palette import ATOMS
from mmexplore.ui.words import ATOM_WORDS

DECOMPOSE = "pages/decompose.py"
COMPARE = "pages/compare.py"
GAUSSIAN = "pages/gaussian.py"
KNOB = "pages/knob.py"
LOSSES = "pages/learn.py"
YOUR_DATA = "pages/your_data.py"

# atom -> an everyday case and the taxonomy's word for it (Liang, Zadeh & Morency 2022, arXiv 2209.03430)
_CARDS = {
    "redundancy": ("A smile and a cheerful voice: either one tells the mood.", "equivalence, enhancement"),
    "unique1": ("Only the picture shows the colour of the car.", "independence, dominance"),
    "unique2": ("Only the caption names the person.", "independence, dominance"),
    "synergy": ("Sarcasm: words say yes, the tone says no.", "modulation, emergence"),
}

_STYLE = """<style>
.mm-atoms{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}
.mm-atoms>div{padding:.45rem .8rem .55rem;border:1px solid rgba(128,128,128,.3);border-left-width:.4rem;border-radius:.4rem;line-height:1.4}
.mm-atoms p{margin:0}
.mm-atoms .case{font-size:.875rem}
</style>"""

# heading -> label, page, view (None: the page as it opens), why
_EXAMPLES: dict[str, tuple[tuple[str, str, Spec | None, str], ...]] = {
    "The answer is known": (
        ("Smiling while joking (AND)", DECOMPOSE, Scene().put(gate="and"), "Redundant and synergistic at once"),
        ("Sarcasm (XOR)", DECOMPOSE, Scene().put(gate="xor"), "Pure synergy: each alone tells nothing"),
    ),
    "Turn a slider": (
        (
            "From redundancy to synergy",
            DECOMPOSE,
            Scene().put(source="mix", gate="rdn", other="xor"),
            "Mix two worlds and watch R turn into S",
        ),
        ("Two clouds, turned", DECOMPOSE, Scene().put(gate="gaussians"), "Unique information becomes shared"),
        ("Two vectors about a vector", GAUSSIAN, None, "Which directions are unique to whom"),
    ),
    "Measured data": (
        (
            "Tumours: mean and worst nuclei",
            DECOMPOSE,
            Scene().put(source="real", real="breast_cancer"),
            "Mostly redundant",
        ),
        ("Irises: sepal and petal", DECOMPOSE, Scene().put(source="real", real="iris"), "The petal knows more"),
        (
            "Odd or even, from half images",
            DECOMPOSE,
            Scene().put(source="real", real="digits_parity"),
            "Synergy in real data",
        ),
    ),
    "What networks keep": (
        ("A knob for compression", KNOB, KNOBS["exact"].scene(), "One latent after the other dies as you turn it"),
        ("Two pictures of one digit", KNOB, KNOBS["digits"].scene(), "Keep the class and let the rest go"),
        ("What each loss throws away", LOSSES, LABS["paper"].scene(), "CLIP loses what only one view knows"),
    ),
    "Whom to trust": (
        (
            "Ceilings",
            COMPARE,
            CompareScene().put(**CONTESTS["calibration"].values),
            "Estimates stop rising where the truth goes on",
        ),
        (
            "Synergy that no pair shows",
            COMPARE,
            CompareScene().put(**CONTESTS["product"].values),
            "One whole bit, invisible to most",
        ),
    ),
    "Yours": (
        ("Draw your own table", DECOMPOSE, Scene().put(source="draw"), "Any p(x1, x2, y), any what-if"),
        ("Open your own file", YOUR_DATA, None, "Estimates with intervals, and what to trust"),
    ),
}
_ACROSS = 3

_MIX = Scene(source="mix", gate="rdn", other="xor", mix=0.5, dial_x="mix", dial_y="noise")


def cards() -> None:
    """Redundancy, the two unique parts and synergy, each in a few words and in the colour it has in every chart."""
    items = []
    for atom, (case, taxonomy) in _CARDS.items():
        words = ATOM_WORDS[atom]
        colour = ATOMS[words.symbol].fill["light"]
        items.append(
            f"<div role='listitem' style='border-left-color:{colour}'><p><b>{words.title} ({words.symbol})</b></p><p>{words.sentence}</p>"
            f"<p class='case'>{case} <i>({taxonomy})</i></p></div>"
        )
    st.html(f"{_STYLE}<div role='list' class='mm-atoms'>{''.join(items)}</div>")


@st.fragment
def miniature() -> None:
    """A dial that walks from a redundant world to a synergistic one."""
    grid, _tables, _ = scene_grid(_MIX)
    key = "home.dial"
    at = st.session_state.get("home.at", (_MIX.mix, _MIX.noise))
    scene = _MIX.put(mix=at[0], noise=at[1])
    result = pid(scene.table())
    st.markdown(
        "**Try it.** With the first slider at its left end both modalities show the same bit (redundancy); "
        "at its right end the target is their exclusive or (synergy)."
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
    """Links into the other pages."""
    st.header("Start from an example", anchor=False)
    boxes = list(_EXAMPLES.items())
    for first in range(0, len(boxes), _ACROSS):
        for column, (heading, links) in zip(st.columns(_ACROSS), boxes[first : first + _ACROSS], strict=False):
            with column.container(border=True, height="stretch", gap="small"):
                st.markdown(f"**{heading}**")
                for label, page, view, why in links:
                    with st.container(gap=None):
                        query = {} if view is None else view.to_query()
                        st.page_link(page, label=label, query_params=query, icon=":material/arrow_forward:")
                        st.caption(why)
    st.caption(
        "The decomposition is that of Bertschinger, Rauh, Olbrich, Jost & Ay 2014 (arXiv 1311.2852), also used by Liang et al. "
        "2023 (arXiv 2302.12247); other definitions are one click away. Words in italics: Liang, Zadeh & Morency 2022 (arXiv 2209.03430)."
    )
