"""The Results page.

shared          computed once for all visitors
results_state   what the page is set to, and its link
written_out     short forms of the kept results, in words
charts          charts of tables, of the paper's figures, of denoisers
questions       the paper's claims as questions, and their answers
claims          what the paper says, what we measured
losing          where even the best network loses
weights         quality against what a denoiser costs
denoisers       networks and filters over the noise level
figures         the paper's figures, redrawn
tables          the paper's tables beside our numbers
lesson_part     the claims as a part of a lesson
"""
