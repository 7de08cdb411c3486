"""What has been trained here, and what is being trained now?"""

from mmexplore.labs import show

show("runs")
