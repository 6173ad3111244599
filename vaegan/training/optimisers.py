"""The two Adam optimisers, their learning-rate schedules, and what training needs of the processor and of memory."""

from typing import Any

import torch
from torch.optim import AdamW, Optimizer
from torch.optim import lr_scheduler as schedulers

from vaegan.config import TrainConfig
from vaegan.errors import ConfigError
from vaegan.model.networks import VAEGAN
from vaegan.training.routing import network_parameters

PER_STEP = ("cosine", "one-cycle")  # schedules that move after each step and know the run's whole length
MOVING = {"last_epoch": int, "_step_count": int, "_last_lr": list}  # what changes in a schedule as a run goes on
MOVING |= {"best": float, "num_bad_epochs": int, "cooldown_counter": int}  # in one that waits for a plateau
KEPT_BYTES = 31 * 2**20  # just below the largest block that still raises malloc's threshold


def optimizers(model: VAEGAN, config: TrainConfig) -> list[Optimizer]:
    """One Adam for encoder and decoder, and one for the discriminator.

    Weight decay is decoupled (Loshchilov & Hutter 2019); with 0, AdamW is Adam.
    """
    by_network = network_parameters(model)
    vae, disc = [*by_network["encoder"], *by_network["decoder"]], by_network["discriminator"]
    return [
        AdamW(parameters, lr=lr, betas=(config.beta1, 0.999), weight_decay=config.weight_decay, fused=True)
        for parameters, lr in ((vae, config.lr), (disc, config.disc_lr or config.lr))
    ]


def make_schedule(
    optimizer: Optimizer, config: TrainConfig, batches: int
) -> schedulers.LRScheduler | schedulers.ReduceLROnPlateau:
    """How the learning rate changes over `config.epochs` passes of so many batches, by torch's own schedulers."""
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


def restore_schedule(
    schedule: schedulers.LRScheduler | schedulers.ReduceLROnPlateau, values: dict[str, Any], steps: int | None
) -> None:
    """Let a schedule go on from the `state_dict` of another; ValueError and its like if it is damaged.

    Only what moves is taken over: the rest follows from the configuration. A schedule per step must have made `steps`.
    """
    moving = {name: values[name] for name in MOVING.keys() & schedule.state_dict().keys()}
    for name, value in moving.items():
        numbers = value if MOVING[name] is list else [value]
        kinds = (int,) if MOVING[name] is int else (int, float)
        if not all(isinstance(number, kinds) and not isinstance(number, bool) for number in numbers):
            raise ValueError(f"{name} of a schedule is {value!r:.40}")
    if steps is not None and moving["last_epoch"] != steps:
        raise ValueError(f"a schedule stands at step {moving['last_epoch']} instead of {steps}")
    schedule.load_state_dict(moving)


def check_precision(config: TrainConfig) -> None:
    """ConfigError if the processor lacks what `config` asks for."""
    if config.precision == "bfloat16" and not has_bfloat16():
        raise ConfigError("precision bfloat16: this processor has no bfloat16 instructions; use float32")


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 matrices itself; emulated, they are slower than float32."""
    capabilities = torch.cpu.get_capabilities()
    return any(bool(capabilities.get(name)) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def keep_freed_memory() -> None:
    """Let the allocator keep the memory that a step frees for the next step: a tenth less time at batch 2000.

    glibc's malloc returns large blocks to the system, which hands them out again page by page. But it keeps blocks that
    are smaller than one that was freed before (`M_MMAP_THRESHOLD` in mallopt(3)), so a large one is freed here. Other
    allocators are not affected.
    """
    torch.empty(KEPT_BYTES, dtype=torch.uint8)
