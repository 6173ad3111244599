"""Where runs live: a folder of runs, and the processes that train them. The app opens it through `jobs`.

limits         what a shared server lets one run ask for
lock           the right to write a run: one process at a time
environment    which cluster the environment names, and how many workers
cluster        the app's own small Dask cluster, a process beside it
alarms         what goes wrong in a run, in plain words, and what to change
forecast       how long a run will probably take
layout         what the files in a run's folder are called
documents      a run's small files: plan, control, status
open_journals  the journals that were read last, in bounded memory
run            one run: what there is to read of it
own_digits     digits that one run alone is trained on
runs           the folder of all runs
phases         a run's phase, and who may change it to what
queue          who is next, and when
ledger         what a worker writes, so that it may be killed at any moment
watchers       who watches which run
shift          one run on a worker: trained, paused, stopped
worker         what a Dask worker executes: the runs of a task in turns
pool           the connection to a Dask cluster
dispatch       runs on their way to the cluster, kept there until they end
jobs           submit, pause, step, stop, fork, delete: what the Train page calls
"""
