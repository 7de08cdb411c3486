"""How a study decomposes measured columns: by cross-fitted predictors of the target, without states. The settings alone."""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.estimators.pids.predictive import PredictiveSettings
from mmexplore.spec import Spec, param

ROW_ORDER = "*"  # the rows are a series in the order of the file
INDEPENDENT = "-"  # they are independent, whatever they look like
IDENTICAL = "="  # rows with the same values in all columns are one sample


@dataclass(frozen=True)
class PredictiveChoices(Spec):
    """What the headline speaks of, and how the rows were drawn."""

    decompose: str = param(
        "auto",
        label="Decompose",
        choices=("auto", "data", "states"),
        help="The data, through cross-fitted predictors of the target; or the table of states that binning makes of them. By itself: the data "
        "where a column is measured or free text, the table where all columns are few states already.",
    )
    groups: str = param(
        "",
        label="Rows repeat",
        max_length=2000,
        help="A column that says which rows belong to one subject, recording or document: no row is then predicted from others of its group, "
        "and errors, nulls and p-values are those of groups.",
        widget="select",
    )
    order: str = param(
        "",
        label="Rows are a series",
        max_length=2000,
        help="Rows that follow each other in time are alike. They are then predicted from other blocks of time, errors are those of blocks, and nulls "
        "rotate one column against the others. * is the order of the file, - says that rows are independent whatever they look like.",
        widget="select",
    )
    weights: str = param(
        "",
        label="Rows are weighted",
        max_length=2000,
        help="A column with the weight of every row: how many of the population it stands for, or how many rows it counts for.",
        widget="select",
    )
    weights_are: str = param(
        "sampling",
        label="The weights are",
        choices=("sampling", "counts"),
        help="Sampling weights: rows stand for unequal numbers of the population, and unequal weights cost rows. Counts: a row of weight 3 is three rows.",
        widget="segments",
    )
    draws: int = PredictiveSettings.field("draws")
    states_from: str = param(
        "columns",
        label="States of",
        choices=("columns", "predictions"),
        help="A table of states is made of the columns, by binning, or of what each modality's predictor says of the target on rows it was not "
        "fitted on: as many clusters of its probabilities as there are bins. The second keeps most of what the predictors found.",
        widget="segments",
    )
    modalities: str = param(
        "",
        label="Modalities",
        max_length=60_000,
        help="Two to eight groups of columns, one a line or separated by semicolons: a name, a colon, and names of columns, patterns like audio_*, or "
        "/regular expressions/ with commas between them; or the columns alone. Empty: as the names of the columns, or the arrays of the file, suggest.",
    )
