"""The paper made again: its tables, figures and claims beside what came of running them.

paper         what the paper prints and claims
schema        the result as a typed file, reproduction.json
rule          paired intervals over seeds, and how they become a verdict
experiments   which runs each table, figure and claim needs, as data
report        report.md and its charts
measures      what is measured of a run's weights
trainers      trains a run in this process, or on a Dask cluster
runner        trains each run once and keeps its record
evidence      means, comparisons and charts of several seeds
tables        tables beside the paper's, and the search for its denoising setting
decisions     what the numbers say of each claim
claims        the claims in one table: setting, rule, runs, decision
figures       sheets of digits, charts as data
samplers      the convolutional VAE-GAN beside its VAE, over seeds
reproduce     the whole reproduction, from a selection to its files
"""
