"""The landing page: what the atoms are, the labs' miniatures to try, and examples to start from."""

from __future__ import annotations

import streamlit as st

from mmexplore import links
from mmexplore.lab import OWN, Example, Lab
from mmexplore.labs.registry import in_order, page_for
from mmexplore.palette import ATOMS
from mmexplore.ui.words import ATOM_WORDS

__all__ = ["page"]

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

_ACROSS = 3


def page() -> None:
    """Draw what is below the headline."""
    st.markdown(
        "A face and a voice, an image and its caption, two sensors: what does each tell about what you want to know, "
        "and what do they tell **only together**?"
    )
    cards()
    for lab in in_order():
        if lab.miniature is not None:
            lab.miniature()
    examples()


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


def groups() -> dict[str, list[tuple[Lab, Example]]]:
    """The examples of all labs by their headings, in the order in which the labs name these; one's own data come last."""
    examples: dict[str, list[tuple[Lab, Example]]] = {}
    for lab in in_order():
        for example in lab.examples:
            examples.setdefault(example.heading, []).append((lab, example))
    return dict(sorted(examples.items(), key=lambda item: item[0] == OWN))


def examples() -> None:
    """Links into the other pages."""
    st.header("Start from an example", anchor=False)
    boxes = list(groups().items())
    for first in range(0, len(boxes), _ACROSS):
        for column, (heading, listed) in zip(st.columns(_ACROSS), boxes[first : first + _ACROSS], strict=False):
            with column.container(border=True, height="stretch", gap="small"):
                st.markdown(f"**{heading}**")
                for lab, example in listed:
                    with st.container(gap=None):
                        query = links.to(lab.query(example.values))
                        st.page_link(
                            page_for(lab), label=example.label, query_params=query, icon=":material/arrow_forward:"
                        )
                        st.caption(example.why)
    st.caption(
        "The decomposition is that of Bertschinger, Rauh, Olbrich, Jost & Ay 2014 (arXiv 1311.2852), also used by Liang et al. "
        "2023 (arXiv 2302.12247); other definitions are one click away. Words in italics: Liang, Zadeh & Morency 2022 (arXiv 2209.03430)."
    )
