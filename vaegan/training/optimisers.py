"""The two Adam optimisers, their learning-rate schedules, and what the machine is asked for: precision and memory."""

import torch
from torch.optim import AdamW, Optimizer
from torch.optim import lr_scheduler as schedulers

from vaegan.config import TrainConfig
from vaegan.errors import ConfigError
from vaegan.model.networks import VAEGAN
from vaegan.training.routing import network_parameters

PER_STEP = ("cosine", "one-cycle")  # schedules that move after each step and know the run's whole length
KEPT_BYTES = 31 * 2**20  # just below the most that glibc's malloc learns from


def optimizers(model: VAEGAN, config: TrainConfig) -> list[Optimizer]:
    """Adam for the VAE part and Adam for the GAN part; decoupled weight decay (Loshchilov & Hutter 2019), 0 is Adam."""
    own = network_parameters(model)
    vae, disc = [*own["encoder"], *own["decoder"]], own["discriminator"]
    return [
        AdamW(parameters, lr=lr, betas=(config.beta1, 0.999), weight_decay=config.weight_decay, fused=True)
        for parameters, lr in ((vae, config.lr), (disc, config.disc_lr or config.lr))
    ]


def make_schedule(
    optimizer: Optimizer, config: TrainConfig, batches: int
) -> schedulers.LRScheduler | schedulers.ReduceLROnPlateau:
    """The learning rate's course over a run of `config.epochs` passes of so many batches; torch's own schedulers."""
    steps, lr = config.epochs * batches, optimizer.param_groups[0]["lr"]
    match config.schedule:
        case "constant":
            return schedulers.ConstantLR(optimizer, factor=1.0)
        case "step":
            return schedulers.StepLR(optimizer, config.step_epochs, config.decay)
        case "cosine":
            return schedulers.CosineAnnealingLR(optimizer, steps)
        case "one-cycle":
            return schedulers.OneCycleLR(optimizer, lr, total_steps=steps + 1, cycle_momentum=False)
        case "plateau":
            return schedulers.ReduceLROnPlateau(optimizer, factor=config.decay, patience=config.plateau_epochs)


def check_precision(config: TrainConfig) -> None:
    """ConfigError if the processor lacks what `config` asks for."""
    if config.precision == "bfloat16" and not has_bfloat16():
        raise ConfigError("precision bfloat16: this processor has no bfloat16 instructions; use float32")


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 matrices itself; emulated, they are slower than float32."""
    capabilities = torch.cpu.get_capabilities()
    return any(bool(capabilities.get(name)) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def keep_freed_memory() -> None:
    """Have what a step frees at hand for the next: a tenth of the time at batch 2000.

    glibc's malloc gives large blocks back to the system, which hands them out page by page again, until it has seen a
    larger one freed (`M_MMAP_THRESHOLD` in mallopt(3)); other allocators take no notice.
    """
    torch.empty(KEPT_BYTES, dtype=torch.uint8)
