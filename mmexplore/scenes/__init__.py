"""What each page shows, as plain code: the view as one frozen spec, what follows from it, and the script that gives the same numbers.

Nothing here imports Streamlit: a link, an undo step, a cache key and an exported script are all the same spec.
"""
