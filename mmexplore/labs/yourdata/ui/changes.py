"""Before and after of a what-if, or A and B of a pin, with the interval of every difference."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mmexplore.labs.yourdata import changes
from mmexplore.labs.yourdata.answer import names_of
from mmexplore.labs.yourdata.changes import AT_ONCE, Answer
from mmexplore.labs.yourdata.headline import Headline
from mmexplore.labs.yourdata.report import Names
from mmexplore.labs.yourdata.ui import STATE
from mmexplore.labs.yourdata.ui.headline import headline_for
from mmexplore.labs.yourdata.ui.whatif import change_controls
from mmexplore.tabular import Dataset, Roles
from mmexplore.ui.failures import plain
from mmexplore.ui.pictures import side_by_side, table


def what_if(headline: Headline | None, dataset: Dataset, roles: Roles) -> None:
    """Change the rows; the answer before and after: at once where the predictors that are there can say, then by predictors of its own.

    Args:
        headline: of the changed study; None while it is made.
        dataset: the data.
        roles: which columns play which part.
    """
    study = STATE.view
    change_controls(dataset, roles)
    if not study.changed():
        st.caption(
            "Change something above: the answer before and after stand here side by side, with the interval of every difference. What only "
            "chooses rows or joins classes is answered at once, then by predictors fitted anew."
        )
        return
    before = headline_for(study.unchanged(), dataset, name="headline before")
    if before is None:
        st.caption("Both answers stand here when both are there.")
        return
    answers, missing = changes.answers_to(before, headline, study, dataset)
    if missing:
        st.caption(plain(missing))
    if headline is None:
        st.caption("The answer of predictors fitted anew stands here when their run, above, has ended.")
    if answers:
        show_changes(answers, names_of(study, roles), "what if")


def show_changes(answers: Sequence[Answer], names: Names, key: str) -> None:
    """Sentences, figures and numbers of one or two answers to a change.

    Args:
        answers: the one that is there first.
        names: of modality 1, modality 2 and target.
        key: tells two of them on a page apart.
    """
    unit, level = STATE.view.unit, STATE.view.level
    for answer in answers:
        title = f"**{answer.title}.** " if len(answers) > 1 or answer.title == AT_ONCE else ""
        st.markdown(f"{title}{plain(changes.words(answer, unit))}", help=plain(answer.means))
    shown = [
        changes.beside(answers, names, unit),
        *(changes.differences(answer, names, unit, level) for answer in answers),
    ]
    side_by_side(shown, key)
    table(changes.numbers(answers, unit), f"{key} numbers")
