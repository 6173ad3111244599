"""What a training run tells, under the name that notebooks import: see `vaegan.training.events`."""

from vaegan.training.events import EndEvent, EpochEvent, Event, PreviewEvent, StepEvent

__all__ = ["EndEvent", "EpochEvent", "Event", "PreviewEvent", "StepEvent"]
