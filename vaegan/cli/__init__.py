"""The command line, `python -m vaegan`.

options     options that several commands share
flags       the training configuration as flags
speed       how fast this machine trains and denoises, beside the usual loop
measure     the commands that measure
prepare     the commands that make what measuring needs
sampling    the commands that sample, and fit what samples are drawn from
train       the command that trains
reproduce   the command that makes the paper again
lesson      the command for those who write lessons
main        joins all commands, and has the small ones
"""
