"""The app with our routes beside its pages, in one process: `streamlit run vaegan/ui/server.py`, as `make run` does.

`streamlit run app.py` starts the pages alone; then weights come through the page's websocket.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Thread

HERE = Path(__file__).parent
ROOT = HERE.resolve().parents[1]
# Streamlit has put this module's folder on the path, where our `pages` or `state` would hide others' modules.
if str(HERE) in sys.path:
    sys.path.remove(str(HERE))
sys.path.insert(0, str(ROOT))

SCRIPT = ROOT / "app.py"
if not SCRIPT.is_file():
    sys.exit(f"There is no {SCRIPT}: the installed package has no pages. Start the app in a copy of the repository.")
if Path.cwd() != ROOT:
    sys.exit(f"Start the app in {ROOT}: Streamlit looks for its settings in the folder where it is started.")

from vaegan.errors import VaeganError
from vaegan.lab import cluster, environment

if environment.address_from_environment() is None:
    with suppress(VaeganError, OSError):  # the Train page shows errors
        cluster.begin(environment.workers_from_environment())

import streamlit as st
from starlette.middleware import Middleware

from vaegan.ui import component
from vaegan.ui.heaps import give_memory_back

give_memory_back()
component.serve_scripts()  # before the modules below make components

from vaegan.ui.class_routes import class_routes
from vaegan.ui.closed import Closed
from vaegan.ui.compression import CompressedFiles
from vaegan.ui.offline import ask_nobody_outside
from vaegan.ui.passcode import announce
from vaegan.ui.routes import routes
from vaegan.ui.train import lab


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[None]:
    """The lab opens before the first visitor comes: it goes on with runs, and its worker gets ready."""
    Thread(target=lab.open_early, name="open the lab", daemon=True).start()
    yield


ask_nobody_outside()
# Streamlit finds `app` by reading this file. A relative path would be looked for beside this module.
try:
    announce()
except VaeganError as error:
    sys.exit(str(error))
app = st.App(
    SCRIPT,
    routes=[*class_routes(), *routes()],
    middleware=[Middleware(Closed), Middleware(CompressedFiles)],
    lifespan=_lifespan,
)
