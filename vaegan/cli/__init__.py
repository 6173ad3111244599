"""The command line, `python -m vaegan`.

options     what several commands take in the same way
flags       the training configuration as flags
speed       how fast this machine trains and denoises, beside the usual loop
measure     the commands that measure
train       the command that trains
reproduce   the command that makes the paper again
main        all of them together, and the small ones
"""
