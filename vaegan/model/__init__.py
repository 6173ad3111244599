"""The networks, their losses, and their latent space.

parts      the contracts of encoder, decoder and discriminator, which every architecture keeps
dense      the paper's architecture, with BatchNorm or without
convolutional  small filters at every place, and their mirror
networks   VAEGAN = encoder + decoder + discriminator, built from its configuration
cost       how many multiply-adds a picture costs
losses     the losses as pure functions, each with its source
prior      a Gaussian mixture fitted to where an encoder puts digits, to sample from in place of N(0, I)
latent     latent space as geometry: ways through it, a plane, densities
atlas      where a model's digits lie on such a plane
"""

from vaegan.model.networks import VAEGAN, build, restore, sample
from vaegan.model.parts import Posterior

__all__ = ["VAEGAN", "Posterior", "build", "restore", "sample"]
