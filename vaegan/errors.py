"""What can go wrong, as one small tree.

    VaeganError
    ├── ConfigError       a setting is out of its range or contradicts another
    ├── ImageError        a picture cannot be read as a digit
    │   └── EmptyImageError   it can be read, and there is nothing on it
    ├── DataError         MNIST is missing, damaged or cannot be fetched
    ├── CheckpointError   a checkpoint is missing, damaged or does not fit
    ├── DivergedError     a loss, gradient or weight of a training run is no longer finite
    ├── RunError          a run is not there, cannot do what it was told, or has no cluster to run on
    ├── LessonError       a lesson's file has faults, or there is no such lesson
    └── ClassError        a class does not exist, is full, or does not take what was sent to it

Every message says what was wrong, the value, and what to do about it. Pages show it and the command line prints it,
word for word.
"""


class VaeganError(Exception):
    """Base of every error that a user can cause and mend."""


class ConfigError(VaeganError):
    """A setting is out of its range or contradicts another."""


class ImageError(VaeganError):
    """A picture cannot be read as a digit."""


class EmptyImageError(ImageError):
    """A picture was read and shows nothing."""


class DataError(VaeganError):
    """MNIST is missing, damaged or cannot be fetched."""


class CheckpointError(VaeganError):
    """A checkpoint is missing, damaged or does not fit this version."""


class DivergedError(VaeganError):
    """A loss, gradient or weight of a training run is no longer finite."""


class LessonError(VaeganError):
    """A lesson's file has faults, one a line, or there is no such lesson."""


class RunError(VaeganError):
    """A run is not there, cannot do what it was told, or has no cluster to run on."""


class ClassError(VaeganError):
    """A class does not exist, is full, or does not take what was sent to it."""
