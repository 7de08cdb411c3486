"""The glossary: every term that a page asks for is there, and its sentences are short and mean what the library computes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mmexplore.errors import BadSpec
from mmexplore.glossary import TERMS, define

ROOT = Path(__file__).parents[1]


def test_every_term_that_a_page_names_is_in_the_glossary():
    asked = set()
    for path in (ROOT / "mmexplore").rglob("*.py"):
        for call in re.findall(r"\bterms\(([^)]*)\)", path.read_text("utf-8")):
            asked |= set(re.findall(r'"([^"]+)"', call))
    assert asked and asked <= set(TERMS)


def test_sentences_are_short_and_end():
    for name, sentence in TERMS.items():
        assert 20 < len(sentence) < 260 and sentence.endswith("."), name


def test_an_unknown_term_is_refused_with_what_there_is():
    assert list(define("synergy", "bit")) == ["synergy", "bit"]
    with pytest.raises(BadSpec, match="allowed: bit"):
        define("telling back")
