"""What a denoiser weighs: its numbers, the bytes they take where they are kept, and the multiply-adds of one digit."""

from pathlib import Path

import safetensors.torch
from pydantic import BaseModel, ConfigDict

from vaegan.checkpoint.files import Checkpoint
from vaegan.model.cost import cost_of

CLEANING = ("encoder.", "decoder.")  # how the names of those weights begin that clean a digit


class Weight(BaseModel):
    """The weight of a network's encoder and decoder; its discriminator cleans nothing. A classical filter weighs 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: int  # that training moves
    bytes: int  # as stored, with the running statistics of BatchNorm
    multiply_adds: int  # of one digit's way through both


def weigh(checkpoint: Checkpoint, file: Path) -> Weight:
    """The weight of a checkpoint that is kept in the safetensors file `file`."""
    model = checkpoint.build()
    stored = safetensors.torch.load_file(file)  # with the types they are stored in, which may be shorter than in use
    cost = cost_of(checkpoint.card.config.model)
    return Weight(
        parameters=sum(value.numel() for part in (model.encoder, model.decoder) for value in part.parameters()),
        bytes=sum(value.nbytes for name, value in stored.items() if name.startswith(CLEANING)),
        multiply_adds=cost.encoder.forward + cost.decoder.forward,
    )
