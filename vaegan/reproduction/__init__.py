"""The paper made again: its tables, figures and claims beside what came of running them.

paper           what the paper prints and claims
schema          the result as a typed file, reproduction.json
rule            paired intervals over seeds, and how they become a verdict
experiments     which runs each table, figure and claim needs, as data
report          report.md and its charts
augmentation    a classifier that learns from few digits and what is made of them
measures        what is measured of a run's weights
trainers        trains a run in this process, or on a Dask cluster
side_by_side    several runs at once on one machine
runner          trains each run once and keeps its record
evidence        means, comparisons and charts of several seeds
tables          tables beside the paper's, and the search for its denoising setting
claim_runs      which runs the claims need, as data
samplers        the convolutional VAE-GAN beside its VAE, over seeds
about_losses    what losses say of claims
about_samples   what samples and pictures say of claims
claims          the claims in one table: setting, rule, runs, decision
figures         sheets of digits, charts as data
reproduce       the whole reproduction, from a selection to its files
plan            what a reproduction costs, before it begins
"""
