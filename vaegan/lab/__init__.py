"""Where runs live: a folder of runs, and the processes that train them. The app opens it through `jobs`.

limits      what a shared server lets one run ask for
lock        the right to write a run: one process at a time
cluster     the app's own small Dask cluster, a process beside it
alarms      what goes wrong in a run, in plain words, and what to change
forecast    how long a run will probably take
documents   a run's small files: plan, control, status
runs        the folder of all runs, and what there is to read of each
queue       who is next, and when
ledger      what a worker writes, so that it may be killed at any moment
watchers    who watches which run
worker      what a Dask worker executes
pool        the connection to a Dask cluster
dispatch    runs on their way to the cluster, kept there until they end
jobs        submit, pause, step, stop, fork, delete: what the Train page calls
"""
