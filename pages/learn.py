"""Which information does a representation keep?"""

from mmexplore.labs import show

show("losses")
