"""The paper made again: its tables, figures and claims beside what came of running them.

paper         what it prints and claims
schema        reproduction.json, typed: what was found
experiments   which runs each table, figure and claim needs, as data
report        report.md and its charts
measures      what is measured of a run's weights
trainers      a run made in this process, or by a Dask cluster
runner        runs made once and kept
evidence      means, comparisons and charts of several seeds
findings      tables beside the paper's, and the search for its denoising setting
decisions     what the numbers say of each claim
claims        the claims in one table: setting, rule, runs, decision
figures       sheets of digits, charts as data
reproduce     all of it, from a selection to its files
"""
