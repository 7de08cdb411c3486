"""What are redundancy, uniqueness and synergy? One screen, a live miniature, and the way on."""

from mmexplore.labs import show

show("home")
