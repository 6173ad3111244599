# make run    set up and start the app; HOST=0.0.0.0 opens it to other machines, PORT=8502 moves it
# make test   set up and run every check
# make picture takes the picture of README.md again
# make models rebuild every checkpoint of pretrained/ (hours; needs the full MNIST, see README)

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
BIN := .venv/bin
MODELS := paper-bn paper-plain denoise-bn denoise-plain latent2-bn latent2-plain wide-bn wide-plain \
          sampler-gan sampler-vae

.PHONY: run test picture models clean

run: .venv/ready
	@$(BIN)/python -c "print('The app starts at http://$(if $(filter 0.0.0.0,$(HOST)),localhost,$(HOST)):$(PORT)')"
ifeq ($(HOST),0.0.0.0)
	@$(BIN)/python -c "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('10.255.255.255', 1)); print(f'Other machines open http://{s.getsockname()[0]}:$(PORT)')" 2>/dev/null || true
endif
	$(BIN)/streamlit run app.py --server.address $(HOST) --server.port $(PORT)

test: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not clocked"
	$(BIN)/python -m pytest -m clocked

picture: .venv/ready-dev
	$(BIN)/python -m tests.browser.take_picture .github/denoise.png

models: .venv/ready
	$(BIN)/python -m vaegan train-classifier --out pretrained/classifier
	for name in $(MODELS); do $(BIN)/python -m vaegan train --preset $$name --out pretrained --all || exit 1; done

.venv/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and f'Python 3.11 or newer is needed, this is {sys.version.split()[0]}; try make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv

.venv/ready: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# The browser tests take a Chromium of the machine; where there is none, Playwright's own is fetched if it can be.
.venv/ready-dev: requirements-dev.txt .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@which chromium chromium-browser google-chrome 2>/dev/null | grep -q . || $(BIN)/python -m playwright install chromium || true
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
