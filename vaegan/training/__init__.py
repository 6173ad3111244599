"""How it learns: `train(config, data)` as an iterator of events, and what is kept of them.

routing      which loss moves which network
optimisers   Adam, learning-rate schedules, precision
events       what happens in a training run, step by step
batches      which digits a run is fed, in which order, under which noise
version      a hash of the code that decides the weights
loop         train(config, data) -> events; resumes bit for bit
dissection   a training step taken apart: which loss moves which network, one batch in slow motion
finish       a finished run -> checkpoint and card
journal      events as lines of a file that is written and read at the same time
curves       long columns of numbers as short curves, and as CSV
recording    a run as CSV and for TensorBoard
"""

from vaegan.training.loop import start_from, train

__all__ = ["start_from", "train"]
