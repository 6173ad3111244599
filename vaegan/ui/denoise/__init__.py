"""The Denoise page.

digit_input   pick a digit, and see how the digit in force came about
uploading     upload a picture of one
draws         what else the digit could have been: several draws of z
tools         what is one press away: a digit, the networks, the noise, files
details       what the page shows below if asked to: a filter, error maps, steps, draws, the noise ladder
lesson_part   the stage as a part of a lesson
"""
