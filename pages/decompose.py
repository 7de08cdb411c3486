"""What do these two modalities tell about the target?"""

from mmexplore.labs import show

show("decompose")
