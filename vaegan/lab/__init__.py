"""The training lab: runs in folders that a worker writes and everyone reads. `vaegan.jobs` is its front door."""
