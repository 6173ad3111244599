# make run        set up and start the app; HOST=0.0.0.0 opens it to other machines, PORT=8502 moves it
# make check      before a commit: format, lint, types, the fast tests
# make test       every check but those that take long by nature
# make test-long  those
# make load       thirty sessions on every page at once: how long the server takes to answer; LOAD=--training beside a run
# make picture    take the picture of README.md again
# make models     rebuild every checkpoint of pretrained/ (hours; needs the full MNIST, see README)
# make lock       write requirements.lock anew, from requirements.txt
# VENV=folder     another place for the environment that all of them set up
# TORCH_INDEX=... where PyTorch comes from instead of PyPI: an index's address, or a folder of wheels

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
DENSE := paper-bn paper-plain wide-bn wide-plain
HALVED := denoise-bn denoise-plain latent2-bn latent2-plain
CONVOLUTIONAL := conv-bn conv-plain conv-latent2-bn conv-latent2-plain conv-sampler-gan conv-sampler-vae

.PHONY: run check test test-long load picture models lock clean

run: $(VENV)/ready
	@$(BIN)/python -c "print('The app starts at http://$(if $(filter 0.0.0.0,$(HOST)),localhost,$(HOST)):$(PORT)')"
ifeq ($(HOST),0.0.0.0)
	@$(BIN)/python -c "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('10.255.255.255', 1)); print(f'Other machines open http://{s.getsockname()[0]}:$(PORT)')" 2>/dev/null || true
endif
	$(BIN)/streamlit run vaegan/ui/server.py --server.address $(HOST) --server.port $(PORT)

check: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tests.check_javascript
	$(BIN)/python -m pytest -n auto -m "not (slow or long or clocked)"

test: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tests.check_javascript
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not (clocked or long)"
	$(BIN)/python -m pytest -m "clocked and not long"

test-long: $(VENV)/ready-dev
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "long and not clocked"
	$(BIN)/python -m pytest -m "long and clocked"

load: $(VENV)/ready-dev
	$(BIN)/python -m tests.load $(LOAD)

picture: $(VENV)/ready-dev
	$(BIN)/python -m tests.browser.take_picture .github/denoise.png

models: $(VENV)/ready
	$(BIN)/python -m vaegan train-classifier --out pretrained/classifier
	for name in $(DENSE); do $(BIN)/python -m vaegan train --preset $$name --out pretrained --all || exit 1; done
	for name in $(HALVED); do $(BIN)/python -m vaegan train --preset $$name --out pretrained --all --float16 || exit 1; done
	for name in $(CONVOLUTIONAL); do $(BIN)/python -m vaegan train --preset $$name --precision bfloat16 --out pretrained \
	  --all --float16 || exit 1; done

lock: $(VENV)/ready-dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	  --custom-compile-command "make lock" --output-file requirements.lock requirements.txt

$(BIN)/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and f'Python 3.11 or newer is needed, this is {sys.version.split()[0]}; try make PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)

# PyPI's torch for Linux brings CUDA's libraries; TORCH_INDEX=... takes torch and torchvision from elsewhere, without them.
$(VENV)/ready: requirements.txt | $(BIN)/python
ifdef TORCH_INDEX
	sed -n 's/^\(torch[a-z]*[~=][^ #]*\).*/\1/p' requirements.txt > $(VENV)/torch.txt
	$(INSTALL) --no-deps $(if $(wildcard $(TORCH_INDEX)/.),--no-index --find-links,--index-url) $(TORCH_INDEX) -r $(VENV)/torch.txt
endif
	$(INSTALL) -r requirements.txt
	@touch $@

# The browser tests take a Chromium of the machine; where there is none, Playwright's own is fetched if it can be.
$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	$(INSTALL) -r requirements-dev.txt
	@which chromium chromium-browser google-chrome 2>/dev/null | grep -q . || $(BIN)/python -m playwright install chromium || true
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
