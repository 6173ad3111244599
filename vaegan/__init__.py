"""VAE-GAN on MNIST, with BatchNorm and without: the names a notebook would import.

from vaegan import NoiseConfig, Studio, load, preset, train

studio = Studio.open("conv-bn")
result = studio.denoise(digit, NoiseConfig(kind="gaussian", level=0.5))  # digit: float32 (28, 28) in [0, 1]
"""

from vaegan.config import LossWeights, ModelConfig, NoiseConfig, TrainConfig, TrainingNoise
from vaegan.data.mnist import Digits, load, load_sample
from vaegan.data.noise import NOISES, corrupt
from vaegan.errors import VaeganError
from vaegan.metrics import evaluate
from vaegan.model.networks import VAEGAN
from vaegan.model.parts import Posterior
from vaegan.presets import PRESETS, preset
from vaegan.studio import Studio, add_noise
from vaegan.training.loop import train

__all__ = [
    "NOISES",
    "PRESETS",
    "VAEGAN",
    "Digits",
    "LossWeights",
    "ModelConfig",
    "NoiseConfig",
    "Posterior",
    "Studio",
    "TrainConfig",
    "TrainingNoise",
    "VaeganError",
    "add_noise",
    "corrupt",
    "evaluate",
    "load",
    "load_sample",
    "preset",
    "train",
]
