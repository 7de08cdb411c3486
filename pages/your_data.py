"""What are R, U and S on my data, and can I believe them?"""

from mmexplore.labs import show

show("yourdata")
