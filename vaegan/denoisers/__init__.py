"""The networks compared with other denoisers, above all with classical filters.

filters      classical filters; filters.json has their parameters
tuning       chooses these parameters on training digits
weight       what a network weighs: parameters, bytes, multiply-adds
comparison   models, an autoencoder and filters on the same noisy digits; comparison.json has the results
report       the comparison as Markdown, and where the models lose
"""
