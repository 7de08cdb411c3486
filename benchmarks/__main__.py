"""`python -m benchmarks` runs the solver beside its peers; the other benchmarks are run by their own names."""

from __future__ import annotations

from benchmarks.broja import main

if __name__ == "__main__":
    main()
