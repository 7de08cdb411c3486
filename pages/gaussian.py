"""Two modalities that are vectors: what do they tell about a vector?"""

from mmexplore.labs import show

show("gaussian")
