"""The Denoise page.

digit_input   upload or pick a digit
draws         what else the digit could have been: several draws of z
tools         what is one press away: a digit, the networks, the noise, files
details       what the page shows below if asked to: a filter, error maps, steps, draws, the noise ladder
"""
