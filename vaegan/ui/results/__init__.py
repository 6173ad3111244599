"""The Results page.

results_state   what the page is set to, and the link to it
charts          bands of seeds beside the paper's values
claims          what the paper says, what we measured
denoisers       networks and filters over the noise level
figures         the paper's figures, redrawn
tables          the paper's tables beside our numbers
"""
