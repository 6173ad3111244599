"""How a model learns: `train(config, data)` is an iterator of events, and other modules keep what happened.

routing      which loss moves which network
optimisers   Adam, learning-rate schedules, precision
events       what happens in a training run, step by step
batches      which digits a run trains on, in which order, under which noise
average      weights averaged over steps
version      a hash of the code that decides the weights
loop         train(config, data) -> events; resumes bit for bit
dissection   a training step taken apart: which loss moves which network, one batch in slow motion
following    one digit through the networks, layer by layer
fitting      the fitted prior of a trained model, when its run ends or later
finish       a finished run -> checkpoint and card
journal      events as lines of a file that is written and read at the same time
curves       a run's numbers as short curves, and as a CSV table
recording    what the command `train` keeps: CSV, and files for TensorBoard
"""

from vaegan.training.loop import start_from, train

__all__ = ["start_from", "train"]
