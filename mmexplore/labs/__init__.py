"""The labs: one folder each, found by themselves.

LABS                    every lab by name, in the order of the folders
in_order()              the same as the navigation shows them
pages(), page_for(lab)  their pages, for the navigation and for links
show("knob")            draw a lab's page (the scripts in `pages/` do no more)
place_of(task)          the lab and the view in which a run is looked at best

Labs of one's own may lie elsewhere: the environment variable ``MMEXPLORE_LABS`` names folders of labs, set apart as in ``PATH``.
"""

import os

from mmexplore.labs.registry import LABS, in_order, page_for, pages, place_of, show

__all__ = ["LABS", "in_order", "page_for", "pages", "place_of", "show"]

__path__ += [folder for folder in os.environ.get("MMEXPLORE_LABS", "").split(os.pathsep) if folder]
