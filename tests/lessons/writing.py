"""A lesson file as a teacher would write one, to be changed by tests."""

LESSON = """schema = 1
title = "Two questions"
summary = "What noise does."
teacher = "Let them guess."

[[step]]
title = "More noise"
goal = "See it fall."
minutes = 1
setup = "Denoise?pair=conv&level=20"
do = "Move the slider up."
until = ["level >= 60"]
reveal = "It falls."
because = "Noise hides pixels."
typical = "They say it stays."
[step.ask]
kind = "choice"
question = "What will happen?"
right = "b"
[[step.ask.option]]
text = "Nothing"
wrong = "Noise takes something away."
[[step.ask.option]]
text = "It gets worse"

[[step]]
title = "How far?"
goal = "Put a number on it."
minutes = 2
setup = "Denoise?pair=conv&level=50"
reveal = "To 20 dB."
because = "Half of it is hidden."
typical = "10"
[step.ask]
kind = "number"
question = "How many dB are left?"
least = 0
most = 30
unit = "dB"
truth = 20
within = 2
low = "More is left."
high = "Less is left."
"""
