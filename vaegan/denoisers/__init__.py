"""Beside others: classical filters, and the networks compared with them.

filters      the filters that people know, as baselines
tuning       their parameters, chosen on training digits; filters.json has what was found
comparison   models, an autoencoder and filters on the same noisy digits; comparison.json has what was found
report       the comparison as Markdown, and where the models lose
"""
