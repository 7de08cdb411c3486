"""What if the rows were other ones? Changes of measured data before they are counted, and subgroups of rows."""

from mmexplore.whatif.rows import Changed, RowWhatIf, groups_text, names_text
from mmexplore.whatif.subgroups import Subgroup, subgroups

__all__ = ["Changed", "RowWhatIf", "Subgroup", "groups_text", "names_text", "subgroups"]
