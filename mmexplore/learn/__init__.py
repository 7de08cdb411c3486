"""Everything that is trained: the only folder that needs torch, executed in worker processes and never imported by the server."""
