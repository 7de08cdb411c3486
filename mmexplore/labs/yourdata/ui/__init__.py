"""The parts of the Your data page: the data and their roles, the settings, the answer, and what may be asked of it."""

from mmexplore.labs.yourdata.study import Study
from mmexplore.ui.state import PageState

OF_STATES = {
    "table": "Table",
    "numbers": "Numbers",
    "enough": "Enough rows?",
    "binning": "Binning",
    "what-if": "What if",
    "slices": "Slices",
    "unbinned": "Without bins",
    "data": "Data",
    "report": "Report",
}
OF_DATA = {
    "samples": "Samples",
    "rows": "Which rows?",
    "what-if": "What if",
    "subgroups": "Subgroups",
    "predictors": "Predictors",
    "numbers": "Numbers",
    "pairs": "All pairs",
    "bins": "What do my bins keep?",
    "unbinned": "Without bins",
    "data": "Data",
    "report": "Report",
}
FOLDS = {
    "table": "The table",
    "enough": "Enough rows a cell?",
    "binning": "How the states are made, and their number",
}
STATE: PageState[Study] = PageState(
    "yourdata",
    Study,
    tabs=OF_STATES | OF_DATA,
    folds=FOLDS,
    charts={
        "rows.by": "redundancy|unique1|unique2|synergy",
        "samples.directions": "principal|discriminant",
        "samples.colour": r"target|right|states|\d{1,3}",  # a number: the column at this place
    },
)
