"""What does compression keep, and what does it discard?"""

from mmexplore.labs import show

show("knob")
