"""How good it is.

likeness     test loss, PSNR, SSIM, and what an encoder tells apart
bounds       bounds of the log-likelihood
classifier   a small digit classifier: it judges samples and cleaned digits
samples      Fréchet distance, precision, recall and coverage of samples
everything   every number of a model in one call
"""

from vaegan.metrics.likeness import DEFINITIONS, Evaluation, evaluate, psnr, ssim

__all__ = ["DEFINITIONS", "Evaluation", "evaluate", "psnr", "ssim"]
