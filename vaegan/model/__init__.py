"""What it is: the networks, their losses, and latent space.

networks   VAEGAN = encoder + decoder + discriminator, with BatchNorm or without
losses     pure functions with their sources
latent     latent space as geometry: ways through it, a plane, densities
atlas      where a model's digits lie on such a plane
"""

from vaegan.model.networks import VAEGAN, Posterior, build, restore, sample

__all__ = ["VAEGAN", "Posterior", "build", "restore", "sample"]
