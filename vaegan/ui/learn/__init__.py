"""The Learn page.

answers    what learners answer, told to whoever wants to hear it
"""
