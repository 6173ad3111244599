"""The weights averaged over steps: what a run with the setting `ema` shows and saves."""

from copy import deepcopy

import torch
from torch import Tensor

from vaegan.model.networks import VAEGAN


class Average:
    """A network whose encoder and decoder follow those of another slowly, BatchNorm's running statistics too.

    Its discriminator is the other's own at each step: it is an opponent, and nobody looks at pictures of it. It begins
    as the other is now.
    """

    def __init__(self, model: VAEGAN, decay: float) -> None:
        self.model = deepcopy(model)
        self._decay = decay
        self._slow: tuple[list[Tensor], list[Tensor]] = ([], [])  # of the average, and of the other
        self._copied: tuple[list[Tensor], list[Tensor]] = ([], [])
        followed = model.state_dict()
        for name, own in self.model.state_dict().items():
            slow = own.is_floating_point() and not name.startswith("discriminator.")  # a counter has no average
            for tensors, tensor in zip(self._slow if slow else self._copied, (own, followed[name]), strict=True):
                tensors.append(tensor)

    @torch.no_grad()
    def follow(self, step: int) -> None:
        """Move towards the other network's weights of now; further in early steps, to forget the random beginning."""
        share = 1 - min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(*self._slow, share)
        torch._foreach_copy_(*self._copied)
