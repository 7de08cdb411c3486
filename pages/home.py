"""What are redundancy, uniqueness and synergy? One screen, a live miniature, and the way on."""

import streamlit as st

from mmexplore.ui.frame import through_app
from mmexplore.ui.home import cards, examples, miniature

through_app()
st.title("See what two modalities tell about a target", anchor=False)
st.markdown(
    "A face and a voice, an image and its caption, two sensors: what does each tell about what you want to know, "
    "and what do they tell **only together**?"
)
cards()
miniature()
examples()
