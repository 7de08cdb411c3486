"""Plug-in: the decomposition of the rows at hand, as it is."""

from __future__ import annotations

from mmexplore.estimators.tables.corrections import CorrectionInput, Informations, correction


@correction(
    "plugin",
    label="Plug-in",
    summary="Takes the relative frequencies for the truth. Certified for these rows; synergy most of all comes out too large.",
    reference="maximum likelihood",
    centres=False,
    direct=False,
)
def plugin(asked: CorrectionInput) -> Informations:
    """The plug-in values themselves."""
    r = asked.plugin
    return Informations(r.i1, r.i2, r.i12, r.union)
