# make run | serve | test | soak | check | audit | licences | audit-pages | bench | screens | format | lock | clean
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
export PORT ?= 8000

.PHONY: run serve test soak check audit licences audit-pages bench screens format lock clean

run: $(VENV)/installed  ## the site with its worker on http://127.0.0.1:$(PORT), data kept in ./data
	@bin/run

serve: $(VENV)/installed  ## the site in production, by gunicorn; ARGS="--bind 10.0.0.4:8000" and other options of it
	@exec $(PY) bin/serve $(ARGS)

test: $(VENV)/installed-dev  ## the whole suite: on SQLite, and on PostgreSQL where TEST_POSTGRES_URL names a server
	@bin/test $(ARGS)

soak: $(VENV)/installed-dev  ## the long set: faults and attacks by the hundred, closing with the figures (under an hour)
	@bin/soak $(ARGS)

check: $(VENV)/installed-dev  ## format, lint, import direction, templates, migrations, settings of production
	@bin/check

audit: $(VENV)/installed-dev  ## known vulnerabilities of the pinned packages: 1 when found, 2 when they could not be asked about
	$(PY) bin/audit $(ARGS)

licences: $(VENV)/installed-dev  ## docs/licences.md anew
	$(PY) bin/licences

audit-pages: $(VENV)/installed-dev  ## docs/audit.md anew: Lighthouse and the Nu HTML checker, which it installs (Node and Java)
	$(PY) -m tests.audit

bench: $(VENV)/installed-dev  ## how fast it is beside the least that Django does; ARGS=quick, million, write (docs/performance.md), or a figure's name
	$(PY) -m tests.performance $(ARGS)

screens: $(VENV)/installed-dev  ## the screenshots in docs/screens/ anew
	$(PY) -m tests.browser.screens $(ARGS)

format: $(VENV)/installed-dev  ## write Python and templates the way that `make check` wants them
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .
	-$(VENV)/bin/djlint --reformat --quiet templates

lock:  ## pin requirements*.txt anew from requirements*.in (needs uv)
	uv pip compile --universal --python-version 3.11 --upgrade --custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links -q requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --upgrade --custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links -q requirements-dev.in -o requirements-dev.txt

clean:  ## forget the virtual environment and what the tools cached; data stays
	rm -rf $(VENV) static-collected .pytest_cache .hypothesis .ruff_cache .import_linter_cache test-results

# The stamps are newer than the pins they were installed from, so a second start installs nothing.
$(VENV)/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not. Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing into $(VENV) (the first time only, about a minute)…"
	@$(PY) -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) || \
		{ echo "'$(PYTHON) -m venv' failed. On Debian and Ubuntu it comes with the package python3-venv." >&2; exit 1; }
	$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(PIP) install -r requirements-dev.txt
	@touch $@
