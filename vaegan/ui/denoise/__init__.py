"""The Denoise page.

canvas        the drawing canvas
live          both models follow the pointer
digit_input   draw, upload or pick a digit
draws         what else the digit could have been: several draws of z
"""
