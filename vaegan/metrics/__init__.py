"""How good a model is: every number, its definition, and how it is computed.

likeness     PSNR, SSIM, losses, and what an encoder tells apart
bounds       bounds of the log-likelihood
classifier   a small digit classifier: it judges samples and cleaned digits
reading      which digit it reads in a picture, and whether it is sure
strangers    pictures that are no digits, made by formula
sceptic      a small network that has learned to tell digits from those
doubt        whether a picture shows a digit at all
samples      Fréchet distance, precision, recall and coverage of samples
subjects     the inputs from which numbers are computed, each computed once
registry     every number as one entry: name, definition, how it is computed
everything   all numbers of a model in one call
cards        the measurements that a card carries, also made again without training
markdown     tables in Markdown, as READMEs and reports have them
tables       cards as the tables of the READMEs
"""

from vaegan.metrics.everything import Evaluation, anomaly_auc, appraise, evaluate
from vaegan.metrics.likeness import psnr, ssim
from vaegan.metrics.registry import ANOMALY, CLEAN, LIKENESS, definitions

# What every number means, by its name.
DEFINITIONS = definitions(LIKENESS, CLEAN, ANOMALY)

__all__ = ["DEFINITIONS", "Evaluation", "anomaly_auc", "appraise", "evaluate", "psnr", "ssim"]
