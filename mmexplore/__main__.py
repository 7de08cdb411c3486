"""`python -m mmexplore`: the command line. See `mmexplore.cli`."""

import sys

from mmexplore.cli import main

if __name__ == "__main__":
    sys.exit(main())
